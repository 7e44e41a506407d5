//! The installed examples: built from the prefix alone, as a user would, and doing their work on an emulator.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a failure here is a failed test

mod bench;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use bench::prefix::{clean, here, not_run, prefix};
use bench::{emulator, folder, run};
use mdcloud_core::model::Model;
use mdcloud_core::{Client, Config, Options};
use mdcloud_emulator::{Emulator, RequestRecord};

const EICAR: &str = concat!(r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!$H+H*");
/// A file whose scan never ends.
const ENDLESS: &str = "MDCLOUD-RESULT:254";

/// The examples, built by their own CMakeLists.txt; `None` where there is no CMake.
fn built() -> Option<&'static Path> {
    static BUILT: OnceLock<Option<PathBuf>> = OnceLock::new();
    let build = || {
        here(&["cmake", "ninja", "pkg-config"], "the installed examples").then(|| {
            let build = folder("examples-build");
            let mut cmake = clean("cmake");
            cmake.arg("-S").arg(prefix().join("share/doc/mdcloud/examples")).arg("-B").arg(&build);
            cmake.args(["-G", "Ninja", "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Werror"]);
            cmake.args(["-DCMAKE_C_FLAGS=-Wall -Wextra -Wpedantic -Werror"]);
            run(cmake.arg(format!("-DCMAKE_PREFIX_PATH={}", prefix().display())));
            run(clean("cmake").arg("--build").arg(&build));
            build
        })
    };
    BUILT.get_or_init(build).as_deref()
}

fn example(built: &Path, name: &str, emulator: &Emulator) -> Command {
    let mut program = Command::new(built.join(name));
    program.env_clear();
    program.env("MDCLOUD_BASE_URL", emulator.base_url()).env("MDCLOUD_API_KEY", emulator.api_key());
    program
}

/// A folder with files of these names and contents.
fn files(name: &str, contents: &[(&str, &str)]) -> PathBuf {
    let folder = folder(name);
    let _ = std::fs::remove_dir_all(&folder);
    for (name, content) in contents {
        let file = folder.join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, content).unwrap();
    }
    folder
}

