//! `include/mdcloud.h`, what is on record of it, and the typed getters: made from the sources and the tables.

use std::path::{Path, PathBuf};

use crate::abi;
use crate::getters::{self, snake};
use crate::run::{Outcome, root, write_or_check};

const COMMAND: &str = "cargo xtask header";

/// The files whose enumerations, types and functions make the header, in its order. The first line of a
/// file of ours is the title of its section.
const SOURCES: [&str; 26] = [
    "crates/mdcloud/src/error.rs",
    "crates/mdcloud/src/model/verdict.rs",
    "crates/mdcloud/src/endpoints.rs",
    "bindings/c/src/version.rs",
    "bindings/c/src/log.rs",
    "bindings/c/src/config.rs",
    "bindings/c/src/client.rs",
    "bindings/c/src/cancel.rs",
    "bindings/c/src/source.rs",
    "bindings/c/src/options.rs",
    "bindings/c/src/file.rs",
    "bindings/c/src/rescan.rs",
    "bindings/c/src/sanitize.rs",
    "bindings/c/src/hash.rs",
    "bindings/c/src/details.rs",
    "bindings/c/src/reputation.rs",
    "bindings/c/src/sandbox.rs",
    "bindings/c/src/feed.rs",
    "bindings/c/src/account.rs",
    "bindings/c/src/call.rs",
    "bindings/c/src/error.rs",
    "bindings/c/src/getters.rs",
    "bindings/c/src/others.rs",
    "bindings/c/src/result.rs",
    "bindings/c/src/parse.rs",
    "bindings/c/src/quota.rs",
];

/// Writes, or with `check` compares, all that is generated for C.
pub fn run(check: bool) -> Outcome {
    let root = root();
    write_or_check(&root.join("bindings/c/src/getters.rs"), &getters::text(), check, COMMAND)?;
    let header = header(&root)?;
    let mut symbols = abi::functions(&header);
    symbols.push("mdcloud_rendezvous_v1".to_owned()); // for other copies of the library, not for programs
    symbols.sort();
    let symbols_title = "Every symbol that libmdcloud.so exports, and the version that brought it.";
    record(&root, "mdcloud.symbols", symbols_title, &symbols, check)?;
    let abi_title = "All that a compiled program relies on, and the version that brought it.";
    let abi = record(&root, "mdcloud.abi", abi_title, &abi::declarations(&header), check)?;
    write_or_check(&root.join("include/mdcloud.h"), &abi::with_versions(&header, &abi), check, COMMAND)
}

/// Brings a record that only grows up to date; gives its text.
fn record(root: &Path, name: &str, title: &str, lines: &[String], check: bool) -> Result<String, String> {
    let file = root.join("include").join(name);
    let old = std::fs::read_to_string(&file).unwrap_or_default();
    let text = abi::grown(title, lines, &old, mdcloud::VERSION)?;
    write_or_check(&file, &text, check, COMMAND)?;
    Ok(text)
}

