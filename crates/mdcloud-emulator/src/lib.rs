//! MetaDefender Cloud v4 on loopback: tests, demos and try-outs need neither a key nor a network.
//!
//! This project is independent of OPSWAT, the maker of MetaDefender Cloud. The emulator imitates what is
//! publicly known of the service; its README says what it does not imitate.
//!
//! ```no_run
//! use mdcloud_emulator::{Emulator, Settings};
//!
//! let mut settings = Settings::new();
//! settings.throttle = Some((10, std::time::Duration::from_secs(60)));
//! let emulator = Emulator::start(settings)?;
//! println!("{} {}", emulator.base_url(), emulator.api_key());
//! # std::io::Result::Ok(())
//! ```
#![forbid(unsafe_code)]

mod abuse;
mod admit;
mod answers;
mod archive;
mod clean;
mod clock;
mod date;
mod deliver;
mod emulator;
mod engines;
mod envelope;
mod failure;
mod fault;
mod fault_effect;
mod fault_name;
mod feeds;
mod files;
mod hooks;
mod ids;
mod intake;
mod kinds;
mod links;
mod loopback;
mod outcome;
mod past;
mod quota;
mod record;
mod reply;
mod reputations;
mod route;
mod sandboxes;
mod scan;
mod scans;
mod server;
mod setting_text;
mod settings;
mod store;
mod throttle;
mod upload;
mod upload_rules;
mod wire;
mod world;

pub use emulator::Emulator;
pub use envelope::Envelope;
pub use fault::{Fault, FaultKind};
pub use quota::BulkCharge;
pub use record::RequestRecord;
pub use setting_text::SettingError;
pub use settings::Settings;
