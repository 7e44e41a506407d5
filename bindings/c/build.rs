//! Gives the shared library its SONAME, which moves only when the ABI breaks.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // `rustc-link-arg` stays with this crate; `rustc-cdylib-link-arg` would reach crates that depend on it.
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo:rustc-link-arg=-Wl,-soname,libmdcloud.so.0");
    }
}
