//! The real binary.

mod demo;
mod run;
mod serve;
mod support;
