use super::*;
use crate::cancel::{Cancel, Cancels};
use crate::error::Error;
use crate::transport::Headers;
use crate::wait::SystemClock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// A subject that no other test has.
fn subject(name: &str) -> Subject {
    ([9; 16], name.to_owned())
}

fn patience(token: &Cancel) -> Patience {
    Patience::new(Arc::new(SystemClock), Cancels::new([token.clone()], None))
}

fn answer(body: &str) -> Result<Reply> {
    Ok(Reply { status: 200, headers: Headers::default(), body: body.as_bytes().to_vec() })
}

fn stopped(stop: Stop) -> Error {
    Error::new(if stop == Stop::Cancelled { Status::Cancelled } else { Status::Timeout }, "stopped")
}

/// As a call does it: who stops waiting gets the error that says so.
fn share(subject: Subject, patience: &Patience, request: impl FnMut() -> Result<Reply>) -> Result<Reply> {
    super::share(subject, patience, request).unwrap_or_else(|stop| Err(stopped(stop)))
}

/// Until as many wait for the flight.
fn boarded(subject: &Subject, wanted: u32) {
    loop {
        let flight = UNDER_WAY.lock().get(subject).cloned();
        if flight.is_some_and(|flight| flight.state().passengers == wanted) {
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn what_many_ask_at_once_is_asked_once_and_asked_anew_afterwards() {
    let (asked, subject) = (AtomicU32::new(0), subject("once"));
    let ask = |passengers: u32| {
        share(subject.clone(), &patience(&Cancel::new()), || {
            asked.fetch_add(1, Ordering::Relaxed);
            boarded(&subject, passengers);
            answer("the answer")
        })
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..20).map(|_| scope.spawn(|| ask(19))).collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap().unwrap().body, b"the answer");
        }
    });
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    assert!(ask(0).is_ok());
    assert_eq!(asked.load(Ordering::Relaxed), 2, "nothing is remembered");
}

#[test]
fn who_gives_up_does_not_take_the_answer_from_the_others() {
    let subject = subject("given up");
    let (first, second) = (Cancel::new(), Cancel::new());
    std::thread::scope(|scope| {
        let gives_up = scope.spawn(|| {
            share(subject.clone(), &patience(&first), || {
                boarded(&subject, 2);
                second.cancel();
                // The second leaves while this one is at it.
                std::thread::sleep(2 * SLICE);
                first.cancel();
                Err(stopped(Stop::Cancelled))
            })
        });
        boarded(&subject, 0);
        let leaves =
            scope.spawn(|| share(subject.clone(), &patience(&second), || unreachable!("it is cancelled")));
        boarded(&subject, 1);
        let stays =
            scope.spawn(|| share(subject.clone(), &patience(&Cancel::new()), || answer("asked again")));
        assert_eq!(gives_up.join().unwrap().unwrap_err().status(), Status::Cancelled);
        assert_eq!(leaves.join().unwrap().unwrap_err().status(), Status::Cancelled);
        assert_eq!(stays.join().unwrap().unwrap().body, b"asked again");
    });
}

#[test]
fn a_failure_at_the_service_is_shared_and_a_panic_frees_the_others() {
    let subject = subject("failed");
    let after_panic = AtomicU32::new(0);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| {
            share(subject.clone(), &patience(&Cancel::new()), || {
                boarded(&subject, 1);
                Err(Error::new(Status::NotFound, "unknown").with_answer(404, None, Vec::new(), b""))
            })
        });
        boarded(&subject, 0);
        let second = share(subject.clone(), &patience(&Cancel::new()), || unreachable!());
        assert_eq!(second.unwrap_err().status(), Status::NotFound);
        assert_eq!(first.join().unwrap().unwrap_err().http_status(), Some(404));
    });
    std::thread::scope(|scope| {
        let panics = scope.spawn(|| {
            share(subject.clone(), &patience(&Cancel::new()), || {
                boarded(&subject, 1);
                panic!("in the middle")
            })
        });
        boarded(&subject, 0);
        let next = || {
            after_panic.fetch_add(1, Ordering::Relaxed);
            answer("mine")
        };
        assert!(share(subject.clone(), &patience(&Cancel::new()), next).is_ok());
        assert!(panics.join().is_err());
    });
    assert_eq!(after_panic.load(Ordering::Relaxed), 1);
    assert!(!UNDER_WAY.lock().contains_key(&subject));
}
