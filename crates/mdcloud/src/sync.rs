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
    ($(#[$about:meta])* $name:ident: $type:ty = $value:expr) => {
        $(#[$about])*
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

    /// Nobody forks in a model; what comes before it can be had.
    pub(crate) struct ForkMutex<T: Send + 'static> {
        value: Mutex<T>,
        before_fork: fn(&mut T),
    }

    impl<T: Send + 'static> ForkMutex<T> {
        pub(crate) const fn new(value: T, _in_child: fn(&mut T)) -> Self {
            ForkMutex { value: Mutex::new(value), before_fork: |_| {} }
        }

        pub(crate) fn before_fork(mut self, before_fork: fn(&mut T)) -> Self {
            self.before_fork = before_fork;
            self
        }

        pub(crate) fn leaked(value: T, in_child: fn(&mut T)) -> &'static Self {
            Self::new(value, in_child).leak()
        }

        pub(crate) fn leak(self) -> &'static Self {
            Box::leak(Box::new(self))
        }

        pub(crate) fn lock(&'static self) -> MutexGuard<'static, T> {
            self.value.lock().unwrap_or_else(PoisonError::into_inner)
        }

        /// What a fork does in the parent, with the lock held.
        pub(crate) fn prepare(&'static self) {
            (self.before_fork)(&mut self.lock());
        }
    }
}
