//! What the library and its headers look like from outside, and that no function lacks its guard.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a failure here is a failed test

mod bench;

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use bench::{compiler, folder, libraries, root, run};
use mdcloud_core::endpoints::{ENDPOINTS, WORKFLOWS};
use mdcloud_core::model::MODELS;

/// The symbols of the committed list.
fn listed() -> BTreeSet<String> {
    let text = std::fs::read_to_string(root().join("include/mdcloud.symbols")).unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(lines.is_sorted(), "the list of symbols is not sorted");
    lines.iter().map(|line| line.split_once(' ').unwrap().0.to_owned()).collect()
}

fn exported(library: &str) -> BTreeSet<String> {
    let symbols = run(Command::new("nm").args(["-D", "--defined-only"]).arg(libraries().join(library)));
    symbols.lines().filter_map(|line| line.split(' ').next_back()).map(str::to_owned).collect()
}

#[test]
fn generated_files_are_as_the_sources_say() {
    let cargo = env!("CARGO");
    run(Command::new(cargo)
        .args(["run", "--quiet", "--package", "xtask", "--", "header", "--check"])
        .current_dir(root()));
}

#[test]
fn exactly_the_listed_symbols_are_exported() {
    assert_eq!(exported("libmdcloud.so.0"), listed());
    let door = exported("libmdcloud_panic_test.so");
    let more: Vec<_> = door.difference(&listed()).cloned().collect();
    assert_eq!(more, ["mdcloud_test_panic_next", "mdcloud_test_panics"]);
}

#[test]
fn the_soname_is_that_of_the_abi_and_only_system_libraries_are_needed() {
    let about = run(Command::new("readelf").arg("-d").arg(libraries().join("libmdcloud.so.0")));
    assert!(about.contains("soname: [libmdcloud.so.0]"), "{about}");
    for line in about.lines().filter(|line| line.contains("(NEEDED)")) {
        assert!(
            ["libc.so.6", "libgcc_s.so.1", "ld-linux", "libm.so.6"].iter().any(|name| line.contains(name)),
            "{line}"
        );
    }
}

/// What a C++20 program expects of bytes and lists.
const CPP: &str = "\
#include <mdcloud.hpp>
#if __cplusplus >= 202002L
#include <ranges>
#include <span>
static_assert(std::is_constructible_v<std::span<const std::byte>, mdcloud::Bytes>);
static_assert(std::ranges::sized_range<decltype(std::declval<mdcloud::Report>().engines())>);
static_assert(std::ranges::sized_range<decltype(std::declval<mdcloud::Report>().extracted_files())>);
static_assert(std::ranges::random_access_range<mdcloud::HashResults>);
#endif
int main() { return 0; }
";

#[test]
fn the_headers_compile_without_a_warning_in_every_standard() {
    let folder = folder("headers");
    let (c, cpp) = (folder.join("c.c"), folder.join("cpp.cpp"));
    std::fs::write(
        &c,
        "#include <mdcloud.h>\n#include <mdcloud.h>\nint main(void) { return MDCLOUD_STATUS_OK; }\n",
    )
    .unwrap();
    std::fs::write(&cpp, CPP).unwrap();
    for standard in ["c99", "c11", "c2x"] {
        run(compiler("gcc", standard).arg("-Wstrict-prototypes").arg("-fsyntax-only").arg(&c));
    }
    for standard in ["c++11", "c++17"] {
        run(compiler("g++", standard).args(["-x", "c++", "-fsyntax-only"]).arg(&c));
    }
    for more in [&["-fexceptions"][..], &["-fno-exceptions", "-fno-rtti"], &["-Wshadow", "-Wconversion"]] {
        for standard in ["c++17", "c++20"] {
            run(compiler("g++", standard).args(more).arg("-fsyntax-only").arg(&cpp));
        }
    }
}

/// The text of `mdcloud.hpp` and of its parts.
fn cpp_header() -> String {
    let parts = std::fs::read_dir(root().join("include/mdcloud")).unwrap().map(|part| part.unwrap().path());
    let files = parts.chain([root().join("include/mdcloud.hpp")]);
    files.map(|file| std::fs::read_to_string(file).unwrap()).collect()
}

#[test]
fn every_operation_has_its_function_and_its_method_and_legacy_is_said() {
    let (c, cpp) = (std::fs::read_to_string(root().join("include/mdcloud.h")).unwrap(), cpp_header());
    // One more argument of feed_false_positives.
    let operations = ENDPOINTS.iter().filter(|row| row.name != "feed_false_positives_engine");
    let operations = operations.map(|row| (row.name, row.legacy));
    for (name, legacy) in operations.chain(WORKFLOWS.iter().map(|flow| (flow.name, false))) {
        let said = |text: &str, function: &str, comment: &str| {
            let at = text.find(function).unwrap_or_else(|| panic!("{function} is missing"));
            let begin = text[..at].rfind(comment).unwrap();
            assert_eq!(text[begin..at].to_lowercase().contains("legacy:"), legacy, "{function}");
        };
        said(&c, &format!("mdcloud_status mdcloud_client_{name}("), "/**");
        said(&cpp, &format!("> {name}("), "/// ");
    }
}

