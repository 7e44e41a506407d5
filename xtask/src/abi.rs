//! The binary interface on record: what a program that was compiled once counts on for ever.
//!
//! The library's types are Rust's, so its debug information says nothing that a tool for C could compare. The
//! header says all of it: it is made from the sources of the functions, and here line by line is put on record.

/// One line for each thing that a compiled program relies on: the functions with their types, the types of
/// callbacks, and the numbers. Names of parameters may change.
pub fn declarations(header: &str) -> Vec<String> {
    let code = without_comments(header);
    let mut found = Vec::new();
    let mut enumeration = String::new();
    let mut statement = String::new();
    for line in code.lines().map(str::trim) {
        if let Some(rest) = line.strip_prefix("MDCLOUD_ENUM(") {
            enumeration = rest.split(')').next().unwrap_or_default().to_owned();
        } else if line.starts_with("MDCLOUD_") && line.contains(" = ") {
            found.push(format!("{enumeration} {}", line.trim_end_matches(',')));
        } else if let Some(constant) = line.strip_prefix("#define MDCLOUD_") {
            if constant.ends_with("_MAX") {
                found.push(format!("MDCLOUD_{constant}"));
            }
        } else if !statement.is_empty() || line.contains("mdcloud_") && !line.starts_with(['#', 'M', '}']) {
            statement = format!("{statement} {line}");
            if let Some(whole) = statement.trim().strip_suffix(';') {
                found.push(without_names(whole));
                statement.clear();
            }
        }
    }
    found.sort();
    found
}

/// The functions that the header declares, sorted.
pub fn functions(header: &str) -> Vec<String> {
    let lines = declarations(header);
    let functions = lines.iter().filter(|line| line.contains('(') && !line.starts_with("typedef"));
    let name = |line: &String| {
        line.split('(').next().and_then(|head| head.split([' ', '*']).next_back().map(str::to_owned))
    };
    let mut names: Vec<String> = functions.filter_map(name).collect();
    names.sort();
    names
}

/// A declaration without the names of its parameters, which come last in each.
fn without_names(declaration: &str) -> String {
    let Some((head, parameters)) = declaration.strip_suffix(')').and_then(|text| text.rsplit_once('('))
    else {
        return declaration.to_owned();
    };
    let nameless = |parameter: &str| {
        let kind =
            parameter.trim().trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').trim_end();
        if kind.is_empty() { parameter.trim().to_owned() } else { kind.to_owned() }
    };
    format!("{head}({})", parameters.split(',').map(nameless).collect::<Vec<_>>().join(", "))
}

fn without_comments(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("/*") {
        code.push_str(before);
        rest = behind.split_once("*/").map_or("", |(_, rest)| rest);
    }
    code.push_str(rest);
    code
}

/// A record that only grows: each line with the version that brought it, at its end. What `version`, the one
/// under way, brought may still change; what an earlier one did may not.
pub fn grown(title: &str, lines: &[String], old: &str, version: &str) -> Result<String, String> {
    let known = versions(old);
    if let Some((gone, since)) =
        known.iter().find(|(line, v)| *v != version && !lines.iter().any(|l| l == line))
    {
        return Err(format!(
            "released with {since}, so it must stay as it was, or the SONAME must change: {gone}"
        ));
    }
    let mut text = format!("# {title} A line that was released stays.\n");
    for line in lines {
        let since = known.iter().find(|(known, _)| known == line).map_or(version, |(_, since)| since);
        text.push_str(&format!("{line} {since}\n"));
    }
    Ok(text)
}

fn versions(record: &str) -> Vec<(&str, &str)> {
    record.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.rsplit_once(' ')).collect()
}

