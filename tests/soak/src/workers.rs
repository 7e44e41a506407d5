//! The processes that make the calls, and what they say meanwhile.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::outcomes::Outcomes;
use crate::samples::{Growth, Sample};

/// A worker as the command line names it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Order {
    pub(crate) name: String,
    /// Program and arguments.
    pub(crate) command: Vec<String>,
}

/// A worker that runs.
pub(crate) struct Worker {
    pub(crate) name: String,
    child: Child,
    outcomes: Arc<Mutex<Outcomes>>,
    readers: Vec<JoinHandle<()>>,
    samples: Vec<(Duration, Sample)>,
    how: Option<String>,
}

impl Worker {
    /// Starts it with what every worker is told: its name in the names of its files, its threads, how long,
    /// and a seed.
    pub(crate) fn start(
        order: &Order,
        arguments: [String; 4],
        settings: &[(&str, String)],
    ) -> Result<Self, String> {
        let Some((program, before)) = order.command.split_first() else {
            return Err(format!("{}: no program", order.name));
        };
        let mut child = Command::new(program)
            .args(before)
            .args(arguments)
            .envs(settings.iter().map(|(name, value)| (*name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{program}: {error}"))?;
        let outcomes = Arc::new(Mutex::new(Outcomes::default()));
        let mut readers = Vec::new();
        if let (Some(out), Some(err)) = (child.stdout.take(), child.stderr.take()) {
            readers.push(listen(out, Arc::clone(&outcomes)));
            readers.push(listen(err, Arc::clone(&outcomes)));
        }
        Ok(Worker { name: order.name.clone(), child, outcomes, readers, samples: Vec::new(), how: None })
    }

    pub(crate) fn sample(&mut self, at: Duration) {
        if let Some(sample) = Sample::of(self.child.id()) {
            self.samples.push((at, sample));
        }
    }

    /// Waits for its end, or makes it end; says how it ended where that was not well.
    pub(crate) fn join(&mut self, until: Instant) -> Option<&str> {
        let how = loop {
            match self.child.try_wait() {
                Ok(Some(status)) if status.success() => break None,
                Ok(Some(status)) => break Some(status.to_string()),
                Ok(None) if Instant::now() < until => std::thread::sleep(Duration::from_millis(20)),
                Ok(None) => {
                    let _ = self.child.kill();
                    let _ = self.child.wait();
                    break Some("it did not come to its end".to_owned());
                }
                Err(error) => break Some(error.to_string()),
            }
        };
        for reader in self.readers.drain(..) {
            let _ = reader.join();
        }
        self.how = how;
        self.how.as_deref()
    }

    pub(crate) fn outcomes(&self) -> Outcomes {
        std::mem::take(&mut *self.outcomes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn growth(&self, run: Duration) -> Option<Growth> {
        Growth::of(&self.samples, run)
    }
}

fn listen(stream: impl Read + Send + 'static, outcomes: Arc<Mutex<Outcomes>>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            outcomes.lock().unwrap_or_else(PoisonError::into_inner).read(&line);
        }
    })
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
