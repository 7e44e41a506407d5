//! Memory shared by forked processes: nobody's change is lost, nothing torn, nobody stuck.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use mdcloud_process::{Exchanged, Page};

/// Forks `child`, which leaves with what it returns.
fn fork(child: impl FnOnce() -> i32) -> libc::pid_t {
    // SAFETY: the child does what is said to work in one, and leaves.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        let code = child();
        // SAFETY: ends the child without running what belongs to the parent.
        unsafe { libc::_exit(code) };
    }
    assert!(pid > 0);
    pid
}

/// Waits until the child has ended, or only stopped; gives the status.
fn ended(pid: libc::pid_t, flags: i32) -> i32 {
    let mut status = 0;
    // SAFETY: our own child.
    assert_eq!(unsafe { libc::waitpid(pid, &mut status, flags) }, pid);
    status
}

fn signal(pid: libc::pid_t, signal: i32) {
    // SAFETY: our own child, or ourselves.
    assert_eq!(unsafe { libc::kill(pid, signal) }, 0);
}

fn me() -> libc::pid_t {
    // SAFETY: has no arguments.
    unsafe { libc::getpid() }
}

/// Adds one to the number in the page, waiting for others for as long as it takes.
fn add_one(page: &mut Page) {
    let mut add = |_: u64, document: &[u8]| {
        let count = document.try_into().map_or(0, u64::from_le_bytes);
        Some((count + 1).to_le_bytes().to_vec())
    };
    while page.exchange(&mut add).unwrap() == Exchanged::Busy {
        std::thread::yield_now();
    }
}

fn kept(page: &mut Page) -> (u64, Vec<u8>) {
    let mut seen = (0, Vec::new());
    let see = &mut |version: u64, document: &[u8]| {
        seen = (version, document.to_vec());
        None
    };
    while page.exchange(see).unwrap() == Exchanged::Busy {
        std::thread::yield_now();
    }
    seen
}

#[test]
fn eight_children_and_their_children_count_together() {
    let mut page = Page::new().unwrap();
    let children: Vec<_> = (0..8)
        .map(|_| {
            fork(|| {
                let grandchild = fork(|| {
                    (0..500).for_each(|_| add_one(&mut page));
                    0
                });
                (0..500).for_each(|_| add_one(&mut page));
                ended(grandchild, 0)
            })
        })
        .collect();
    for child in children {
        assert_eq!(ended(child, 0), 0);
    }
    assert_eq!(kept(&mut page), (8000, 8000_u64.to_le_bytes().to_vec()));
}

#[test]
fn a_child_killed_in_the_middle_of_a_change_leaves_what_was_there() {
    let mut page = Page::new().unwrap();
    add_one(&mut page);
    let child = fork(|| {
        let died = page.exchange(&mut |_, _| {
            signal(me(), libc::SIGKILL);
            None
        });
        i32::from(died.is_ok())
    });
    assert!(libc::WIFSIGNALED(ended(child, 0)));
    add_one(&mut page);
    assert_eq!(kept(&mut page), (2, 2_u64.to_le_bytes().to_vec()));
}

/// Children that write long documents of one letter are killed at whatever they are doing.
#[test]
fn no_document_is_ever_torn() {
    let mut page = Page::new().unwrap();
    for round in 0..100_u8 {
        let child = fork(|| {
            loop {
                page.exchange(&mut |version, _| Some(vec![version as u8; 50_000])).unwrap();
            }
        });
        let before = kept(&mut page).0;
        while kept(&mut page).0 <= before + u64::from(round % 5) {
            std::thread::yield_now();
        }
        signal(child, libc::SIGKILL);
        assert!(libc::WIFSIGNALED(ended(child, 0)));
        let (version, document) = kept(&mut page);
        assert_eq!(document.len(), 50_000);
        assert!(document.iter().all(|byte| *byte == (version - 1) as u8), "version {version} is torn");
    }
}

#[test]
fn a_stopped_child_makes_it_busy_until_it_goes_on() {
    let mut page = Page::new().unwrap();
    let child = fork(|| {
        let stopped = page.exchange(&mut |_, _| {
            signal(me(), libc::SIGSTOP);
            Some(b"after all".to_vec())
        });
        i32::from(stopped.ok() != Some(Exchanged::Done))
    });
    assert!(libc::WIFSTOPPED(ended(child, libc::WUNTRACED)));
    assert_eq!(page.exchange(&mut |_, _| None).unwrap(), Exchanged::Busy);
    signal(child, libc::SIGCONT);
    assert_eq!(ended(child, 0), 0);
    assert_eq!(kept(&mut page), (1, b"after all".to_vec()));
}

#[test]
fn a_document_that_does_not_fit_leaves_the_one_that_is_there() {
    let mut page = Page::new().unwrap();
    add_one(&mut page);
    assert!(page.exchange(&mut |_, _| Some(vec![0; 2 << 20])).is_err());
    assert_eq!(kept(&mut page).0, 1);
}
