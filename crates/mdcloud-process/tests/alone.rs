//! The copy in this very program, which exports nothing: it leads alone, and says so.

mod common;
mod counting;

#[test]
fn a_copy_that_nobody_finds_leads_itself() {
    assert_eq!(counting::record(2), 2);
    let info = mdcloud_process::leader_info(counting::make);
    assert!(info.is_self);
    assert_eq!((info.object.as_str(), info.version.as_str(), info.copies), ("", common::VERSION, 1));
    assert_eq!((info.table_major, info.table_minor), (1, 1));

    #[cfg(target_os = "linux")]
    {
        let copies = common::Copies::new(1);
        let copy = counting::load(&copies.path(0));
        assert_eq!(copy(5), 5, "it cannot see us");
        assert_eq!(counting::record(1), 3, "we stay with ours");
        let info = mdcloud_process::leader_info(counting::make);
        assert_eq!((info.is_self, info.copies), (true, 2), "support sees two");
    }
}
