//! NULL for every pointer of every function in the header, one at a time and all at once, in a program that is
//! made from the header, so that none is left out. Under AddressSanitizer, as a crash is not all that can go wrong.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)] // a failure here is a failed test

mod bench;

use std::fmt::Write;

use bench::{against, compiler, emulator, folder, root, run, shared};

struct Function {
    returns: String,
    name: String,
    /// Types of its arguments.
    takes: Vec<String>,
}

/// The header without comments and directives.
fn code(header: &str) -> String {
    let mut code = String::new();
    let mut rest = header;
    while let Some((before, after)) = rest.split_once("/*") {
        code.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    code.push_str(rest);
    code.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n")
}

fn functions(header: &str) -> Vec<Function> {
    let code = code(header);
    let mut functions = Vec::new();
    for statement in code.split(';') {
        let statement = statement.split_whitespace().collect::<Vec<_>>().join(" ");
        // Types and braces end before what follows them.
        let statement = statement.rsplit(['{', '}']).next().unwrap_or_default();
        let Some((head, arguments)) = statement.split_once('(') else { continue };
        let Some(at) = head.rfind(" mdcloud_").or(head.rfind("*mdcloud_")) else { continue };
        if head.contains("typedef") || arguments.contains('(') {
            continue;
        }
        let (returns, name) = head.split_at(at + 1);
        let takes = arguments.trim_end_matches(')').split(',').map(str::trim);
        let takes = takes.filter(|argument| !matches!(*argument, "" | "void"));
        let types = takes.map(|argument| {
            argument.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').trim().to_owned()
        });
        functions.push(Function {
            returns: returns.trim().to_owned(),
            name: name.to_owned(),
            takes: types.collect(),
        });
    }
    functions
}

fn is_pointer(kind: &str) -> bool {
    kind.ends_with('*') || kind.ends_with("_fn") || kind.ends_with("*const")
}

/// Something that may stand there; a name of `START` where there is one.
fn good(kind: &str) -> String {
    let bare = kind.trim_start_matches("const ");
    match kind {
        "const char *" => "\"x\"".to_owned(),
        "const char *const *" => "texts".to_owned(),
        "const mdcloud_source *const *" => "(const mdcloud_source *const *)sources".to_owned(),
        "const void *" => "\"x\"".to_owned(),
        "void *" => "room".to_owned(),
        "mdcloud_result **" => "&result_out".to_owned(),
        "mdcloud_error **" => "&error_out".to_owned(),
        "mdcloud_client **" => "&client_out".to_owned(),
        "mdcloud_reservation **" => "&reservation_out".to_owned(),
        "mdcloud_log_fn" => "log_it".to_owned(),
        "mdcloud_read_fn" => "read_it".to_owned(),
        "mdcloud_write_fn" => "write_it".to_owned(),
        "mdcloud_progress_fn" => "tell_it".to_owned(),
        "bool" => "true".to_owned(),
        _ if kind.ends_with("**") || kind.ends_with('*') && !bare.starts_with("mdcloud_") => {
            format!("({kind})room")
        }
        "mdcloud_verdict *" => "(mdcloud_verdict *)room".to_owned(),
        _ if kind.ends_with('*') => bare.trim_start_matches("mdcloud_").trim_end_matches(" *").to_owned(),
        _ => "1".to_owned(),
    }
}

const START: &str = r#"
#include "client.h"
#include <stdlib.h>

static mdcloud_config *config;
static mdcloud_cancel *cancel;
static mdcloud_source *source;
static mdcloud_options *options;
static mdcloud_result *result, *result_out;
static mdcloud_error *error, *error_out;
static mdcloud_client *client_out;
static mdcloud_reservation *reservation, *reservation_out;
static const char *texts[] = {"x"};
static mdcloud_source *sources[1];
static long long room[16];

static void log_it(void *data, int32_t level, const char *message) { (void)data, (void)level, (void)message; }
static int64_t read_it(void *data, uint8_t *to, size_t size) { (void)data, (void)to, (void)size; return -1; }
static int write_it(void *data, const uint8_t *from, size_t size) { (void)data, (void)from, (void)size; return 1; }
static int tell_it(void *data, int32_t phase, uint64_t done, uint64_t total) {
    (void)data, (void)phase, (void)done, (void)total;
    return 1;
}

/* What a call has given is freed, so that a leak is one of the library. */
static void clean(void) {
    mdcloud_result_free(result_out), result_out = NULL;
    mdcloud_error_free(error_out), error_out = NULL;
    mdcloud_client_free(client_out), client_out = NULL;
    mdcloud_reservation_free(reservation_out), reservation_out = NULL;
    mdcloud_log_set_callback(0, NULL, NULL);
}

static void make(void) {
    client = new_client();
    config = mdcloud_config_new(), cancel = mdcloud_cancel_new(), options = mdcloud_options_new();
    source = sources[0] = mdcloud_source_bytes("x", 1);
    CHECK(mdcloud_client_file_scan(client, source, NULL, &result, NULL) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_client_hash_lookup(client, UNKNOWN_HASH, NULL, NULL, &error) != MDCLOUD_STATUS_OK);
    CHECK(mdcloud_client_reserve(client, "reputation_api", 1, NULL, &reservation, NULL) == MDCLOUD_STATUS_OK);
    /* A closed client does all but send. */
    CHECK(mdcloud_client_close(client) == MDCLOUD_STATUS_OK);
}
"#;

const END: &str = r#"    clean();
    mdcloud_config_free(config), mdcloud_cancel_free(cancel), mdcloud_options_free(options);
    mdcloud_source_free(source), mdcloud_result_free(result), mdcloud_error_free(error);
    mdcloud_reservation_free(reservation), mdcloud_client_free(client);
    return sums();
}
"#;