#[test]
fn every_field_of_every_result_can_be_read_in_cpp() {
    let cpp = cpp_header();
    // The list of deliveries is a List<WebhookStatus>: its own begin() and end() give the entries.
    for model in MODELS.iter().filter(|model| model.name != "WebhookStatuses") {
        let start = cpp.find(&format!("\nclass {} ", model.name)).unwrap_or_else(|| panic!("{}", model.name));
        let class = cpp[start + 1..].split("\n};").next().unwrap();
        for field in model.fields {
            // Limits have them all by name.
            let name = if field.name == "amounts" { "amount" } else { field.name };
            assert!(
                class.contains(&format!("> {name}(")) || class.contains(&format!(" {name}() const")),
                "{}.{name} is not in the C++ headers",
                model.name
            );
        }
    }
}

#[test]
fn the_cpp_header_passes_on_every_function_of_the_c_header() {
    let header = cpp_header();
    let words: BTreeSet<&str> = header.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    let left_out: Vec<_> = listed()
        .into_iter()
        .filter(|name| name != "mdcloud_rendezvous_v1" && !words.contains(name.as_str()))
        .collect();
    assert!(left_out.is_empty(), "{left_out:?}");
    let c = std::fs::read_to_string(root().join("include/mdcloud.h")).unwrap();
    for kind in ["MDCLOUD_STATUS_", "MDCLOUD_VERDICT_", "MDCLOUD_DELIVERY_", "MDCLOUD_PHASE_"] {
        for line in c.lines().map(str::trim).filter(|line| line.starts_with(kind)) {
            let name = line.split(' ').next().unwrap();
            assert!(words.contains(name), "{name} is not in mdcloud.hpp");
        }
    }
}

#[test]
fn everything_in_the_header_is_described() {
    let header = std::fs::read_to_string(root().join("include/mdcloud.h")).unwrap();
    let lines: Vec<&str> = header.lines().map(str::trim).collect();
    let mut described = 0;
    for (above, line) in lines.iter().zip(&lines[1..]) {
        let enumerator = line.starts_with("MDCLOUD_") && line.contains(" = ");
        let function =
            line.contains("mdcloud_") && line.contains('(') && !line.starts_with(['*', '/', 'M', '#']);
        let kind = line.starts_with("MDCLOUD_ENUM(") || line.starts_with("typedef ");
        if enumerator || function || kind {
            assert!(above.ends_with("*/"), "{line}");
            described += 1;
        }
    }
    assert!(described > 350, "{described}");
}

#[test]
fn every_exported_function_is_one_guard() {
    let mut functions = 0;
    for file in std::fs::read_dir(root().join("bindings/c/src")).unwrap() {
        let path = file.unwrap().path();
        if path.ends_with("panic_test.rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for part in text.split("#[unsafe(no_mangle)]\n").skip(1) {
            let (head, body) = part.split_once(" {\n").unwrap();
            let name = head.split("fn ").nth(1).and_then(|rest| rest.split('(').next()).unwrap();
            assert!(head.starts_with("pub ") && head.contains("extern \"C\" fn mdcloud_"), "{name}");
            // The body is one expression, or constants and one expression, that a guard makes.
            let (body, _) = body.split_once("\n}\n").unwrap();
            let own = |line: &&str| line.starts_with("    ") && !line.starts_with("     ");
            let open = |line: &&str| !line.trim_start().starts_with(['}', ')']);
            let statements: Vec<&str> = body.lines().filter(own).filter(open).map(str::trim).collect();
            let plain = |line: &&str| line.starts_with("const ") || line.starts_with("static ");
            let rest: Vec<&str> = statements.into_iter().filter(|line| !plain(line)).collect();
            assert!(
                rest.len() == 1 && rest[0].starts_with("guard"),
                "{name} in {}: {rest:?}",
                path.display()
            );
            functions += 1;
        }
        let declared = text.matches("extern \"C\" fn mdcloud_").count();
        let marked = text.matches("#[unsafe(no_mangle)]\n").count();
        assert_eq!(declared, marked, "{}", path.display());
    }
    assert_eq!(functions + 1, listed().len());
}

#[test]
fn a_panic_in_any_function_ends_at_its_guard() {
    let program = folder("panic").join("panic_test");
    let mut compile = compiler("gcc", "gnu11");
    bench::program(&mut compile, &["tests/c/panic_test.c"], &program);
    run(compile.arg("-ldl"));
    let symbols = std::fs::File::open(root().join("include/mdcloud.symbols")).unwrap();
    let mut panics = Command::new(&program);
    let done = panics
        .arg(libraries().join("libmdcloud_panic_test.so"))
        .stdin(symbols)
        .stderr(Stdio::null())
        .output()
        .unwrap();
    let out = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && out.trim_end().ends_with(" 0 failed"), "{}\n{out}", done.status);
}
