//! What a scan found, in one word.

/// What a scan found. The service's result code says more; see `Report::result_code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i32)]
#[non_exhaustive]
pub enum Verdict {
    /// A result that this version does not know.
    Unknown = 0,
    /// No engine found a threat.
    Clean = 1,
    /// At least one engine is sure of a threat.
    Infected = 2,
    /// Suspicious, vulnerable, unwanted, or holding sensitive data.
    Suspicious = 3,
    /// The scan could not be done in full, for example of an encrypted archive.
    Incomplete = 4,
    /// Not finished yet.
    Pending = 5,
}

impl Verdict {
    /// All verdicts, in the order of their numbers.
    pub const ALL: [Verdict; 6] = [
        Verdict::Unknown,
        Verdict::Clean,
        Verdict::Infected,
        Verdict::Suspicious,
        Verdict::Incomplete,
        Verdict::Pending,
    ];

    /// Name in capital letters, such as `CLEAN`.
    pub const fn name(self) -> &'static str {
        match self {
            Verdict::Unknown => "UNKNOWN",
            Verdict::Clean => "CLEAN",
            Verdict::Infected => "INFECTED",
            Verdict::Suspicious => "SUSPICIOUS",
            Verdict::Incomplete => "INCOMPLETE",
            Verdict::Pending => "PENDING",
        }
    }

    /// The verdict behind the service's result code. Whether a scan is finished is decided by its
    /// progress, never by this.
    pub const fn of_code(code: Option<i64>) -> Verdict {
        match code {
            Some(0 | 4 | 7) => Verdict::Clean,
            Some(1 | 6 | 8) => Verdict::Infected,
            Some(2 | 18 | 20..=22) => Verdict::Suspicious,
            Some(3 | 5 | 9..=17 | 19 | 23) => Verdict::Incomplete,
            Some(254 | 255) => Verdict::Pending,
            _ => Verdict::Unknown,
        }
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
