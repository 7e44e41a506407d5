//! The token that ends a call from outside.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Cancels every call that was given this token, within about 50 ms, in whatever phase it is.
///
/// Clones share one state. A token stays cancelled for good: a call that is given a cancelled token ends
/// before it sends anything.
#[derive(Clone, Default)]
pub struct Cancel {
    own: Arc<AtomicBool>,
    parent: Option<Arc<Cancel>>,
}

impl Cancel {
    /// A token that is not cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// A token for some of this one's calls: cancelled with this one, and alone.
    pub fn child(&self) -> Self {
        Cancel { own: Arc::default(), parent: Some(Arc::new(self.clone())) }
    }

    /// Cancels. May be called from any thread, and from a signal handler.
    pub fn cancel(&self) {
        self.own.store(true, Ordering::SeqCst);
    }

    /// Whether it was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.own.load(Ordering::SeqCst) || self.parent.as_ref().is_some_and(|parent| parent.is_cancelled())
    }
}

impl fmt::Debug for Cancel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cancel({})", self.is_cancelled())
    }
}

/// A question asked on the calling thread while a call waits: should it stop? Python asks for signals so.
pub type Interrupt = Arc<dyn Fn() -> bool + Send + Sync>;

/// Everything that may end one call. Whatever said stop once is remembered: Python reports a signal only
/// once, and TLS swallows an error in the middle of a buffered write.
#[derive(Clone, Default)]
pub(crate) struct Cancels {
    latch: Cancel,
    tokens: Vec<Cancel>,
    interrupt: Option<Interrupt>,
}

impl Cancels {
    pub(crate) fn new(tokens: impl IntoIterator<Item = Cancel>, interrupt: Option<Interrupt>) -> Self {
        Cancels { latch: Cancel::new(), tokens: tokens.into_iter().collect(), interrupt }
    }

    /// Whether someone has said stop: a few loads, for use before every read and write.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.latch.is_cancelled() || self.tokens.iter().any(Cancel::is_cancelled)
    }

    /// The same, and asks the interrupt: for use after a wait, as asking may be dear.
    pub(crate) fn poll(&self) -> bool {
        if self.is_cancelled() {
            return true;
        }
        if self.interrupt.as_ref().is_some_and(|ask| ask()) {
            self.latch.cancel();
            return true;
        }
        false
    }

    /// Ends this call alone.
    pub(crate) fn stop(&self) {
        self.latch.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicU32;

    #[test]
    fn a_child_is_cancelled_with_its_parent_and_alone() {
        let parent = Cancel::new();
        let (first, second) = (parent.child(), parent.child());
        first.cancel();
        assert!(first.is_cancelled() && !parent.is_cancelled() && !second.is_cancelled());
        parent.cancel();
        assert!(second.is_cancelled() && second.child().is_cancelled());
    }

    #[test]
    fn an_interrupt_that_speaks_once_is_remembered() {
        let asked = Arc::new(AtomicU32::new(0));
        let count = asked.clone();
        let once: Interrupt = Arc::new(move || count.fetch_add(1, Ordering::SeqCst) == 0);
        let cancels = Cancels::new([], Some(once));
        assert!(!cancels.is_cancelled());
        assert!(cancels.poll());
        assert!(cancels.poll());
        assert!(cancels.clone().is_cancelled());
        assert_eq!(asked.load(Ordering::SeqCst), 1);
    }
}
