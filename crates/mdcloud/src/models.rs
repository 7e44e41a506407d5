//! What threads do together, in many thousands of orders: run by `cargo xtask test --only models`.
//!
//! shuttle runs the threads of a model one step at a time, a step being what they do between two uses of
//! `crate::sync`, and tries the orders of these steps. Nobody's wait times out there: the product looks around
//! every 50 ms, so a wake-up that is lost costs it 50 ms and no test fails; here it is a deadlock, and found.
#![allow(clippy::unwrap_used)]

use std::sync::atomic::{AtomicU32, Ordering};

use crate::batch::{Ask, Batch, Distance, Outcome, Results};
use crate::cancel::{Cancel, Cancels};
use crate::client::Client;
use crate::endpoints::Operation;
use crate::error::{Error, Result, Status};
use crate::flight;
use crate::source::Source;
use crate::sync::{Arc, Mutex, process_wide, thread};
use crate::transport::scripted::{self, Act};
use crate::transport::{Headers, Reply};
use crate::wait::{Patience, SystemClock};

/// Orders tried, as there are too many for all of them; each differs from the plain one in up to three places.
const ORDERS: usize = 10_000;

fn patience() -> Patience {
    Patience::new(std::sync::Arc::new(SystemClock), Cancels::new([Cancel::new()], None))
}

fn answer() -> Result<Reply> {
    Ok(Reply { status: 200, headers: Headers::default(), body: b"answer".to_vec() })
}

fn fly(request: impl FnMut() -> Result<Reply>) -> Result<Reply> {
    flight::share(([1; 16], "same".to_owned()), &patience(), request)
        .unwrap_or_else(|_| Err(Error::new(Status::Panic, "nobody stopped it")))
}

/// Threads that ask for the same at about the same time. Each says whether the request is made by it.
fn flights(threads: u32, outcome: fn(u32) -> Result<Reply>) {
    let asked = Arc::new(AtomicU32::new(0));
    let under_way = Arc::new(AtomicU32::new(0));
    let ask = move || {
        fly(|| {
            assert_eq!(under_way.fetch_add(1, Ordering::SeqCst), 0, "two of the same are under way");
            // Where others may come along.
            thread::yield_now();
            under_way.fetch_sub(1, Ordering::SeqCst);
            outcome(asked.fetch_add(1, Ordering::SeqCst))
        })
    };
    let threads: Vec<_> = (0..threads).map(|_| thread::spawn(ask.clone())).collect();
    let outcomes: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    let failed = outcomes.iter().filter(|outcome| outcome.is_err()).count();
    assert!(failed <= usize::from(outcome(0).is_err()), "one gave up, and took {failed} with it");
    assert!(outcomes.iter().flatten().all(|reply| reply.body == b"answer"));
}

#[test]
fn the_same_lookup_is_never_under_way_twice_and_everybody_gets_its_answer() {
    shuttle::check_pct(|| flights(3, |_| answer()), ORDERS, 3);
}

#[test]
fn when_the_one_who_asks_gives_up_another_asks() {
    let first_gives_up =
        |request| if request == 0 { Err(Error::new(Status::Cancelled, "")) } else { answer() };
    shuttle::check_pct(move || flights(3, first_gives_up), ORDERS, 3);
}

/// What came of one input of a list.
#[derive(Clone, Debug, PartialEq)]
struct Echo(String, bool);

impl Outcome for Echo {
    fn failed(input: &str, _: Error) -> Self {
        Echo(input.to_owned(), false)
    }
    fn for_input(self, input: &str) -> Self {
        Echo(input.to_string(), self.1)
    }
}

fn echoes(
    inputs: &'static [&'static str],
    ask: Ask<Echo>,
) -> Results<impl Iterator<Item = &'static str>, Echo> {
    let (client, ..) = scripted::client([]);
    // One input a request.
    let operation = Operation::HashSandbox;
    let batch = Batch { operation, check: |input| Ok(input), key: |input| input.to_lowercase().into(), ask };
    let mut results = Results::new(&client, batch, inputs.iter().copied());
    // A thread for each batch from the beginning.
    results.distance = Distance::Far;
    results
}

#[test]
fn a_list_comes_back_whole_and_in_order_and_its_threads_end() {
    let inputs = &["a", "b", "A", "c"];
    let ask: Ask<Echo> = |client, wanted, all_granted| {
        thread::yield_now();
        all_granted();
        match client.patience().cancels.is_cancelled() {
            true => Err(Error::new(Status::Cancelled, "")),
            false => Ok(wanted.iter().map(|input| Echo(input.to_string(), true)).collect()),
        }
    };
    let whole = move || {
        let outcomes: Vec<_> = echoes(inputs, ask).collect();
        assert_eq!(outcomes, inputs.map(|input| Echo(input.to_owned(), true)));
    };
    shuttle::check_pct(whole, ORDERS, 3);
    // Whoever stops early leaves no thread behind: that would be a deadlock here.
    let early = move || {
        let mut outcomes = echoes(inputs, ask);
        assert!(outcomes.next().is_some());
        // The caller's own work.
        thread::yield_now();
    };
    shuttle::check_pct(early, ORDERS, 3);
}

process_wide! {
    /// What an allowance still covers.
    LEFT: Mutex<u32> = Mutex::new(2)
}

#[test]
fn an_allowance_that_does_not_last_goes_to_the_first_of_a_list() {
    let ask: Ask<Echo> = |_, wanted, all_granted| {
        thread::yield_now();
        let mut left = LEFT.lock().unwrap();
        *left = left.checked_sub(1).ok_or_else(|| Error::new(Status::Blocked, ""))?;
        drop(left);
        all_granted();
        thread::yield_now();
        Ok(vec![Echo(wanted.get(0).unwrap().to_string(), true)])
    };
    let model = move || {
        let came: Vec<_> = echoes(&["a", "b", "c", "d"], ask).map(|outcome| outcome.1).collect();
        assert_eq!(came, [true, true, false, false]);
    };
    shuttle::check_pct(model, ORDERS, 3);
}

/// Finished reports by the files' hashes, so that nothing has to be waited for.
fn scans(files: u8) -> (Client, impl Iterator<Item = Source>) {
    const KNOWN: &str = r#"{"data_id": "id", "scan_results": {"scan_all_result_i": 0, "progress_percentage": 100},
        "process_info": {"progress_percentage": 100, "result": "Allowed"}, "file_info": {}}"#;
    let (client, ..) = scripted::client((0..files).map(|_| Act::Answer(200, KNOWN)));
    (client, (0..files).map(|file| Source::bytes([file])))
}

#[test]
fn every_scan_of_many_has_one_outcome_and_who_stops_early_waits_for_no_thread() {
    let whole = || {
        let (client, files) = scans(3);
        let mut outcomes: Vec<_> = client.file_scan_many(files).collect();
        outcomes.sort_by_key(|outcome| outcome.index);
        assert!(outcomes.iter().map(|outcome| outcome.index).eq(0..3));
        assert!(outcomes.iter().all(|outcome| outcome.result.is_ok()), "{outcomes:?}");
    };
    shuttle::check_pct(whole, ORDERS / 10, 3);
    let early = || {
        let (client, files) = scans(3);
        let mut outcomes = client.file_scan_many(files);
        assert!(outcomes.next().is_some());
        thread::yield_now();
    };
    shuttle::check_pct(early, ORDERS / 10, 3);
}
