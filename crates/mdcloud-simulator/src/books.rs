//! The ledgers of a scene: one in memory, or several that share a document, each with its own wall clock.

use mdcloud::__simulator::{Ledger, Place, SharedLedger};
use mdcloud::Quota;
use mdcloud_process::ledger::{Answer, Ask, Tell};

use crate::scene::{LedgerKind, Nanos, SECOND};

/// A wall clock's reading at the beginning; any time will do.
const WALL: Nanos = 1_800_000_000 * SECOND;

/// What went wrong with a ledger: a document that cannot be read.
pub type Failure = String;

/// Everybody's ledgers.
pub enum Books {
    /// One, in memory.
    Memory(Box<Ledger>),
    /// One, written down and read back after each event.
    Reread(Box<Ledger>),
    /// One for each process, on one document.
    Shared(Vec<Process>),
}

/// A process with a wall clock of its own.
pub struct Process {
    ledger: SharedLedger,
    wall_is_off: i64,
}

impl Books {
    /// New ones for so many processes.
    pub fn open(kind: LedgerKind, processes: usize) -> Self {
        match kind {
            LedgerKind::Memory => Books::Memory(Box::default()),
            LedgerKind::Reread => Books::Reread(Box::default()),
            LedgerKind::Shared => {
                let place = Place::default();
                let open = |process| Process { ledger: place.open(process as u64 + 1), wall_is_off: 0 };
                Books::Shared((0..processes).map(open).collect())
            }
        }
    }

    /// May this call start?
    pub fn ask(&mut self, process: usize, now: Nanos, ask: &Ask) -> Result<Answer, Failure> {
        match self {
            Books::Memory(ledger) => Ok(ledger.ask(now, ask)),
            Books::Reread(ledger) => {
                let answer = ledger.ask(now, ask);
                **ledger = ledger.reread()?;
                Ok(answer)
            }
            Books::Shared(processes) => processes[process].at(now).ask(ask),
        }
    }

    /// What became of it.
    pub fn tell(&mut self, process: usize, now: Nanos, tell: &Tell) -> Result<(), Failure> {
        match self {
            Books::Memory(ledger) => ledger.tell(now, tell),
            Books::Reread(ledger) => {
                ledger.tell(now, tell);
                **ledger = ledger.reread()?;
            }
            Books::Shared(processes) => processes[process].at(now).tell(tell)?,
        }
        Ok(())
    }

    /// One process sees that another is gone.
    pub fn bury(&mut self, seen_by: usize, gone: usize, now: Nanos) -> Result<(), Failure> {
        match self {
            Books::Shared(processes) => processes[seen_by].at(now).bury(gone as u64 + 1),
            _ => Ok(()),
        }
    }

    /// Somebody sets the wall clock of a process.
    pub fn set_clock(&mut self, process: usize, seconds: i64) {
        if let Books::Shared(processes) = self
            && let Some(process) = processes.get_mut(process)
        {
            process.wall_is_off += seconds * SECOND as i64;
        }
    }

    /// What a process sees.
    pub fn quota(&mut self, process: usize, now: Nanos) -> Result<Vec<Quota>, Failure> {
        match self {
            Books::Memory(ledger) | Books::Reread(ledger) => Ok(ledger.quota(now)),
            Books::Shared(processes) => processes[process].at(now).quota(),
        }
    }
}

impl Process {
    fn at(&mut self, now: Nanos) -> &mut SharedLedger {
        self.ledger.set_clocks(now, (WALL + now).saturating_add_signed(self.wall_is_off));
        &mut self.ledger
    }
}
