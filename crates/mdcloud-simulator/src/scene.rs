//! What a scene consists of: the rules of the service, who calls it and how, what goes wrong, and what the
//! tracker promises there. Plain data; the scenes themselves are in [`crate::scenes`].

/// Nanoseconds of virtual time.
pub type Nanos = u64;

/// A second.
pub const SECOND: Nanos = 1_000_000_000;

/// One scene.
#[derive(Clone, Debug)]
pub struct Scene {
    /// Its name on the command line.
    pub name: String,
    /// What it shows.
    pub about: &'static str,
    /// What the service does.
    pub service: Rules,
    /// The setting `throttle` of every caller.
    pub setting: Option<(u32, u64)>,
    /// Who calls.
    pub crowds: Vec<Crowd>,
    /// How the callers keep their ledger.
    pub ledger: LedgerKind,
    /// The way to the service and back.
    pub network: Network,
    /// What happens at what second.
    pub events: Vec<(u64, Event)>,
    /// What must hold.
    pub promise: Promise,
}

/// The rules of the service.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The short window.
    pub rate: Option<Limit>,
    /// Whether it slides, or opens with the first request and ends as a whole.
    pub window: Window,
    /// Allowances by family, as `(family, amount, seconds)`.
    pub allowances: Vec<(&'static str, u64, u64)>,
    /// What a 429001 says.
    pub refusal: Refusal,
    /// How the whole seconds of Reset-In come about.
    pub rounding: Rounding,
    /// Of a hundred answers, those without rate-limit headers.
    pub bare: u64,
    /// Of a hundred answers, those with nonsense in them.
    pub garbage: u64,
}

/// So many requests in so many seconds.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// Requests.
    pub requests: u32,
    /// Seconds.
    pub seconds: u64,
}

/// How the service counts its short window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// Over the last W, at any moment.
    Sliding,
    /// From the first request on, for W; then anew.
    Fixed,
}

/// What stands in a 429001.
#[derive(Clone, Copy, Debug)]
pub struct Refusal {
    /// Its text.
    pub text: Text,
    /// Whether it carries the headers of the family.
    pub headers: bool,
    /// Whether it carries Retry-After.
    pub retry_after: bool,
}

/// The texts of a 429001 that are known, and one that says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text {
    /// "maximum requests per minute: 10 for free user"
    Behind,
    /// "maximum 10 requests per minute per user"
    Ahead,
    /// No number.
    Silent,
}

/// How the service makes whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// To the next lower.
    Down,
    /// To the nearest.
    Nearest,
    /// To the next higher.
    Up,
}

/// Callers that are alike.
#[derive(Clone, Debug)]
pub struct Crowd {
    /// How many.
    pub callers: usize,
    /// Over how many processes they are spread.
    pub processes: usize,
    /// What they call.
    pub call: Call,
    /// How many calls each makes.
    pub calls: usize,
    /// Seconds between the calls of one caller, at random; 0 for one right after the other.
    pub every: u64,
    /// How many seconds a caller is ready to wait.
    pub max_wait: u64,
    /// What each call leaves of the allowance to others.
    pub leave: u64,
    /// Whether each caller first reserves what it will spend.
    pub reserves: bool,
}

/// The language of a caller; in each crowd they take turns.
///
/// A copy of the library that asks another one's ledger hands over the same numbers that it would hand to its
/// own. So what the ledger can tell of a language is how often somebody who waits asks again. The library's
/// callers all do at every 50 ms; here each language has its own pace, and a place in line that hung on it
/// would show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// The core itself.
    Rust,
    /// Through the C library.
    C,
    /// The same, with exceptions.
    Cpp,
    /// Another copy in the same process, which looks for signals meanwhile.
    Python,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 4] = [Language::Rust, Language::C, Language::Cpp, Language::Python];

    /// How long a caller in the queue sleeps at most before it asks again. Forty times the library's own, which
    /// saves as many events and changes nothing, since each sleeps exactly to its turn at last.
    pub fn slice(self) -> Nanos {
        const MS: Nanos = 1_000_000;
        match self {
            Language::Rust => 2_000 * MS,
            Language::C => 1_900 * MS,
            Language::Cpp => 1_300 * MS,
            Language::Python => 700 * MS,
        }
    }

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Language::Rust => "Rust",
            Language::C => "C",
            Language::Cpp => "C++",
            Language::Python => "Python",
        }
    }
}

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// A file: throttled, from the small allowance.
    Upload,
    /// A hash: not throttled.
    Lookup,
    /// Many hashes in one request: throttled, charged by the entry. From, to.
    Bulk(u32, u32),
}

/// How the callers keep their ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LedgerKind {
    /// In the memory of their one process.
    Memory,
    /// The same, but it is written down and read back after each decision.
    Reread,
    /// In a document that all processes share.
    Shared,
}

/// The way to the service and back, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Network {
    /// To the service, from and to.
    pub there: (u64, u64),
    /// Back, from and to.
    pub back: (u64, u64),
    /// Of a hundred requests, those whose answer is lost.
    pub lost: u64,
    /// Of a hundred requests, those that cannot be sent.
    pub unsent: u64,
}

/// What happens to everybody, or to one process.
#[derive(Clone, Copy, Debug)]
pub enum Event {
    /// A process dies, with all that its callers have in flight.
    Kill(usize),
    /// Somebody sets the wall clock of a process, by so many seconds.
    SetClock(usize, i64),
    /// The service has another rate from now on.
    Rate(Limit),
    /// The service opens its allowances anew, before their time.
    Reset,
    /// Somebody with the same key, of whom the ledger cannot know, makes so many requests.
    Stranger(u32),
    /// The service blocks the address for an hour (403002).
    Block,
}

/// What the ideal schedule, to which ours is compared, sees of the service's counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// The counter itself: a request counts the moment that it starts.
    Counter,
    /// Answers, as every client: a request may count until its answer comes. For scenes with slow answers.
    Answers,
}

/// What must hold at the end.
#[derive(Clone, Copy, Debug)]
pub struct Promise {
    /// Most 429001 that teach something: requests that met a refusal though none before them had been heard of.
    pub lessons: usize,
    /// Most 429001 to requests that were under way when one taught something.
    pub in_air: usize,
    /// Most 429000.
    pub exhausted: usize,
    /// What the ideal schedule sees.
    pub sight: Sight,
    /// By how many hundredths of a percent the last call may start later than in the ideal schedule.
    pub late: u64,
    /// By how many seconds the longest wait may exceed the ideal one, besides: where the ideal schedule knows
    /// nothing of what happens.
    pub surprise: u64,
    /// Whether as many calls get through as in the ideal schedule.
    pub all_done: bool,
}
