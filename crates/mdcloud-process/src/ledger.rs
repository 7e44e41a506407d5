//! What a copy of the library asks of the one ledger of the process.
//!
//! These structures cross between copies of different versions, so they are plain data with a fixed
//! layout: no pointers, no Rust types, nothing to free. Each begins with its own `size`; a later version
//! may add fields at the end, and whoever gets a shorter structure takes the missing tail as absent.

/// Stands for "absent" in every `u64` field that is optional.
pub const ABSENT: u64 = u64::MAX;

/// A short name, such as `reputation_api`; cut where it is longer than the room.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Name {
    length: u8,
    bytes: [u8; 47],
}

impl Name {
    /// No name.
    pub const EMPTY: Name = Name { length: 0, bytes: [0; 47] };

    /// The name in `text`, cut to 47 bytes at a character's boundary.
    pub fn new(text: &str) -> Self {
        let mut end = text.len().min(Self::EMPTY.bytes.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let mut name = Self::EMPTY;
        name.bytes[..end].copy_from_slice(&text.as_bytes()[..end]);
        name.length = end as u8;
        name
    }

    /// The text; empty where another copy wrote something that is not UTF-8.
    pub fn as_str(&self) -> &str {
        let length = usize::from(self.length).min(self.bytes.len());
        std::str::from_utf8(&self.bytes[..length]).unwrap_or_default()
    }

    /// Whether there is no name.
    pub fn is_empty(&self) -> bool {
        self.as_str().is_empty()
    }
}

impl std::fmt::Debug for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.as_str().fmt(f)
    }
}

/// One service origin with one API key: a truncated, domain-separated SHA-256, never the key itself.
pub type Account = [u8; 16];

/// May this call start?
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    /// Size of this structure in the copy that filled it.
    pub size: u32,
    /// Row of the operation; 0 for a call outside the table.
    pub operation: i32,
    /// Whose allowance.
    pub account: Account,
    /// 0 for a new call; the ticket of the last answer when asking again, after a wait or because the service
    /// has refused the call: it keeps its place in the queue.
    pub ticket: u64,
    /// What the call takes from the allowance; 0 where nothing is charged.
    pub cost: u32,
    /// The least that it can do with (a bulk call may be cut).
    pub at_least: u32,
    /// Whether the table says that the short window counts it (0 or 1).
    pub throttled: u32,
    /// The caller's setting `throttle`: requests; 0 where not set.
    pub throttle_requests: u32,
    /// The caller's setting `throttle`: length of the window in nanoseconds.
    pub throttle_window_ns: u64,
    /// How long the caller is ready to wait from now, in nanoseconds.
    pub max_wait_ns: u64,
    /// First guess at the allowance's name; empty where nothing is charged.
    pub family: Name,
    /// How much of the allowance this call must leave for others. Since minor version 1.
    pub leave: u64,
    /// The ticket of a [`RESERVE`] whose amount this call may draw on; 0 for none. Since minor version 1.
    pub reservation: u64,
}

/// In [`Ask::operation`]: not a request, but an amount that is kept for whoever names the ticket in
/// [`Ask::reservation`]. What is left of it goes back with [`NOT_SENT`].
pub const RESERVE: i32 = -1;

/// What the ledger answers to [`Ask`].
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    /// Size of this structure in the copy that filled it.
    pub size: u32,
    /// One of [`GO`], [`WAIT`], [`REFUSE`].
    pub verdict: i32,
    /// For [`REFUSE`] and [`WAIT`]: the number of the error kind that is the reason.
    pub status: i32,
    /// For [`GO`]: how much of `cost` may be spent.
    pub granted: u32,
    /// Names this call in [`Tell`], and in the next [`Ask`] after a wait.
    pub ticket: u64,
    /// For [`WAIT`]: nanoseconds until it is worth asking again. For [`REFUSE`]: until the call could
    /// start, or [`ABSENT`].
    pub wait_ns: u64,
    /// The allowance concerned.
    pub family: Name,
}

/// The call may start now.
pub const GO: i32 = 0;
/// The call keeps its place in the queue: ask again with the ticket.
pub const WAIT: i32 = 1;
/// The call must not start; the ticket is void.
pub const REFUSE: i32 = 2;

