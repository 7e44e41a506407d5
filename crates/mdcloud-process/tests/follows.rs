//! The copy in this very program, which exports nothing, under a loaded copy.
#![cfg(target_os = "linux")]

mod common;
mod counting;

#[test]
fn a_copy_that_nobody_finds_follows() {
    let copies = common::Copies::new(1);
    let copy = counting::load(&copies.path(0));
    assert_eq!(counting::record(2), 2);
    assert_eq!(copy(5), 7);
    assert_eq!(*counting::COUNT.lock(), 0, "our own ledger was not asked");
    let info = mdcloud_process::leader_info(counting::make);
    assert_eq!((info.object, info.is_self, info.copies), (copies.path(0), false, 2));
}
