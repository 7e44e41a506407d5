//! What the tests of the C library stand on: the built library, compilers, an emulator.
#![allow(dead_code, unreachable_pub)]

pub mod prefix;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use mdcloud_emulator::{Emulator, Settings};

pub const WARNINGS: [&str; 4] = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"];

/// The project's root.
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// A folder of this test's own.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Where the libraries are, built in the profile of this test, with the name that programs look for.
pub fn libraries() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let tests = std::env::current_exe().unwrap();
        let built = tests.parent().and_then(Path::parent).unwrap().to_owned();
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--package", "mdcloud-c", "--package", "mdcloud-c-panic-test"]);
        cargo.current_dir(root());
        if !cfg!(debug_assertions) {
            cargo.arg("--release");
        }
        run(&mut cargo);
        // Copies: whoever builds next must not pull them from under the tests that run.
        let folder = folder("lib");
        for (file, name) in [("libmdcloud.so", "libmdcloud.so.0"), ("libmdcloud.a", "libmdcloud.a")] {
            let new = folder.join(format!("{name}.{}", std::process::id()));
            std::fs::copy(built.join(file), &new).unwrap();
            std::fs::rename(new, folder.join(name)).unwrap();
        }
        let link = folder.join("libmdcloud.so");
        let _ = std::fs::remove_file(&link);
        let _ = std::os::unix::fs::symlink("libmdcloud.so.0", link);
        std::fs::copy(built.join("libmdcloud_panic_test.so"), folder.join("libmdcloud_panic_test.so"))
            .unwrap();
        folder
    })
}

/// Runs it; gives what it printed, or fails with all of it.
pub fn run(command: &mut Command) -> String {
    let shown = format!("{command:?}");
    let done = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{shown}: {error}"));
    let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{shown}: {}\n{out}\n{err}", done.status);
    out.into_owned()
}

/// A compiler with all warnings, and the headers at hand.
pub fn compiler(program: &str, standard: &str) -> Command {
    let mut compiler = Command::new(program);
    compiler.arg(format!("-std={standard}")).args(WARNINGS).arg("-pthread");
    compiler.arg("-I").arg(root().join("include")).arg("-I").arg(root().join("tests/c"));
    compiler
}

/// Links against the shared library where it was built.
pub fn shared(compiler: &mut Command) -> &mut Command {
    let libraries = libraries();
    let mut path = std::ffi::OsString::from("-Wl,-rpath,");
    path.push(libraries);
    compiler.arg("-L").arg(libraries).arg("-lmdcloud").arg(path)
}

/// Compiles `sources`, relative to the project's root, to a program in `folder`.
pub fn program(compiler: &mut Command, sources: &[&str], to: &Path) {
    for source in sources {
        compiler.arg(root().join(source));
    }
    compiler.arg("-o").arg(to);
}

pub fn emulator(settings: &[(&str, &str)]) -> Emulator {
    let mut wanted = Settings::new();
    for (name, value) in settings {
        wanted.set(name, value).unwrap();
    }
    Emulator::start(wanted).unwrap()
}

/// The program with the emulator's address and key in its environment.
pub fn against(emulator: &Emulator, program: impl AsRef<OsStr>) -> Command {
    let mut program = Command::new(program);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("MDCLOUD_")) {
        program.env_remove(name);
    }
    // Cargo's own library path comes before that of the program, and may hold an older library.
    program.env_remove("LD_LIBRARY_PATH");
    program.env("MDCLOUD_BASE_URL", emulator.base_url()).env("MDCLOUD_API_KEY", emulator.api_key());
    program
}
