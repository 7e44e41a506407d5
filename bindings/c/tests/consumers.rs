//! Programs and projects of users, on an installed prefix, where nothing of the build tree can be found.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a failure here is a failed test

mod bench;

use std::path::Path;
use std::process::Command;

use bench::prefix::{clean, here, prefix};
use bench::{WARNINGS, emulator, folder, root, run};
use mdcloud_emulator::Emulator;

/// Runs a program of ours and looks whether it got an answer through the library of the prefix.
fn gets_an_answer(emulator: &Emulator, program: &Path) {
    let mut program = Command::new(program);
    program.env_clear();
    program.env("MDCLOUD_BASE_URL", emulator.base_url()).env("MDCLOUD_API_KEY", emulator.api_key());
    assert_eq!(run(&mut program), concat!(env!("CARGO_PKG_VERSION"), " OK\n"));
}

/// Whether later copies of the library in the process can find the ledger of this program.
fn shows_its_ledger(program: &Path) -> bool {
    let symbols = run(Command::new("nm").args(["-D", "--defined-only"]).arg(program));
    symbols.contains("mdcloud_rendezvous_v1")
}

/// One of a user's ways to compile: the files of a language, a compiler, its options.
struct Way {
    end: &'static str,
    compiler: &'static str,
    options: &'static [&'static str],
}

const fn way(end: &'static str, compiler: &'static str, options: &'static [&'static str]) -> Way {
    Way { end, compiler, options }
}

const WAYS: [Way; 10] = [
    way("c", "gcc", &["-std=c11", "-Wstrict-prototypes", "-Wconversion"]),
    way("c", "clang", &["-std=c11", "-Wstrict-prototypes", "-Wconversion"]),
    way("cpp", "g++", &["-std=c++17", "-Wshadow", "-Wconversion"]),
    way("cpp", "g++", &["-std=c++20"]),
    way("cpp", "g++", &["-std=c++17", "-fno-exceptions", "-fno-rtti"]),
    way("cpp", "g++", &["-std=c++20", "-fno-exceptions"]),
    way("cpp", "clang++", &["-std=c++17", "-Wshadow", "-Wconversion"]),
    way("cpp", "clang++", &["-std=c++20"]),
    way("cpp", "clang++", &["-std=c++17", "-fno-exceptions", "-fno-rtti"]),
    way("cpp", "clang++", &["-std=c++20", "-fno-exceptions"]),
];

/// Compiles the two files of a program with the flags of pkg-config and links them as it says: shared, static.
fn compiles_and_runs(way: &Way, number: usize, emulator: &Emulator) {
    let scratch = folder("pkg-config").join(number.to_string());
    std::fs::create_dir_all(&scratch).unwrap();
    let flags = |asked: &[&str]| {
        // What the shell makes of it: the prefix has a space in its name.
        let out = run(clean("pkg-config").args(asked).arg("mdcloud"));
        words(out.trim())
    };
    let mut objects = Vec::new();
    for name in ["main", "second"] {
        let object = scratch.join(format!("{name}.o"));
        let mut compile = clean(way.compiler);
        compile.args(way.options).args(WARNINGS).args(flags(&["--cflags"])).arg("-c").arg("-o").arg(&object);
        run(compile.arg(root().join(format!("tests/c/consumer/{name}.{}", way.end))));
        objects.push(object);
    }
    // Linking the archive takes seconds: once for each language and compiler.
    let kinds = if way.options[0] == "-std=c++20" || way.options.contains(&"-fno-exceptions") {
        &["shared"][..]
    } else {
        &["shared", "static"]
    };
    for &kind in kinds {
        let program = scratch.join(kind);
        let mut link = clean(way.compiler);
        link.args(&objects).arg("-o").arg(&program);
        if kind == "shared" {
            link.args(flags(&["--libs"])).arg(format!("-Wl,-rpath,{}", prefix().join("lib").display()));
        } else {
            // Not -lmdcloud: the linker would take the shared library, which stands beside it.
            let here = prefix().join("lib/libmdcloud.a").into_os_string().into_string().unwrap();
            let archive = |flag: String| if flag == "-lmdcloud" { here.clone() } else { flag };
            link.args(flags(&["--libs", "--static"]).into_iter().map(archive));
        }
        run(&mut link);
        assert_eq!(shows_its_ledger(&program), kind == "static", "{kind}");
        gets_an_answer(emulator, &program);
    }
}