/// What became of a call that asked. Every ticket is told exactly once, also one that only waited.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Tell {
    /// Size of this structure in the copy that filled it.
    pub size: u32,
    /// Row of the operation; 0 for a call outside the table.
    pub operation: i32,
    /// Whose allowance.
    pub account: Account,
    /// The ticket of the [`Answer`].
    pub ticket: u64,
    /// One of [`ANSWERED`], [`NOT_SENT`], [`LOST`], [`STARTED`], [`SAID`].
    pub outcome: i32,
    /// HTTP status of the answer; 0 where there was none.
    pub http_status: i32,
    /// The service's code, such as 429001; 0 where there was none.
    pub code: i64,
    /// `X-RateLimit-Limit`.
    pub limit: u64,
    /// `X-RateLimit-Remaining`.
    pub remaining: u64,
    /// `X-RateLimit-Used`.
    pub used: u64,
    /// `X-RateLimit-Reset-In`, in nanoseconds.
    pub reset_ns: u64,
    /// `X-RateLimit-Interval`, in nanoseconds.
    pub interval_ns: u64,
    /// `Retry-After`, in nanoseconds.
    pub retry_after_ns: u64,
    /// The rate named in the text of a 429001; 0 where none was recognised.
    pub throttle_requests: u32,
    /// Rate-limit headers that could not be believed: negative, huge, text, doubled.
    pub bad_headers: u32,
    /// Its window in nanoseconds.
    pub throttle_window_ns: u64,
    /// `X-RateLimit-For`; empty where absent.
    pub family: Name,
    /// How long ago it happened, in nanoseconds. Since minor version 1.
    pub ago_ns: u64,
    /// For [`STARTED`]: what the call took from the allowance. Since minor version 1.
    pub cost: u32,
    /// For [`STARTED`]: whether the short window counts it (0 or 1). Since minor version 1.
    pub throttled: u32,
}

/// The service answered. With ticket 0: to a call that another ledger allowed.
pub const ANSWERED: i32 = 0;
/// Nothing went out: the permit goes back.
pub const NOT_SENT: i32 = 1;
/// Bytes went out and no answer came: the service may have counted it.
pub const LOST: i32 = 2;
/// A call went out by leave of another ledger, and counts here too; the ticket is 0.
pub const STARTED: i32 = 3;
/// No call: what the service says of an allowance elsewhere, for where no header has told. The ticket is 0.
pub const SAID: i32 = 4;

impl Ask {
    /// A call that costs nothing and is not throttled.
    pub fn new(account: Account) -> Self {
        Ask {
            size: size_of::<Ask>() as u32,
            operation: 0,
            account,
            ticket: 0,
            cost: 0,
            at_least: 0,
            throttled: 0,
            throttle_requests: 0,
            throttle_window_ns: 0,
            max_wait_ns: 0,
            family: Name::EMPTY,
            leave: 0,
            reservation: 0,
        }
    }
}

impl Answer {
    /// The call may start.
    pub fn go(ticket: u64, granted: u32) -> Self {
        Answer {
            size: size_of::<Answer>() as u32,
            verdict: GO,
            status: 0,
            granted,
            ticket,
            wait_ns: 0,
            family: Name::EMPTY,
        }
    }
}

impl Tell {
    /// An outcome without any header.
    pub fn new(account: Account, ticket: u64, outcome: i32) -> Self {
        Tell {
            size: size_of::<Tell>() as u32,
            operation: 0,
            account,
            ticket,
            outcome,
            http_status: 0,
            code: 0,
            limit: ABSENT,
            remaining: ABSENT,
            used: ABSENT,
            reset_ns: ABSENT,
            interval_ns: ABSENT,
            retry_after_ns: ABSENT,
            throttle_requests: 0,
            bad_headers: 0,
            throttle_window_ns: 0,
            family: Name::EMPTY,
            ago_ns: 0,
            cost: 0,
            throttled: 0,
        }
    }
}

/// The ledger of the process. It decides and never waits: no method blocks for longer than a decision
/// takes, or than it takes to find out that a process which shares the ledger is stopped.
pub trait Ledger: Send + Sync {
    /// May this call start?
    fn ask(&self, ask: &Ask) -> Answer;
    /// What became of it.
    fn tell(&self, tell: &Tell);
    /// All that is known, as JSON text, for people and programs.
    fn snapshot(&self) -> String;
}
