//! Client for the MetaDefender Cloud v4 API.
//!
//! This project is independent of OPSWAT, the maker of MetaDefender Cloud.
#![forbid(unsafe_code)]

pub mod endpoints;
pub mod error;

pub use error::{Delivery, Error, Result, Retry, Status};
