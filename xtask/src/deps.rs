//! Dependencies against the table in CONTRIBUTING.md.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::run::{self, LIMIT, Outcome};

/// Crates whose whole tree ends up with every user.
const FOR_EVERYONE: [&str; 2] = ["mdcloud", "mdcloud-c"];

/// The word in the table's last column for a dependency that every user gets.
const EVERYONE: &str = "everyone";

/// Python packages that are asked for, in files of this form.
const REQUIREMENTS: [&str; 7] = [
    "xtask/requirements-test.txt",
    "xtask/requirements-check.txt",
    "benches/requirements.txt",
    "tests/python/requirements.txt",
    "tests/notebooks/requirements.txt",
    "tests/scale/requirements.txt",
    "xtask/requirements-wheels.txt",
];

/// The table: dependency, and who gets it.
type Table = BTreeMap<String, String>;

/// Nothing that is meant for the emulator, the wheel, tests or chores is in what every user gets.
pub fn users_tree() -> Outcome {
    let table = table()?;
    let metadata = metadata()?;
    let mut wrong = Vec::new();
    for root in FOR_EVERYONE {
        for name in tree(&metadata, root) {
            match table.get(&name) {
                Some(who) if who != EVERYONE => {
                    wrong.push(format!("{name} ({who}) is in the tree of {root}"))
                }
                _ => {}
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// Every direct dependency stands in the table, and nothing else does.
pub fn reasons() -> Outcome {
    let table = table()?;
    let mut used = direct(&metadata()?);
    for file in REQUIREMENTS {
        if let Ok(text) = std::fs::read_to_string(run::root().join(file)) {
            used.extend(required(&text));
        }
    }
    let missing =
        used.iter().filter(|name| !table.contains_key(*name)).map(|name| format!("no reason for {name}"));
    let stale = table.keys().filter(|name| !used.contains(*name)).map(|name| format!("nothing uses {name}"));
    let wrong: Vec<String> = missing.chain(stale).collect();
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

fn metadata() -> Result<Value, String> {
    // Warnings would stand in the middle of the JSON: `--quiet` leaves only errors, which fail anyway.
    let ran = run::capture(
        &mut run::cargo(&["metadata", "--quiet", "--locked", "--format-version=1"]),
        false,
        LIMIT,
    );
    ran.outcome()?;
    let json = ran.output.lines().find(|line| line.starts_with('{')).unwrap_or_default();
    serde_json::from_str(json).map_err(|error| format!("cargo metadata: {error}"))
}

fn table() -> Result<Table, String> {
    let table = rows(&run::read(&run::root().join("CONTRIBUTING.md"))?);
    if table.is_empty() { Err("CONTRIBUTING.md has no table of dependencies".to_owned()) } else { Ok(table) }
}

/// The rows under `| Dependency | …`: first and last cell.
fn rows(text: &str) -> Table {
    let mut rows = Table::new();
    let mut inside = false;
    for line in text.lines() {
        let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
        if !line.starts_with('|') {
            inside = false;
        } else if cells[0] == "Dependency" {
            inside = true;
        } else if inside && !cells[0].starts_with('-') {
            let who = cells.last().copied().unwrap_or_default();
            // A row may name several that belong together: `sha1`, `sha2`.
            for name in cells[0].split(',') {
                rows.insert(name.trim().trim_matches('`').to_owned(), who.to_owned());
            }
        }
    }
    rows
}

/// Names in a requirements file.
fn required(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_alphanumeric()));
    let ends = |c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c);
    lines.filter_map(|line| line.split(ends).next()).map(str::to_owned).collect()
}

/// What the manifests of the workspace ask a registry for.
fn direct(metadata: &Value) -> BTreeSet<String> {
    let members = list(&metadata["workspace_members"]);
    let packages = list(&metadata["packages"]).iter().filter(|package| members.contains(&package["id"]));
    packages
        .flat_map(|package| list(&package["dependencies"]))
        .filter(|dependency| dependency["path"].is_null())
        .map(|dependency| text(&dependency["name"]))
        .collect()
}

/// Names of all packages that `root` is built with and from, on any platform; tests' own left out.
fn tree(metadata: &Value, root: &str) -> BTreeSet<String> {
    let names: BTreeMap<String, String> = list(&metadata["packages"])
        .iter()
        .map(|package| (text(&package["id"]), text(&package["name"])))
        .collect();
    let nodes: BTreeMap<String, &Value> =
        list(&metadata["resolve"]["nodes"]).iter().map(|node| (text(&node["id"]), node)).collect();
    let mut found = BTreeSet::new();
    let mut open: Vec<String> =
        names.iter().filter(|(_, name)| *name == root).map(|(id, _)| id.clone()).collect();
    while let Some(id) = open.pop() {
        if !found.insert(id.clone()) {
            continue;
        }
        for dependency in nodes.get(&id).map(|node| list(&node["deps"])).unwrap_or_default() {
            let for_tests = list(&dependency["dep_kinds"]).iter().all(|kind| kind["kind"] == "dev");
            if !for_tests {
                open.push(text(&dependency["pkg"]));
            }
        }
    }
    found.iter().filter_map(|id| names.get(id)).cloned().collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_table_is_found_among_others() {
        let text = "| Room | What |\n|---|---|\n| core | x |\n\n| Dependency | Why | Who gets it |\n|---|---|---|\n\
                    | `ureq` | HTTP | everyone |\n| `sha1`, `sha2` | digests | emulator |\n\nwords\n| `no` | | |\n";
        let rows = rows(text);
        assert_eq!(rows.len(), 3);
        assert_eq!((rows["ureq"].as_str(), rows["sha2"].as_str()), ("everyone", "emulator"));
    }

    #[test]
    fn names_are_read_from_requirements() {
        let text = "# tools\nmaturin==1.16.*\nastral-x==0.2 \\\n    --hash=sha256:ab\npytest >= 9\nmypy\n";
        assert_eq!(required(text), ["maturin", "astral-x", "pytest", "mypy"]);
    }

    #[test]
    fn the_tree_follows_what_is_linked_and_built_with_but_not_tests() {
        let package = |name: &str| json!({"id": name, "name": name, "dependencies": []});
        let edge = |name: &str, kind: Value| json!({"pkg": name, "dep_kinds": [{"kind": kind}]});
        let metadata = json!({
            "packages": [package("mdcloud"), package("ureq"), package("cc"), package("tokio"), package("log")],
            "resolve": {"nodes": [
                {"id": "mdcloud", "deps": [edge("ureq", Value::Null), edge("tokio", json!("dev"))]},
                {"id": "ureq", "deps": [edge("cc", json!("build")), edge("log", Value::Null)]},
            ]},
        });
        let names: Vec<String> = tree(&metadata, "mdcloud").into_iter().collect();
        assert_eq!(names, ["cc", "log", "mdcloud", "ureq"]);
    }

    #[test]
    fn only_dependencies_from_outside_need_a_reason() {
        let metadata = json!({
            "workspace_members": ["a"],
            "packages": [
                {"id": "a", "dependencies": [{"name": "ureq", "path": null}, {"name": "b", "path": "/x/b"}]},
                {"id": "ureq", "dependencies": [{"name": "log", "path": null}]},
            ],
        });
        assert_eq!(direct(&metadata).into_iter().collect::<Vec<_>>(), ["ureq"]);
    }
}
