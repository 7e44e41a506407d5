//! Runs every case file of `tests/cases` against the Rust client. Python, C and C++ run the same files.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use mdcloud::model::{Model, as_json, error_as_json};
use mdcloud::{Client, Config, Options, Result, Source};
use mdcloud_emulator::{Emulator, Fault, FaultKind, Settings};
use serde_json::{Map, Value, json};

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|kind| kind == "json"));
    files.sort();
    let only = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let (mut passed, mut failed) = (0, 0);
    for file in files {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        if only.as_ref().is_some_and(|only| !name.contains(only.as_str())) {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        let case: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        match std::panic::catch_unwind(|| run(&case)) {
            Ok(Ok(())) => passed += 1,
            Ok(Err(why)) => {
                failed += 1;
                println!("case {name} ({}): {why}", case["about"].as_str().unwrap());
            }
            Err(_) => {
                failed += 1;
                println!("case {name}: panicked");
            }
        }
    }
    let verdict = if failed == 0 { "ok" } else { "FAILED" };
    println!(
        "test result: {verdict}. {passed} passed; {failed} failed; 0 ignored; 0 measured; 0 filtered out"
    );
    std::process::exit(i32::from(failed > 0));
}

fn run(case: &Value) -> std::result::Result<(), String> {
    let emulator = start(case);
    let scratch = Scratch::new();
    let client = client(case, &emulator);
    let mut data_id = String::new();
    for (index, step) in case["steps"].as_array().unwrap().iter().enumerate() {
        let text = serde_json::to_string(step).unwrap().replace("$data_id", &data_id);
        let step: Value = serde_json::from_str(&text).unwrap();
        let seen = match client.clone().and_then(|client| call(&client, &step, &scratch)) {
            Ok(view) => view,
            Err(error) => json!({ "error": error_as_json(&error) }),
        };
        if index == 0 {
            data_id = seen["data_id"].as_str().unwrap_or_default().to_owned();
        }
        compare(&step["expect"], &seen)
            .map_err(|why| format!("step {index}: {why}; got {}", short(&seen)))?;
    }
    if let Some(wanted) = case["requests"].as_array() {
        let made: Vec<Value> =
            emulator.requests().iter().map(|request| request.method.as_str().into()).collect();
        if *wanted != made {
            return Err(format!("requests {made:?}, wanted {wanted:?}"));
        }
    }
    Ok(())
}

fn short(value: &Value) -> String {
    value.to_string().chars().take(600).collect()
}

fn start(case: &Value) -> Emulator {
    let mut settings = Settings::new();
    settings.set("scan_time_ms", "50").unwrap();
    for (name, value) in members(&case["emulator"]) {
        settings.set(name, value.as_str().unwrap()).unwrap();
    }
    let emulator = Emulator::start(settings).unwrap();
    for fault in case["faults"].as_array().into_iter().flatten() {
        let text = |name: &str| fault[name].as_str().unwrap_or_default().to_owned();
        let kind = if let Some(code) = fault["code"].as_u64() {
            FaultKind::Code(code as u32)
        } else if let Some(status) = fault["status"].as_u64() {
            FaultKind::Status {
                status: status as u16,
                body: text("body"),
                content_type: text("content_type"),
            }
        } else if let Some(bytes) = fault["close_after"].as_u64() {
            FaultKind::CloseAfter(bytes as usize)
        } else {
            FaultKind::Redirect(text("redirect"))
        };
        emulator.fault(Fault { path: text("path"), count: fault["count"].as_u64().unwrap() as u32, kind });
    }
    emulator
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    static NONE: std::sync::OnceLock<Map<String, Value>> = std::sync::OnceLock::new();
    value.as_object().unwrap_or_else(|| NONE.get_or_init(Map::new)).iter()
}

fn seconds(value: &Value) -> Duration {
    Duration::from_secs_f64(value.as_f64().unwrap())
}

