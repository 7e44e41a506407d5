//! Any number of inputs in few requests: cut to the service's batches, one outcome per input, in order.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::call::Call;
use crate::client::Client;
use crate::endpoints::Operation;
use crate::error::{Error, Result, Status};
use crate::quota::Permit;
use crate::wait::Patience;

/// One outcome of a bulk call. Public for the compiler's sake only: nobody else can name it.
pub trait Outcome: Clone {
    /// An input that got no answer.
    fn failed(input: &str, error: Error) -> Self;
    /// The same outcome for another spelling of the input.
    fn for_input(self, input: &str) -> Self;
}

/// Asks for the first of these, as many as the allowance covers, and says how many those were.
pub(crate) type Ask<T> = fn(&Client, &[String]) -> Result<(usize, Vec<T>)>;

/// How one kind of bulk call is made.
#[derive(Clone, Copy)]
pub(crate) struct Batch<T> {
    pub(crate) operation: Operation,
    /// Refuses a malformed input, which is then an error of its own entry.
    pub(crate) check: fn(&str) -> Result<&str>,
    /// The spelling under which equal inputs are the same.
    pub(crate) key: fn(&str) -> String,
    pub(crate) ask: Ask<T>,
}

/// The results of a bulk call, one per input, in input order.
///
/// Lazy: at most one batch of inputs is taken ahead of the results, so a million inputs need no more
/// memory than a thousand. An input that stands twice in a batch is asked once. Where the key is refused,
/// the allowance used up, or the call cancelled, nothing more is asked and the rest gets that error.
pub struct Results<I, T> {
    client: Client,
    batch: Batch<T>,
    inputs: I,
    ready: VecDeque<T>,
    stopped: Option<Error>,
}

impl<I, T> Results<I, T> {
    pub(crate) fn new(client: &Client, batch: Batch<T>, inputs: I) -> Self {
        Results { client: client.clone(), batch, inputs, ready: VecDeque::new(), stopped: None }
    }
}

impl<I, T> Iterator for Results<I, T>
where
    I: Iterator<Item: AsRef<str>>,
    T: Outcome,
{
    type Item = T;

    fn next(&mut self) -> Option<T> {
        if self.ready.is_empty() {
            let most = self.batch.operation.endpoint().batch.unwrap_or(1) as usize;
            let inputs: Vec<String> =
                self.inputs.by_ref().take(most).map(|input| input.as_ref().to_owned()).collect();
            self.ready = self.outcomes(&inputs);
        }
        self.ready.pop_front()
    }
}

impl<I, T: Outcome> Results<I, T> {
    fn outcomes(&mut self, inputs: &[String]) -> VecDeque<T> {
        let Batch { check, key, .. } = self.batch;
        let mut seen = HashSet::new();
        let wanted = inputs.iter().filter_map(|input| check(input).ok()).map(key);
        let wanted: Vec<String> = wanted.filter(|input| seen.insert(input.clone())).collect();
        let found = self.ask_all(&wanted);
        let outcome = |input: &String| match check(input) {
            Err(error) => T::failed(input, error),
            Ok(checked) => match found.get(&key(checked)) {
                Some(result) => result.clone().for_input(input),
                None => T::failed(input, missing(self.batch.operation)),
            },
        };
        inputs.iter().map(outcome).collect()
    }

    /// Asks for all of them; where the allowance covers only a part, that part first.
    fn ask_all(&mut self, wanted: &[String]) -> HashMap<String, T> {
        let mut found = HashMap::new();
        let mut left = wanted;
        while !left.is_empty() {
            let asked = match &self.stopped {
                Some(error) => Err(error.clone()),
                None => (self.batch.ask)(&self.client, left),
            };
            match asked {
                Ok((asked, results)) => {
                    found.extend(left.iter().take(asked).cloned().zip(results));
                    left = left.get(asked.max(1)..).unwrap_or_default();
                }
                Err(error) => {
                    found.extend(left.iter().map(|input| (input.clone(), T::failed(input, error.clone()))));
                    // A failure of the service is of this batch; anything else would be the same again.
                    if !matches!(
                        error.status(),
                        Status::Server | Status::Protocol | Status::Network | Status::Timeout
                    ) {
                        self.stopped = Some(error);
                    }
                    left = &[];
                }
            }
        }
        found
    }
}

/// The error of an input that the answer leaves out.
pub(crate) fn missing(operation: Operation) -> Error {
    let row = operation.endpoint();
    Error::new(Status::Protocol, "the answer leaves this input out").with_request(format!(
        "{} {}",
        row.method.as_str(),
        row.path
    ))
}

impl Client {
    /// Leave for a bulk request of as many entries as the allowance covers.
    pub(crate) fn bulk_permit(
        &self,
        operation: Operation,
        count: usize,
    ) -> Result<(Permit, usize, Patience)> {
        let patience = self.patience().at_most(self.options.deadline.flatten());
        let call = Call::new(operation, &[]).cost(u32::try_from(count).unwrap_or(u32::MAX), 1);
        let permit = self.permit(&call, &patience, None)?;
        let asked = count.min(permit.granted as usize).max(1);
        Ok((permit, asked, patience))
    }
}
