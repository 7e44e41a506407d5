//! `cargo xtask install`: the C library where compilers, pkg-config and CMake find it; and its opposite.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::installation::Installation;
use crate::manual;
use crate::run::{self, LIMIT, Outcome};

/// The ABI's number in the SONAME; bindings/c/build.rs gives it to the library.
const SONAME: &str = "libmdcloud.so.0";

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub struct Orders {
    prefix: PathBuf,
    /// Below the prefix.
    libdir: String,
    with_static: bool,
    debug: bool,
}

impl Orders {
    pub fn read(arguments: &[String]) -> Result<Self, String> {
        let mut orders =
            Orders { prefix: "/usr/local".into(), libdir: "lib".into(), with_static: false, debug: false };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{argument} wants a folder"));
            match argument.as_str() {
                "--prefix" => {
                    let given = value()?;
                    orders.prefix =
                        std::path::absolute(given).map_err(|error| format!("--prefix {given}: {error}"))?;
                }
                "--libdir" => orders.libdir = value()?.trim_end_matches('/').to_owned(),
                "--static" => orders.with_static = true,
                "--debug" => orders.debug = true,
                other => return Err(format!("{other:?} is not understood")),
            }
        }
        let below = |part: std::path::Component<'_>| matches!(part, std::path::Component::Normal(_));
        if orders.libdir.is_empty() || !Path::new(&orders.libdir).components().all(below) {
            return Err(format!(
                "--libdir {}: must be a folder below the prefix, such as lib64",
                orders.libdir
            ));
        }
        Ok(orders)
    }

    /// Where the files go: below DESTDIR, which packagers set; the files themselves name the prefix.
    fn installation(&self) -> Installation {
        Installation::at(destination(&self.prefix, std::env::var_os("DESTDIR").map(PathBuf::from)))
    }
}

fn destination(prefix: &Path, destdir: Option<PathBuf>) -> PathBuf {
    match destdir.filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => folder.join(prefix.strip_prefix("/").unwrap_or(prefix)),
        None => prefix.to_owned(),
    }
}

/// Builds the library and puts it, and all that belongs to it, below the prefix.
pub fn run(orders: &Orders) -> Outcome {
    if !cfg!(target_os = "linux") {
        return Err("install knows the names of Linux's shared libraries only; elsewhere copy include/ and \
                    what `cargo build --release -p mdcloud-c` makes"
            .to_owned());
    }
    let built = build(orders.debug)?;
    let mut to = orders.installation();
    to.remove_old()?;
    let root = run::root();
    let lib = &orders.libdir;
    let version = mdcloud::VERSION;

    let library = format!("libmdcloud.so.{version}");
    to.copy(&built.join("libmdcloud.so"), &format!("{lib}/{library}"), 0o755)?;
    to.link(&library, &format!("{lib}/{SONAME}"))?;
    to.link(SONAME, &format!("{lib}/libmdcloud.so"))?;
    if orders.with_static {
        to.copy(&built.join("libmdcloud.a"), &format!("{lib}/libmdcloud.a"), 0o644)?;
    }
    for header in ["mdcloud.h", "mdcloud.hpp"] {
        to.copy(&root.join("include").join(header), &format!("include/{header}"), 0o644)?;
    }
    to.copy_all(&root.join("include/mdcloud"), "include/mdcloud")?;
    let template =
        |name: &str| run::read(&root.join("bindings").join(name)).map(|text| filled(&text, orders));
    to.write(&format!("{lib}/pkgconfig/mdcloud.pc"), &template("pkgconfig/mdcloud.pc.in")?)?;
    for name in ["mdcloudConfig.cmake", "mdcloudConfigVersion.cmake"] {
        to.write(&format!("{lib}/cmake/mdcloud/{name}"), &template(&format!("cmake/{name}.in"))?)?;
    }
    to.write("share/man/man3/mdcloud.3", &manual::page(&run::read(&root.join("bindings/c/preamble.h"))?))?;
    for document in
        ["LICENSE-APACHE", "LICENSE-MIT", "CHANGELOG.md", "docs/c.md", "docs/cpp.md", "docs/platforms.md"]
    {
        let name = document.rsplit('/').next().unwrap_or(document);
        to.copy(&root.join(document), &format!("share/doc/mdcloud/{name}"), 0o644)?;
    }
    to.copy_all(&root.join("bindings/c/examples"), "share/doc/mdcloud/examples")?;
    let count = to.finish()?;
    println!("{count} files below {}", to.root().display());
    Ok(())
}

/// Takes away what `run` installed there, and the folders that it made.
pub fn undo(orders: &Orders) -> Outcome {
    let mut from = orders.installation();
    if !from.remove_old()? {
        return Err(format!("nothing below {} was installed by this command", from.root().display()));
    }
    Ok(())
}

/// The values of a template.
fn filled(template: &str, orders: &Orders) -> String {
    let up = vec![".."; Path::new(&orders.libdir).components().count() + 2].join("/");
    template
        .replace("@PREFIX@", &orders.prefix.to_string_lossy())
        .replace("@LIBDIR@", &orders.libdir)
        .replace("@FROM_CMAKE_TO_PREFIX@", &up)
        .replace("@SONAME@", SONAME)
        .replace("@VERSION@", mdcloud::VERSION)
}

/// Builds both libraries and says where they are. In a folder of its own, as the flags would rebuild all that
/// other commands have built.
///
/// Whatever profile: no debug information, no names but those that programs link with, and no path of this
/// machine, which panics would show otherwise.
fn build(debug: bool) -> Result<PathBuf, String> {
    let (profile, folder) = if debug { ("dev", "debug") } else { ("release", "release") };
    let target = run::target().join("install");
    let mut cargo = run::cargo(&["build", "--locked", "-p", "mdcloud-c", "--profile", profile]);
    cargo
        .args(["--config", &format!("profile.{profile}.strip='symbols'")])
        .args(["--config", &format!("profile.{profile}.debug=false")])
        .env("CARGO_TARGET_DIR", &target);
    without_paths(&mut cargo)?;
    println!("building the library ({folder})");
    run::capture(&mut cargo, false, LIMIT).outcome()?;
    Ok(target.join(folder))
}

/// Puts names in the place of this machine's folders, with flags behind those that the user asks for.
fn without_paths(cargo: &mut Command) -> Outcome {
    let sysroot = run::capture(run::program("rustc").args(["--print", "sysroot"]), false, LIMIT);
    sysroot.outcome()?;
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo"))).unwrap_or_default();
    let names =
        [(PathBuf::from(sysroot.output.trim()), "/rust"), (home, "/cargo"), (run::root(), "/mdcloud")];
    let flags = |variable: &str, flag: &str| {
        let asked_for = std::env::var(variable).unwrap_or_default();
        let remap = |(from, to): &(PathBuf, &str)| format!("{flag}={}={to}", from.display());
        asked_for.split_whitespace().map(str::to_owned).chain(names.iter().map(remap)).collect::<Vec<_>>()
    };
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags("RUSTFLAGS", "--remap-path-prefix").join("\x1f"));
    // The cryptography has C code, and is always compiled with debug information.
    cargo.env("CFLAGS", flags("CFLAGS", "-ffile-prefix-map").join(" "));
    Ok(())
}