/// What a shell would take a text for; pkg-config puts a backslash before a space.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => words.last_mut().unwrap().extend(letters.next()),
            ' ' => words.push(String::new()),
            _ => words.last_mut().unwrap().push(letter),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn every_way(of: &str, compiler: &str) {
    if !here(&[compiler, "pkg-config"], &format!("programs compiled by {compiler}")) {
        return;
    }
    let emulator = emulator(&[]);
    let ways = WAYS.iter().enumerate().filter(|(_, way)| way.end == of && way.compiler == compiler);
    ways.for_each(|(number, way)| compiles_and_runs(way, number, &emulator));
}

#[test]
fn pkg_config_serves_gcc() {
    every_way("c", "gcc");
    every_way("cpp", "g++");
}

#[test]
fn pkg_config_serves_clang() {
    every_way("c", "clang");
    every_way("cpp", "clang++");
}

/// Configures a project; gives its build folder, or what CMake said.
fn configured(name: &str, project: &Path, more: &[String]) -> Result<std::path::PathBuf, String> {
    let build = folder("cmake").join(name);
    let _ = std::fs::remove_dir_all(&build);
    let mut cmake = clean("cmake");
    cmake.arg("-S").arg(project).arg("-B").arg(&build).args(["-G", "Ninja", "-Wno-dev"]);
    cmake.arg(format!("-DCMAKE_PREFIX_PATH={}", prefix().display())).args(more);
    let done = cmake.output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    if done.status.success() { Ok(build) } else { Err(said) }
}

#[test]
fn find_package_serves_both_compilers_both_libraries_and_both_languages() {
    let project = root().join("tests/c/consumer");
    let emulator = emulator(&[]);
    for (c, cpp, standard, version) in [("gcc", "g++", 17, "0.1"), ("clang", "clang++", 20, "0.1.0;EXACT")] {
        if !here(&["cmake", "ninja", c], &format!("find_package(mdcloud) with {c}")) {
            continue;
        }
        let options = [
            format!("-DCMAKE_C_COMPILER={c}"),
            format!("-DCMAKE_CXX_COMPILER={cpp}"),
            format!("-DCMAKE_CXX_STANDARD={standard}"),
            format!("-DWANTED={version}"),
        ];
        let build = configured(c, &project, &options).unwrap_or_else(|said| panic!("{said}"));
        run(clean("cmake").arg("--build").arg(&build));
        for program in ["c_mdcloud", "c_static", "cpp_mdcloud", "cpp_static"] {
            gets_an_answer(&emulator, &build.join(program));
            assert_eq!(shows_its_ledger(&build.join(program)), program.ends_with("static"), "{program}");
        }
    }
}

#[test]
fn find_package_refuses_a_version_that_may_break_a_program() {
    if !here(&["cmake", "ninja"], "the versions that find_package(mdcloud) takes") {
        return;
    }
    let project = root().join("tests/c/consumer");
    for wanted in ["0.2", "1.0", "0.0", "0.1.99"] {
        let said = configured("refused", &project, &[format!("-DWANTED={wanted}")]).unwrap_err();
        assert!(said.contains("version: 0.1.0"), "{wanted}: {said}");
    }
}

#[test]
fn a_project_may_build_mdcloud_from_source() {
    if !here(&["cmake", "ninja"], "a project that builds mdcloud by FetchContent") {
        return;
    }
    // What was built for these tests is used again; cargo finds its toolchain by its usual variables.
    let target = bench::libraries();
    let target = target.ancestors().find(|folder| folder.join("debug").is_dir()).unwrap();
    let options = [
        format!("-DMDCLOUD_SOURCE={}", root().display()),
        format!("-DMDCLOUD_CARGO={}", env!("CARGO")),
        format!("-DMDCLOUD_CARGO_TARGET_DIR={}", target.display()),
        "-DCMAKE_BUILD_TYPE=Debug".to_owned(),
    ];
    let project = root().join("tests/c/from_source");
    let build = configured("from-source", &project, &options).unwrap_or_else(|said| panic!("{said}"));
    let mut make = clean("cmake");
    make.arg("--build").arg(&build).envs(std::env::vars_os());
    run(&mut make);
    let emulator = emulator(&[]);
    for program in ["c_mdcloud", "c_static"] {
        gets_an_answer(&emulator, &build.join(program));
    }
}