fn said(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// What a keyboard's Ctrl-C or a supervisor sends.
fn interrupt(child: &Child) {
    run(Command::new("kill").args(["-INT", &child.id().to_string()]));
}

#[test]
fn a_folder_is_scanned_with_progress() {
    let Some(built) = built() else { return };
    let folder = files("folder", &[("clean.txt", "nothing"), ("empty", ""), ("sub/eicar.com", EICAR)]);
    std::os::unix::fs::symlink("/etc/passwd", folder.join("link")).unwrap();
    let emulator = emulator(&[]);
    let (code, out, err) =
        said(&example(built, "scan_folder", &emulator).arg("-v").arg(&folder).output().unwrap());
    let name = |file: &str| folder.join(file).display().to_string();
    assert_eq!(
        out,
        format!("{}: CLEAN\n{}: INFECTED  Test/Eicar!emulated\n", name("clean.txt"), name("sub/eicar.com"))
    );
    assert!(err.contains(&format!("[1/2] {}: uploaded 100 %\n", name("clean.txt"))), "{err}");
    assert!(err.contains(&format!("[2/2] {}: scanned 100 %\n", name("sub/eicar.com"))), "{err}");
    assert_eq!(code, Some(1));
    let (code, _, err) =
        said(&example(built, "scan_folder", &emulator).arg("/nonexistent").output().unwrap());
    assert_eq!((code, &*err), (Some(1), "/nonexistent: No such file or directory\n"));
}

#[test]
fn ctrl_c_ends_a_scan_that_never_would_and_says_how_far_it_came() {
    let Some(built) = built() else { return };
    let folder = files("interrupted", &[("a.txt", "nothing"), ("b.txt", ENDLESS), ("c.txt", "more")]);
    let emulator = emulator(&[]);
    let mut scan = example(built, "scan_folder", &emulator);
    let mut scan = scan.arg("-v").arg(&folder).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(scan.stderr.take().unwrap()).lines().map(Result::unwrap);
    let under_way = lines.find(|line| line.contains("b.txt: scanned"));
    assert!(under_way.is_some(), "it never began with the second file");
    interrupt(&scan);
    let rest: Vec<String> = lines.collect();
    let (code, out, _) = said(&scan.wait_with_output().unwrap());
    assert_eq!(rest.last().map(String::as_str), Some("interrupted: 1 of 3 files were scanned"));
    assert!(code == Some(130) && out.ends_with("a.txt: CLEAN\n"), "{code:?} {out}");
}

#[test]
fn a_pool_of_threads_is_cancelled_by_the_first_infected_file() {
    let Some(built) = built() else { return };
    let folder = files("pool", &[("clean.txt", "nothing"), ("slow", ENDLESS), ("eicar.com", EICAR)]);
    let emulator = emulator(&[]);
    let mut pool = example(built, "scan_pool", &emulator);
    let (code, out, err) = said(&pool.args(["slow", "eicar.com"]).current_dir(&folder).output().unwrap());
    assert_eq!((code, &*out, &*err), (Some(1), "eicar.com: INFECTED\n1 scans were cancelled\n", ""));
    let mut pool = example(built, "scan_pool", &emulator);
    let (code, out, _) = said(&pool.arg("clean.txt").current_dir(&folder).output().unwrap());
    assert_eq!((code, &*out), (Some(0), "clean.txt: CLEAN\n"));
}

#[test]
fn fields_of_a_report_are_read_by_pointer_from_the_service_and_from_a_file() {
    let Some(built) = built() else { return };
    let emulator = emulator(&[]);
    let report = client(&emulator).file_scan(mdcloud_core::Source::bytes(EICAR.as_bytes())).unwrap();
    let folder = files("report", &[("kept.json", report.json())]);
    let pointers = ["/scan_results/scan_all_result_a", "/file_info/file_size", "/nowhere"];
    for from in [report.sha256().unwrap(), folder.join("kept.json").to_str().unwrap()] {
        let (code, out, _) =
            said(&example(built, "report", &emulator).arg(from).args(pointers).output().unwrap());
        let wanted = "/scan_results/scan_all_result_a\tInfected\n/file_info/file_size\t68\n/nowhere\t-\n";
        assert_eq!((code, &*out), (Some(1), wanted), "{from}");
    }
    let (code, out, err) =
        said(&example(built, "report", &emulator).args(["not a hash", "/x"]).output().unwrap());
    assert!(code == Some(1) && out.is_empty() && err.starts_with("not a hash: "), "{err}");
}

fn client(emulator: &Emulator) -> Client {
    Client::new(&Config::new().base_url(emulator.base_url()).api_key(emulator.api_key())).unwrap()
}

#[test]
fn deliveries_to_a_webhook_are_listed() {
    let Some(built) = built() else { return };
    let emulator = emulator(&[("scan_time_ms", "50")]);
    let client = client(&emulator);
    let receiver = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/done", receiver.local_addr().unwrap());
    let submitted =
        client.with(&Options::new().callback_url(&url).unwrap()).file_submit(b"text".as_slice()).unwrap();
    let data_id = submitted.data_id().unwrap();
    let mut request = BufReader::new(receiver.accept().unwrap().0);
    let mut first = String::new();
    request.read_line(&mut first).unwrap();
    assert!(first.starts_with("POST /done"), "{first}");
    request.get_mut().write_all(b"HTTP/1.1 204 Taken\r\nconnection: close\r\n\r\n").unwrap();
    drop(request);
    // The emulator notes the delivery when it has read the answer: as the example says, 404 until then.
    let mut asked = 0;
    let out = loop {
        let (code, out, err) = said(&example(built, "webhooks", &emulator).arg(data_id).output().unwrap());
        if code == Some(0) {
            break out;
        }
        asked += 1;
        assert!(err.contains("not delivered yet") && asked < 500, "{err}");
    };
    assert!(out.contains("  taken   204  ") && out.contains(&*url) && out.contains(data_id), "{out}");
    assert_eq!(said(&example(built, "webhooks", &emulator).output().unwrap()).1, out);
}

/// One request to the gate, and its answer.
fn upload(address: &str, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    write!(
        stream,
        "POST /upload HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
    )
    .unwrap();
    stream.write_all(body).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn the_upload_gate_lets_in_what_is_clean_and_nothing_else() {
    let Some(built) = built() else { return };
    if !built.join("upload_gate").exists() {
        return not_run("the upload gate: cpp-httplib is not here");
    }
    let emulator = emulator(&[("allowance.prevention_api", "3")]);
    let mut gate = example(built, "upload_gate", &emulator);
    let mut gate = gate.arg("0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(gate.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address =
        line.trim().strip_prefix("listening on http://").and_then(|url| url.strip_suffix("/upload"));
    let address = address.unwrap_or_else(|| panic!("{line}")).to_owned();

    let clean = upload(&address, b"nothing");
    assert!(clean.starts_with("HTTP/1.1 200 ") && clean.contains(r#"{"verdict":"CLEAN"}"#), "{clean}");
    let infected = upload(&address, EICAR.as_bytes());
    assert!(infected.starts_with("HTTP/1.1 422 ") && infected.contains("Test/Eicar!emulated"), "{infected}");
    assert!(upload(&address, b"").starts_with("HTTP/1.1 400 "));
    // The scan under way ends with the server, and what was being judged is refused.
    let waiting = {
        let address = address.clone();
        std::thread::spawn(move || upload(&address, ENDLESS.as_bytes()))
    };
    let is_upload = |request: &&RequestRecord| request.method == "POST" && request.path.ends_with("/file");
    while emulator.requests().iter().filter(is_upload).filter(|request| request.status == 200).count() < 3 {
        assert!(gate.try_wait().unwrap().is_none(), "the gate ended by itself");
        std::thread::yield_now();
    }
    let spent = upload(&address, b"one too many");
    assert!(spent.starts_with("HTTP/1.1 503 ") && spent.contains("Retry-After: "), "{spent}");
    assert!(spent.contains("QUOTA_EXHAUSTED"), "{spent}");
    interrupt(&gate);
    let ended = waiting.join().unwrap();
    assert!(ended.starts_with("HTTP/1.1 503 ") && ended.contains("CANCELLED"), "{ended}");
    assert_eq!(gate.wait().unwrap().code(), Some(0));
}

#[test]
fn the_other_examples_run_from_the_prefix_and_make_builds_them_too() {
    let Some(built) = built() else { return };
    let emulator = emulator(&[]);
    for name in ["scan", "scan_cpp"] {
        let out = run(example(built, name, &emulator).arg("--demo"));
        assert!(out.contains("eicar.com: INFECTED"), "{name}: {out}");
    }
    // Loaded without any library path: a plug-in brings its own.
    let symbols = run(Command::new("nm").args(["-D", "--defined-only"]).arg(built.join("libplugin.so")));
    assert!(symbols.contains("plugin_lookups"), "{symbols}");
    if here(&["make"], "the Makefile of the examples") {
        let copy = folder("examples-make");
        for file in std::fs::read_dir(prefix().join("share/doc/mdcloud/examples")).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), copy.join(file.file_name())).unwrap();
        }
        run(clean("make").args(["-B", "report", "plugin.so"]).current_dir(&copy));
        std::fs::write(copy.join("kept.json"), r#"{"data_id":"a1"}"#).unwrap();
        let out = run(example(&copy, "report", &emulator).args(["kept.json", "/data_id"]).current_dir(&copy));
        assert_eq!(out, "/data_id\ta1\n");
    }
}