/// The header with the version that brought it in the description of all that is younger than the first.
pub fn with_versions(header: &str, record: &str) -> String {
    const FIRST: &str = "0.1.0";
    let mut lines: Vec<String> = header.lines().map(str::to_owned).collect();
    for (declaration, since) in versions(record).into_iter().filter(|(_, since)| *since != FIRST) {
        let opening = match declaration.split_once('(') {
            Some((head, _)) => format!("{head}("),
            None => {
                declaration.split_once(' ').map_or(declaration, |(_, enumerator)| enumerator).to_owned() + ","
            }
        };
        let at = lines.iter().position(|line| line.trim().starts_with(&opening));
        if let Some(comment) = at.and_then(|at| at.checked_sub(1)).and_then(|above| lines.get_mut(above)) {
            let indent = comment.len() - comment.trim_start().len();
            *comment = match comment.trim_end().strip_suffix(" */") {
                Some(text) if !text.trim().is_empty() => format!("{text} Since {since}. */"),
                _ => format!("{:indent$}* Since {since}.\n{comment}", ""),
            };
        }
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "\
/** A; void f(int x); */
#define MDCLOUD_FOREVER UINT64_MAX
MDCLOUD_ENUM(mdcloud_status) {
    /** Well. */
    MDCLOUD_STATUS_OK = 0,
};
MDCLOUD_ENUM_TYPE(mdcloud_status);
typedef struct mdcloud_client mdcloud_client;
typedef int (*mdcloud_write_fn)(void *user_data, const uint8_t *data, size_t size);
/**
 * Makes one.
 */
mdcloud_status mdcloud_client_new(const mdcloud_config *config,
                                  const char *const *names,
                                  uint64_t ms);
/** Its name. */
const char *mdcloud_version(void);
#undef MDCLOUD_ENUM
";

    #[test]
    fn the_record_holds_types_and_numbers_and_no_names_of_parameters() {
        assert_eq!(
            declarations(HEADER),
            [
                "MDCLOUD_FOREVER UINT64_MAX",
                "const char *mdcloud_version(void)",
                "mdcloud_status MDCLOUD_STATUS_OK = 0",
                "mdcloud_status mdcloud_client_new(const mdcloud_config *, const char *const *, uint64_t)",
                "typedef int (*mdcloud_write_fn)(void *, const uint8_t *, size_t)",
                "typedef struct mdcloud_client mdcloud_client",
            ]
        );
        assert_eq!(functions(HEADER), ["mdcloud_client_new", "mdcloud_version"]);
    }

    #[test]
    fn what_was_released_can_neither_go_nor_change() {
        let first = grown("T.", &declarations(HEADER), "", "0.1.0").unwrap();
        assert!(first.contains("\nmdcloud_status MDCLOUD_STATUS_OK = 0 0.1.0\n"), "{first}");
        for (from, to) in [
            ("OK = 0", "OK = 1"),
            ("uint64_t ms", "uint32_t ms"),
            ("const char *mdcloud_version(void);", ""),
            ("size_t size);", "size_t size, int more);"),
        ] {
            let changed = declarations(&HEADER.replace(from, to));
            let error = grown("T.", &changed, &first, "0.2.0").unwrap_err();
            assert!(error.starts_with("released with 0.1.0"), "{error}");
            // As long as it is not released, it may.
            assert!(grown("T.", &changed, &first, "0.1.0").is_ok());
        }
        let renamed = declarations(&HEADER.replace("*config", "*settings"));
        assert_eq!(grown("T.", &renamed, &first, "0.2.0").as_deref(), Ok(&*first));
    }

    #[test]
    fn what_came_later_says_since_when() {
        let record = "mdcloud_status MDCLOUD_STATUS_OK = 0 0.2.0\nconst char *mdcloud_version(void) 0.1.0\n\
                      mdcloud_status mdcloud_client_new(uint64_t) 0.3.0\n";
        let text = with_versions(HEADER, record);
        assert!(text.contains("    /** Well. Since 0.2.0. */\n"), "{text}");
        assert!(text.contains(" * Makes one.\n * Since 0.3.0.\n */\n"), "{text}");
        assert!(text.contains("/** Its name. */\n"), "{text}");
    }
}
