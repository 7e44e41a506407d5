//! What `cargo xtask install` puts where, and that nothing of it is left after `uninstall`.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a failure here is a failed test

mod bench;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use bench::prefix::{here, prefix, xtask};
use bench::{folder, root, run};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Every file below a folder, by its name from there.
fn files(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() && !path.is_symlink() {
                true => open.push(path),
                false => {
                    found.insert(path.strip_prefix(folder).unwrap().to_string_lossy().into_owned());
                }
            }
        }
    }
    found
}

#[test]
fn all_that_a_c_or_cpp_program_needs_is_installed() {
    let installed = files(prefix());
    let library = format!("lib/libmdcloud.so.{VERSION}");
    for name in [
        &*library,
        "lib/libmdcloud.so.0",
        "lib/libmdcloud.so",
        "lib/libmdcloud.a",
        "lib/pkgconfig/mdcloud.pc",
        "lib/cmake/mdcloud/mdcloudConfig.cmake",
        "lib/cmake/mdcloud/mdcloudConfigVersion.cmake",
        "include/mdcloud.h",
        "include/mdcloud.hpp",
        "share/man/man3/mdcloud.3",
        "share/doc/mdcloud/LICENSE-MIT",
        "share/doc/mdcloud/LICENSE-APACHE",
        "share/doc/mdcloud/c.md",
        "share/doc/mdcloud/examples/scan.c",
    ] {
        assert!(installed.contains(name), "{name} is not among {installed:#?}");
    }
    // Every header that there is, so that a new one is not forgotten.
    for header in files(&root().join("include")).iter().filter(|name| name.ends_with("pp")) {
        assert!(installed.contains(&format!("include/{header}")), "{header}");
    }
    let link = |name: &str| std::fs::read_link(prefix().join(name)).unwrap();
    assert_eq!(link("lib/libmdcloud.so.0"), Path::new(&format!("libmdcloud.so.{VERSION}")));
    assert_eq!(link("lib/libmdcloud.so"), Path::new("libmdcloud.so.0"));
    for name in installed.iter().filter(|name| !name.contains("/libmdcloud.")) {
        let text = std::fs::read_to_string(prefix().join(name)).unwrap();
        let template =
            text.split('@').skip(1).step_by(2).find(|word| word.chars().all(|c| c.is_ascii_uppercase()));
        assert!(template.is_none() || !name.starts_with("lib/"), "{name} was not filled in: {template:?}");
    }
}

#[test]
fn the_installed_library_exports_the_listed_symbols_and_has_no_others() {
    let library = prefix().join("lib/libmdcloud.so");
    let symbols = run(Command::new("nm").args(["-D", "--defined-only", "-j"]).arg(&library));
    let ledger = std::fs::read_to_string(root().join("include/mdcloud.symbols")).unwrap();
    let listed =
        ledger.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split(' ').next());
    assert_eq!(symbols.lines().collect::<Vec<_>>(), listed.collect::<Vec<_>>());
    assert!(symbols.lines().all(|name| name.starts_with("mdcloud_")), "{symbols}");
    let names = Command::new("nm").arg(&library).output().unwrap();
    assert!(names.stdout.is_empty(), "it is not stripped");
}

#[test]
fn the_installed_libraries_tell_nothing_of_the_machine_that_built_them() {
    let home =
        std::env::var("CARGO_HOME").or_else(|_| std::env::var("HOME").map(|home| home + "/.cargo")).unwrap();
    let sysroot = run(Command::new("rustc").args(["--print", "sysroot"]));
    let root = root().canonicalize().unwrap();
    for library in ["lib/libmdcloud.so", "lib/libmdcloud.a"] {
        let holds = |text: &str| {
            let found = Command::new("grep").args(["-qaF", text]).arg(prefix().join(library)).status();
            found.unwrap().code() == Some(0)
        };
        // Names that stand for the folders are there, so the search would find the folders themselves.
        assert!(holds("/cargo/registry"), "{library}");
        for path in [root.to_str().unwrap(), &home, sysroot.trim()] {
            assert!(!holds(path), "{library} holds {path}");
        }
    }
}

#[test]
fn the_man_page_is_well_formed_and_is_the_headers_manual() {
    let page = prefix().join("share/man/man3/mdcloud.3");
    let text = std::fs::read_to_string(&page).unwrap();
    let preamble = std::fs::read_to_string(root().join("bindings/c/preamble.h")).unwrap();
    for heading in ["Ownership", "Threads", "Waiting and cancellation", "Texts"] {
        assert!(preamble.contains(&format!(" * {heading}\n")), "{heading}");
        assert!(text.contains(&format!(".SH {}\n", heading.to_uppercase())), "{heading}");
    }
    if here(&["groff"], "the form of the man page") {
        let checked =
            Command::new("groff").args(["-man", "-ww", "-Tascii", "-z"]).arg(&page).output().unwrap();
        assert!(checked.status.success() && checked.stderr.is_empty(), "{checked:?}");
    }
}

/// Installs what was built before into another prefix, and takes it away again.
#[test]
fn uninstall_leaves_what_others_put_there_and_nothing_else() {
    prefix();
    let stage = folder("stage");
    let _ = std::fs::remove_dir_all(&stage);
    let theirs = stage.join("opt/md/include/theirs.h");
    std::fs::create_dir_all(theirs.parent().unwrap()).unwrap();
    std::fs::write(&theirs, "").unwrap();
    let orders = ["--prefix", "/opt/md", "--libdir", "lib/x86_64", "--debug"];
    let with = |command: &str| {
        let mut xtask = xtask(&[command]);
        xtask.args(orders).env("DESTDIR", &stage);
        xtask
    };
    run(&mut with("install"));
    let installed = files(&stage);
    assert!(installed.contains("opt/md/lib/x86_64/libmdcloud.so.0") && installed.len() > 20, "{installed:?}");
    // The files name the place where they will be, not the stage on which a packager collects them.
    let about = std::fs::read_to_string(stage.join("opt/md/lib/x86_64/pkgconfig/mdcloud.pc")).unwrap();
    assert!(about.starts_with("prefix=/opt/md\nlibdir=${prefix}/lib/x86_64\n"), "{about}");
    let config = stage.join("opt/md/lib/x86_64/cmake/mdcloud/mdcloudConfig.cmake");
    assert!(std::fs::read_to_string(config).unwrap().contains("/../../../..\" ABSOLUTE"));
    // Without --static; and a second time, over the first.
    assert!(!installed.iter().any(|name| name.ends_with(".a")), "{installed:?}");
    run(&mut with("install"));
    assert_eq!(files(&stage), installed);

    run(&mut with("uninstall"));
    assert_eq!(files(&stage), BTreeSet::from(["opt/md/include/theirs.h".to_owned()]));
    let left: Vec<_> =
        std::fs::read_dir(stage.join("opt/md")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["include"]);
    let again = with("uninstall").output().unwrap();
    assert!(!again.status.success());
    assert!(String::from_utf8_lossy(&again.stderr).contains("was installed by this command"), "{again:?}");
}

#[test]
fn a_command_line_that_is_not_understood_installs_nothing() {
    for (orders, word) in [
        (&["install", "--prefix"][..], "wants a folder"),
        (&["install", "--preifx", "/tmp"], "not understood"),
        (&["install", "--libdir", "../lib"], "below the prefix"),
        (&["install", "--libdir", "/lib"], "below the prefix"),
        (&["uninstall", "--prefix", "/nonexistent"], "was installed by this command"),
    ] {
        let done = xtask(orders).output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(!done.status.success() && said.contains(word), "{orders:?}: {said}");
    }
}
