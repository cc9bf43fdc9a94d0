//! The parts of ECMA-402 that QuickJS lacks: numbers in the conventions of a locale, and text in its order.

mod collate;
mod decimal;
mod locales;
mod number;

pub(super) use collate::{Collation, compare};
pub(super) use locales::resolve as resolve_locale;
pub(super) use number::{NumberOptions, format as format_number};
