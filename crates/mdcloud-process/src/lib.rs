//! What mdcloud shares once per process.

pub mod ledger;