fn client(case: &Value, emulator: &Emulator) -> Result<Client> {
    let mut config = Config::new().base_url(emulator.base_url());
    if case["client"].get("api_key").is_none() {
        config = config.api_key(emulator.api_key());
    }
    for (name, value) in members(&case["client"]) {
        config = match (name.as_str(), value) {
            ("api_key", Value::Null) => config,
            ("api_key", key) => config.api_key(key.as_str().unwrap()),
            ("base_url", url) => config.base_url(url.as_str().unwrap()),
            ("throttle", rate) => config.throttle(rate.as_str().unwrap().parse()?),
            ("retries", number) => config.retries(number.as_u64().unwrap() as u32),
            ("max_wait", time) => config.max_wait(seconds(time)),
            other => panic!("client setting {other:?}"),
        };
    }
    Client::new(&config)
}

fn options(step: &Value) -> Result<Options> {
    let mut options = Options::new();
    for (name, value) in members(&step["options"]) {
        let text = || value.as_str().unwrap();
        options = match name.as_str() {
            "max_wait" => options.max_wait(seconds(value)),
            "deadline" => options.deadline(Some(seconds(value))),
            "reuse" => options.reuse(value.as_bool().unwrap()),
            "filename" => options.filename(text()),
            "rule" => options.rule([text()])?,
            "archive_password" => options.archive_password(text())?,
            "file_password" => options.file_password(text())?,
            other => panic!("option {other}"),
        };
    }
    Ok(options)
}

fn call(client: &Client, step: &Value, scratch: &Scratch) -> Result<Value> {
    let client = client.with(&options(step)?);
    let text = |name: &str| step[name].as_str().unwrap();
    let view = |model: &dyn Model| Ok(as_json(model));
    match text("call") {
        "hash_lookup" => view(&client.hash_lookup(text("hash"))?),
        "hash_lookup_many" => {
            let hashes: Vec<&str> =
                step["hashes"].as_array().unwrap().iter().map(|hash| hash.as_str().unwrap()).collect();
            Ok(client.hash_lookup_many(hashes).map(|result| as_json(&result)).collect())
        }
        "file_scan" => view(&client.file_scan(source(step, scratch))?),
        "file_submit" => view(&client.file_submit(source(step, scratch))?),
        "file_report" => view(&client.file_report(text("data_id"))?),
        "file_wait" => view(&client.file_wait(text("data_id"))?),
        "apikey_info" => view(&client.apikey_info()?),
        "apikey_limits" => view(&client.apikey_limits()?),
        "apikey_limits_left" => view(&client.apikey_limits_left()?),
        "call" => Ok(client.call(text("method"), text("path"), &[], None)?.value().clone()),
        other => panic!("call {other}"),
    }
}

fn source(step: &Value, scratch: &Scratch) -> Source {
    let source = &step["source"];
    if source["sample"] == "eicar" {
        let halves = [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"];
        return Source::bytes(halves.concat().into_bytes());
    }
    if let Some(text) = source["text"].as_str() {
        return Source::bytes(text.as_bytes());
    }
    if let Some(count) = source["bytes"].as_u64() {
        return Source::bytes(vec![0; count as usize]);
    }
    if let Some(text) = source["file"].as_str() {
        let path = scratch.0.join("file");
        std::fs::write(&path, text).unwrap();
        return Source::path(path);
    }
    match source["path"].as_str() {
        Some(path) => Source::path(path),
        None => Source::path(&scratch.0),
    }
}

/// A temporary folder.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("mdcloud-cases-{}-{count}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Scratch(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Whether what was seen has all that was expected.
fn compare(expected: &Value, seen: &Value) -> std::result::Result<(), String> {
    if let Some(error) = expected.get("error").filter(|error| error.is_object()) {
        let seen = &seen["error"];
        for (name, wanted) in members(error) {
            let got = if name == "status" { &seen["name"] } else { &seen[name] };
            let fits = match (name.as_str(), wanted) {
                ("retry_after", Value::Array(range)) => got.as_f64().is_some_and(|got| {
                    range[0].as_f64().unwrap() <= got && got <= range[1].as_f64().unwrap()
                }),
                _ => got == wanted,
            };
            if !fits {
                return Err(format!("error {name} is {got}, wanted {wanted}"));
            }
        }
        return Ok(());
    }
    if seen["error"].is_object() {
        return Err("failed".to_owned());
    }
    for (name, wanted) in members(expected) {
        let got = seen.pointer(&format!("/{name}")).unwrap_or(&Value::Null);
        if got != wanted {
            return Err(format!("{name} is {got}, wanted {wanted}"));
        }
    }
    Ok(())
}
