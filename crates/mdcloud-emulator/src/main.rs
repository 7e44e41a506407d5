//! The emulator as a program.
#![forbid(unsafe_code)]

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use lexopt::{Arg, ValueExt};
use mdcloud_emulator::{Emulator, Fault, Settings};

/// What the command line asks for.
struct Order {
    settings: Settings,
    faults: Vec<Fault>,
    port_file: Option<PathBuf>,
    lifetime: Option<Duration>,
    help: bool,
}

fn main() -> ExitCode {
    let done = read(lexopt::Parser::from_env()).map_err(|error| error.to_string()).and_then(run);
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "mdcloud-emulator: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(order: Order) -> Result<(), String> {
    let mut out = std::io::stdout();
    if order.help {
        return out.write_all(help().as_bytes()).map_err(|error| error.to_string());
    }
    let address = order.settings.address;
    let emulator =
        Emulator::start(order.settings).map_err(|error| format!("cannot listen on {address}: {error}"))?;
    order.faults.into_iter().for_each(|fault| emulator.fault(fault));
    if let Some(file) = &order.port_file {
        write_port(&emulator, file).map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    }
    // Whoever started us may have stopped reading; that is no reason to stop serving.
    let _ = writeln!(out, "base_url={} api_key={}", emulator.base_url(), emulator.api_key());
    let _ = out.flush();
    match order.lifetime {
        Some(lifetime) => std::thread::sleep(lifetime),
        None => loop {
            std::thread::park();
        },
    }
    Ok(())
}

fn read(mut parser: lexopt::Parser) -> Result<Order, lexopt::Error> {
    let mut order =
        Order { settings: Settings::new(), faults: Vec::new(), port_file: None, lifetime: None, help: false };
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("port") => order.settings.address.set_port(parser.value()?.parse()?),
            Arg::Long("address") => order.settings.address.set_ip(parser.value()?.parse()?),
            Arg::Long("key") => set(&mut order.settings, "api_key", &parser.value()?.string()?)?,
            Arg::Long("set") => {
                let pair = parser.value()?.string()?;
                let (name, value) =
                    pair.split_once('=').ok_or_else(|| format!("--set wants name=value, not {pair:?}"))?;
                set(&mut order.settings, name, value)?;
            }
            Arg::Long("fault") => {
                let fault = Fault::from_json(&parser.value()?.string()?);
                order.faults.push(fault.map_err(|error| error.to_string())?);
            }
            Arg::Long("port-file") => order.port_file = Some(parser.value()?.into()),
            Arg::Long("lifetime") => {
                let seconds: f64 = parser.value()?.parse()?;
                let lifetime = Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())?;
                order.lifetime = Some(lifetime);
            }
            Arg::Short('h') | Arg::Long("help") => order.help = true,
            other => return Err(other.unexpected()),
        }
    }
    Ok(order)
}

fn set(settings: &mut Settings, name: &str, value: &str) -> Result<(), lexopt::Error> {
    settings.set(name, value).map_err(|error| error.to_string().into())
}

/// Written beside and then renamed, so that a reader finds either nothing or the whole number.
fn write_port(emulator: &Emulator, file: &std::path::Path) -> std::io::Result<()> {
    let url = emulator.base_url();
    let port = url.trim_end_matches("/v4").rsplit(':').next().unwrap_or_default().to_owned();
    let mut beside = file.as_os_str().to_owned();
    beside.push(".new");
    std::fs::write(&beside, format!("{port}\n"))?;
    std::fs::rename(&beside, file)
}

fn help() -> String {
    let mut text = String::from(
        "MetaDefender Cloud v4 on loopback, for tests without a key or a network.\n\
         Independent of OPSWAT.\n\n\
         Usage: mdcloud-emulator [OPTIONS]\n\n\
         \x20 --port N            port to listen on; 0, the default, picks a free one\n\
         \x20 --address A         address to listen on (default 127.0.0.1)\n\
         \x20 --key K             the one key that is accepted\n\
         \x20 --set NAME=VALUE    a setting from the list below; may be given again\n\
         \x20 --fault JSON        a fault, such as {\"kind\":\"status\",\"value\":503,\"count\":2}; may be given again\n\
         \x20 --port-file FILE    write the port to this file once it listens\n\
         \x20 --lifetime SECONDS  end after this time; otherwise it serves until it is killed\n\
         \x20 --help              this text\n\n\
         It prints one line, `base_url=... api_key=...`, when it is ready.\n\nSettings:\n",
    );
    for (name, explanation) in Settings::names() {
        text.push_str(&format!("  {name:<18}  {explanation}\n"));
    }
    text
}
