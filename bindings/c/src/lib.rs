//! The C ABI of mdcloud. The manual for callers is the top of `include/mdcloud.h`.
//!
//! One file per type of the header, in the order of the header. Every exported function is plain text here,
//! as the header's generator sees no functions made by macros, and has its whole body inside a guard (see
//! [`guard`]). Types have the names of the header.
#![allow(non_camel_case_types)]
// The rules for callers of these functions stand in one place: at the top of the header.
#![allow(clippy::missing_safety_doc)]

#[macro_use]
mod guard;

pub mod account;
pub mod call;
pub mod cancel;
pub mod client;
pub mod config;
pub mod details;
pub mod error;
pub mod feed;
pub mod file;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
#[rustfmt::skip]
pub mod getters;
pub mod hash;
pub mod log;
pub mod options;
pub mod others;
#[cfg(feature = "panic-test")]
pub mod panic_test;
pub mod parse;
pub mod quota;
pub mod reputation;
pub mod rescan;
pub mod result;
pub mod sandbox;
pub mod sanitize;
pub mod source;
pub mod version;

mod content;
mod settable;
#[cfg(feature = "fuzzing")]
mod tape;
mod text;

mdcloud_core::export_rendezvous!();