fn header(root: &Path) -> Result<String, String> {
    let read = |path: PathBuf| {
        std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let config = cbindgen::Config::from_file(root.join("bindings/c/cbindgen.toml"))?;
    let mut builder = cbindgen::Builder::new().with_config(config);
    for source in SOURCES {
        builder = builder.with_src(root.join(source));
    }
    let bindings = builder.generate().map_err(|error| error.to_string())?;
    let mut declarations = Vec::new();
    bindings.write(&mut declarations);
    let declarations = String::from_utf8(declarations).map_err(|error| error.to_string())?;
    let mut declarations = plain_enums(&block_comments(&without_lists(&declarations)))?;
    for source in SOURCES.iter().filter(|source| source.starts_with("bindings/")) {
        let text = read(root.join(source))?;
        let title = text.lines().next().and_then(|line| line.strip_prefix("//! ")).unwrap_or_default();
        let first = text.split("extern \"C\" fn ").nth(1).and_then(|rest| rest.split('(').next());
        let first = first.ok_or_else(|| format!("{source} has no function"))?;
        declarations = with_section(&declarations, title, first)?;
    }
    let preamble = read(root.join("bindings/c/preamble.h"))?;
    let text = format!(
        "{preamble}#ifndef MDCLOUD_H\n#define MDCLOUD_H\n\n#include <stdbool.h>\n#include <stddef.h>\n\
         #include <stdint.h>\n\n{}\n{ENUM_MACROS}\n{}\n#undef MDCLOUD_ENUM\n#undef MDCLOUD_ENUM_TYPE\n\n#endif /* MDCLOUD_H */\n",
        version(),
        declarations.trim()
    );
    Ok(in_c_words(&text))
}

/// Enumerations are 32 bits wide in every compiler: said once here, instead of at each.
const ENUM_MACROS: &str = "\
/* An enumeration is always 32 bits wide. C before C23 cannot say so; there its name is that of an integer. */
#if defined(__cplusplus) || (defined(__STDC_VERSION__) && __STDC_VERSION__ >= 202311L)
#define MDCLOUD_ENUM(name) enum name : int32_t
#define MDCLOUD_ENUM_TYPE(name) typedef enum name name
#else
#define MDCLOUD_ENUM(name) enum name
#define MDCLOUD_ENUM_TYPE(name) typedef int32_t name
#endif
";

/// Writes the enumerations with [`ENUM_MACROS`].
fn plain_enums(text: &str) -> Result<String, String> {
    const WIDTH: &str = "#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L\n  : int32_t\n#endif\n {";
    const TYPE: &str = "#ifndef __cplusplus\n#if __STDC_VERSION__ >= 202311L\n";
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(WIDTH) {
        let (before, name) = before.rsplit_once("enum ").ok_or("an enumeration without a name")?;
        let name = name.trim();
        plain.push_str(&format!("{before}MDCLOUD_ENUM({name}) {{"));
        let (body, behind) = behind.split_once(TYPE).ok_or("an enumeration without its type")?;
        let (_, behind) = behind.split_once("#endif\n#endif\n").ok_or("an enumeration without end")?;
        plain.push_str(&format!("{body}MDCLOUD_ENUM_TYPE({name});\n"));
        rest = behind;
    }
    plain.push_str(rest);
    Ok(plain)
}

/// Leaves out the lists that belong to Rust's enumerations, with their documentation.
fn without_lists(text: &str) -> String {
    let keep = |block: &&str| !block.contains("#define mdcloud_");
    text.split("\n\n").filter(keep).collect::<Vec<_>>().join("\n\n")
}

/// Writes documentation as block comments: on one line where there is only one.
fn block_comments(text: &str) -> String {
    let mut blocks = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let Some((indent, first)) = line.split_once("///").filter(|(indent, _)| indent.trim().is_empty())
        else {
            // The tool's remarks behind its own preprocessor lines say what the lines say.
            let line = line.split(" // ").next().unwrap_or(line);
            blocks.push_str(&format!("{line}\n"));
            continue;
        };
        let mut comment = vec![first.trim()];
        while let Some((_, next)) = lines.peek().and_then(|line| line.trim_start().split_once("///")) {
            comment.push(next.trim());
            lines.next();
        }
        match comment[..] {
            [one] => blocks.push_str(&format!("{indent}/** {one} */\n")),
            _ => {
                blocks.push_str(&format!("{indent}/**\n"));
                for line in comment {
                    blocks.push_str(format!("{indent} * {line}").trim_end());
                    blocks.push('\n');
                }
                blocks.push_str(&format!("{indent} */\n"));
            }
        }
    }
    blocks
}

/// The version as macros, from the one place where it is written.
fn version() -> String {
    let version = mdcloud::VERSION;
    let mut parts = version.split('.').map(|part| part.split('-').next().unwrap_or("0"));
    let mut part = || parts.next().unwrap_or("0");
    let (major, minor, patch) = (part(), part(), part());
    format!(
        "/** Version of this header; mdcloud_version() is that of the library that runs. */\n\
         #define MDCLOUD_VERSION \"{version}\"\n\
         #define MDCLOUD_VERSION_MAJOR {major}\n\
         #define MDCLOUD_VERSION_MINOR {minor}\n\
         #define MDCLOUD_VERSION_PATCH {patch}\n\n\
         /** The version as one number that grows. */\n\
         #define MDCLOUD_VERSION_NUM \\\n    \
         (MDCLOUD_VERSION_MAJOR * 1000000 + MDCLOUD_VERSION_MINOR * 1000 + MDCLOUD_VERSION_PATCH)\n\n\
         /** Whether this header is of version major.minor.patch or later. */\n\
         #define MDCLOUD_VERSION_AT_LEAST(major, minor, patch) \\\n    \
         (MDCLOUD_VERSION_NUM >= (major) * 1000000 + (minor) * 1000 + (patch))\n"
    )
}

/// Puts a title before the function that opens a section.
fn with_section(text: &str, title: &str, function: &str) -> Result<String, String> {
    let call = format!("{function}(");
    let missing = || format!("{function} is not in the header");
    let at = text.find(&call).ok_or_else(missing)?;
    // A function stands behind its comment.
    let comment = text[..at].rfind("/**").ok_or_else(missing)?;
    let line = "-".repeat(96_usize.saturating_sub(title.len()));
    Ok(format!("{}/* ---- {title} {line} */\n\n{}", &text[..comment], &text[comment..]))
}

/// Names in comments as a C programmer knows them, and without the marks of Rust's documentation.
fn in_c_words(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('`') {
        let (before, behind) = rest.split_at(start);
        words.push_str(before);
        let Some(end) = behind[1..].find('`').filter(|end| !behind[1..=*end].contains('\n')) else {
            words.push('`');
            rest = &behind[1..];
            continue;
        };
        let quoted = &behind[1..=end];
        match quoted.split_once("::").or_else(|| quoted.split_once('.')) {
            Some((of, name)) if of.starts_with(char::is_uppercase) && !name.contains(' ') => {
                words.push_str(&format!("mdcloud_{}_{name}", snake(of)));
            }
            _ => words.push_str(&format!("`{quoted}`")),
        }
        rest = &behind[end + 2..];
    }
    words.push_str(rest);
    words
}
