//! The program.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_mdcloud-emulator"))
}

#[test]
fn one_line_tells_where_it_is_and_the_port_file_agrees() {
    let file = std::env::temp_dir().join(format!("mdcloud-emulator-test-{}", std::process::id()));
    let mut child = program()
        .args(["--key", "mykey", "--set", "allowance.prevention_api=3", "--lifetime", "20", "--port-file"])
        .arg(&file)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let (url, key) = line.trim().split_once(' ').unwrap();
    let url = url.strip_prefix("base_url=").unwrap();
    assert_eq!(key, "api_key=mykey");
    let port = std::fs::read_to_string(&file).unwrap();
    assert_eq!(url, format!("http://127.0.0.1:{}/v4", port.trim()));
    let mut answer =
        ureq::get(format!("{url}/apikey/limits/status")).header("apikey", "mykey").call().unwrap();
    assert!(answer.body_mut().read_to_string().unwrap().contains("\"prevention_api\":3"));
    child.kill().unwrap();
    child.wait().unwrap();
    std::fs::remove_file(&file).unwrap();
}

#[test]
fn faults_can_be_ordered_on_the_command_line() {
    let order = r#"{"kind": "status", "value": 503, "path": "GET /v4/status", "body": "{}"}"#;
    let mut child =
        program().args(["--lifetime", "20", "--fault", order]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let url = line.split(' ').next().unwrap().strip_prefix("base_url=").unwrap();
    let status = || match ureq::get(format!("{url}/status/version")).call() {
        Ok(answer) => answer.status().as_u16(),
        Err(ureq::Error::StatusCode(status)) => status,
        Err(error) => panic!("{error}"),
    };
    assert_eq!((status(), status()), (503, 200));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn it_ends_by_itself_when_told_how_long_to_live() {
    let status = program().args(["--lifetime", "0.1"]).stdout(Stdio::null()).status().unwrap();
    assert!(status.success());
}

#[test]
fn the_help_lists_every_setting_and_slips_are_refused() {
    let mut help = String::new();
    let mut child = program().arg("--help").stdout(Stdio::piped()).spawn().unwrap();
    child.stdout.take().unwrap().read_to_string(&mut help).unwrap();
    assert!(child.wait().unwrap().success());
    for (name, _) in mdcloud_emulator::Settings::names() {
        assert!(help.contains(name), "{name}");
    }
    for wrong in
        [&["--set", "colour=red"][..], &["--set", "paid"], &["--fault", "{}"], &["--port", "x"], &["extra"]]
    {
        let output = program().args(wrong).output().unwrap();
        assert!(!output.status.success() && !output.stderr.is_empty(), "{wrong:?}");
    }
}
