//! Locks, conditions, channels and threads, for what several threads of this library work on together.
//!
//! They are std's, but in the tests of `models.rs`: there shuttle's take their place, which run the threads one
//! step at a time in the orders that it chooses.

#[cfg(not(all(test, feature = "models")))]
pub(crate) use {mdcloud_process::ForkMutex, std::sync::*, std::thread};

#[cfg(all(test, feature = "models"))]
pub(crate) use {modelled::ForkMutex, shuttle::sync::*, shuttle::thread};

/// A static; in a model one for each order that is tried.
macro_rules! process_wide {
    ($name:ident: $type:ty = $value:expr) => {
        #[cfg(not(all(test, feature = "models")))]
        static $name: $type = $value;
        #[cfg(all(test, feature = "models"))]
        shuttle::lazy_static! { static ref $name: $type = $value; }
    };
}
pub(crate) use process_wide;

#[cfg(all(test, feature = "models"))]
mod modelled {
    use super::{Mutex, MutexGuard, PoisonError};

    /// Nobody forks in a model.
    pub(crate) struct ForkMutex<T>(Mutex<T>);

    impl<T> ForkMutex<T> {
        pub(crate) const fn new(value: T, _in_child: fn(&mut T)) -> Self {
            ForkMutex(Mutex::new(value))
        }

        pub(crate) fn lock(&'static self) -> MutexGuard<'static, T> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }
}
