//! The real binary.

mod credentials;
mod demo;
mod docs;
mod run;
mod secrets;
mod serve;
mod support;
mod tools;