/// One call, whose result is freed or looked at.
fn call(program: &mut String, function: &Function, arguments: &[String]) {
    let call = format!("{}({})", function.name, arguments.join(", "));
    let _ = match function.returns.as_str() {
        "void" => writeln!(program, "    {call};"),
        "mdcloud_source *" | "mdcloud_config *" | "mdcloud_cancel *" | "mdcloud_options *" => {
            writeln!(program, "    {}_free({call});", function.returns.trim_end_matches(" *"))
        }
        // Texts live as long as their owner; looking at them shows whether they do.
        "const char *" => writeln!(program, "    {{ const char *t = {call}; if (t) (void)strlen(t); }}"),
        _ => writeln!(program, "    (void){call};"),
    };
    program.push_str("    clean();\n");
}

#[test]
fn every_function_of_the_header_bears_null_for_every_pointer() {
    let header = std::fs::read_to_string(root().join("include/mdcloud.h")).unwrap();
    let functions = functions(&header);
    let symbols = std::fs::read_to_string(root().join("include/mdcloud.symbols")).unwrap();
    for symbol in symbols.lines().filter_map(|line| line.split_once(' ')).map(|(symbol, _)| symbol) {
        let is_function = symbol.starts_with("mdcloud_") && !symbol.contains("rendezvous");
        let known = functions.iter().any(|function| function.name == symbol);
        assert!(known || !is_function, "{symbol} is exported and was not found in the header");
    }
    let mut program = START.to_owned();
    let mut count = 0;
    // A function for each, as a compiler needs long for one with a thousand calls.
    for (number, function) in functions.iter().enumerate() {
        let _ = writeln!(program, "static void test{number}(void) {{");
        let all = function.takes.iter();
        let nothing: Vec<String> =
            all.map(|kind| if is_pointer(kind) { "NULL" } else { "1" }.to_owned()).collect();
        // The log may be taken away, and no error is the status OK.
        let may = ["mdcloud_log_set_callback", "mdcloud_error_status"].contains(&function.name.as_str());
        if function.returns == "mdcloud_status" && !may {
            let text = format!("{}({})", function.name, nothing.join(", "));
            let _ = writeln!(program, "    CHECK({text} == MDCLOUD_STATUS_INVALID_ARGUMENT);");
        } else {
            call(&mut program, function, &nothing);
        }
        count += 1;
        for at in (0..function.takes.len()).filter(|at| is_pointer(&function.takes[*at])) {
            // What is freed here would be used below.
            if function.name.ends_with("_free") {
                continue;
            }
            let mut arguments: Vec<String> = function.takes.iter().map(|kind| good(kind)).collect();
            arguments[at] = "NULL".to_owned();
            call(&mut program, function, &arguments);
            count += 1;
        }
        program.push_str("}\n");
    }
    program.push_str("int main(void) {\n    make();\n");
    for number in 0..functions.len() {
        let _ = writeln!(program, "    test{number}();");
    }
    program.push_str(END);
    let folder = folder("nulls");
    let (text, binary) = (folder.join("nulls.c"), folder.join("nulls"));
    std::fs::write(&text, program).unwrap();
    let mut compile = compiler("gcc", "c11");
    compile.args(["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"]);
    run(shared(compile.arg(&text).arg("-o").arg(&binary)));
    let emulator = emulator(&[("scan_time_ms", "1")]);
    let out = run(&mut against(&emulator, &binary));
    println!("{} functions, {count} calls with NULL: {}", functions.len(), out.trim());
    assert!(functions.len() >= 290 && count > 900, "{} functions, {count} calls", functions.len());
    assert!(out.trim_end().ends_with(" passed, 0 failed"), "{out}");
}
