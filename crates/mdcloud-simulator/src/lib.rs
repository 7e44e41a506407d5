//! A day of traffic in seconds: the library's quota tracker against a model of the service, on a virtual
//! clock, the same for the same seed.
//!
//! `cargo xtask simulate --list` names the scenes. Each has promises, and the run fails where one is broken.
//! The model knows nothing of the tracker, and neither it nor the callers know that their time is not real.

pub mod books;
pub mod chance;
pub mod ideal;
pub mod plan;
pub mod record;
pub mod run;
pub mod scene;
pub mod scenes;
pub mod service;
pub mod table;
