//! A Python of our own: virtual environments under the target folder, made once per set of requirements.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{self, LIMIT};

/// What the tests in Python are run with.
pub const TEST_TOOLS: &str = "xtask/requirements-test.txt";

/// Newest and oldest minor version of Python 3 that is looked for.
const MINORS: std::ops::RangeInclusive<u32> = 10..=20;

/// A virtual environment.
pub struct Venv {
    folder: PathBuf,
}

impl Venv {
    /// The environment `name` with what `requirements` (files) ask for, and maybe more: made if there is none or it
    /// was made from others.
    pub fn ready(name: &str, requirements: &[PathBuf]) -> Result<Self, String> {
        let (python, version) = newest()?;
        let venv = Self { folder: run::target().join(format!("venv-{name}")) };
        let files: Vec<String> = requirements.iter().map(|file| run::read(file)).collect::<Result<_, _>>()?;
        let stamp_file = venv.folder.join("made-from.txt");
        let made = std::fs::read_to_string(&stamp_file).unwrap_or_default();
        let fresh = made.starts_with(&format!("{version}\n"))
            && files.iter().all(|file| made.contains(file.as_str()));
        if fresh && answers(&venv.tool("python"), "pass").is_some() {
            return Ok(venv);
        }
        if venv.folder.exists() {
            std::fs::remove_dir_all(&venv.folder)
                .map_err(|error| format!("{}: {error}", venv.folder.display()))?;
        }
        run::capture(run::program(&python).args(["-m", "venv"]).arg(&venv.folder), false, LIMIT).outcome()?;
        let mut pip = venv.python();
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        for file in requirements {
            pip.arg("-r").arg(file);
        }
        run::capture(&mut pip, false, LIMIT).outcome()?;
        // Last, so that an install that was cut short is made again.
        run::write(&stamp_file, &format!("{version}\n{}", files.concat()))?;
        Ok(venv)
    }

    /// Builds the package of `python/` in the dev profile and installs it here.
    pub fn with_package(self, show: bool) -> Result<Self, String> {
        let mut maturin = self.tool_command("maturin");
        maturin.args(["develop", "--manifest-path", "python/Cargo.toml"]);
        run::capture(&mut maturin, show, LIMIT).outcome()?;
        Ok(self)
    }

    /// The environment of the tests, with what `more` (files) ask for and the package.
    pub fn of_tests(more: &[PathBuf], show: bool) -> Result<Self, String> {
        Self::ready("test", &[&[run::root().join(TEST_TOOLS)], more].concat())?.with_package(show)
    }

    /// A program of the environment.
    pub fn tool(&self, name: &str) -> PathBuf {
        self.folder.join("bin").join(name)
    }

    /// The environment's Python, as an activated shell would start it.
    pub fn python(&self) -> Command {
        self.program(&self.tool("python"))
    }

    /// A program of the environment, as an activated shell would start it.
    pub fn tool_command(&self, name: &str) -> Command {
        self.program(&self.tool(name))
    }

    fn program(&self, path: &Path) -> Command {
        let mut command = run::program(path);
        let mut folders = vec![self.folder.join("bin")];
        folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
        if let Ok(joined) = std::env::join_paths(folders) {
            command.env("PATH", joined);
        }
        command.env("VIRTUAL_ENV", &self.folder).env_remove("PYTHONHOME").env_remove("PYTHONPATH");
        command
    }
}

/// What pyo3 has to be told to build with: nothing if `python3`, which it finds by itself, is new enough.
pub fn instead_of_python3() -> Result<Option<PathBuf>, String> {
    let fits = format!("import sys; assert sys.version_info >= (3, {})", MINORS.start());
    if answers(Path::new("python3"), &fits).is_some() {
        return Ok(None);
    }
    newest().map(|(python, _)| Some(python))
}

/// Every Python that the package is for and that is here, oldest first: minor version and program.
pub fn all() -> Vec<(u32, PathBuf)> {
    all_of(false)
}

/// The same, of those without a global lock that pyo3 knows how to build for.
pub fn free_threaded() -> Vec<(u32, PathBuf)> {
    const OLDEST: u32 = 14;
    all_of(true).into_iter().filter(|(minor, _)| *minor >= OLDEST).collect()
}

/// Those that pyenv keeps count too, as it shows only the chosen one on the path.
fn all_of(free_threaded: bool) -> Vec<(u32, PathBuf)> {
    let pyenv = std::env::var_os("PYENV_ROOT").map(PathBuf::from);
    let pyenv = pyenv.or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".pyenv")));
    let kept = pyenv.and_then(|root| std::fs::read_dir(root.join("versions")).ok());
    let mut names: Vec<PathBuf> =
        kept.into_iter().flatten().flatten().map(|version| version.path().join("bin/python")).collect();
    let end = if free_threaded { "t" } else { "" };
    names.extend(MINORS.map(|minor| PathBuf::from(format!("python3.{minor}{end}"))));
    let mut found = std::collections::BTreeMap::new();
    for name in names {
        let kind = "import sys, sysconfig, venv, ensurepip; \
                    print(*sys.version_info[:2], bool(sysconfig.get_config_var('Py_GIL_DISABLED')))";
        let said = answers(&name, kind).unwrap_or_default();
        let words: Vec<&str> = said.split(' ').collect();
        if let ["3", minor, lockless] = words[..]
            && let Ok(minor) = minor.parse()
            && MINORS.contains(&minor)
            && (lockless == "True") == free_threaded
        {
            found.entry(minor).or_insert(name);
        }
    }
    found.into_iter().collect()
}

/// The newest Python on the path that can make virtual environments: program and version.
fn newest() -> Result<(PathBuf, String), String> {
    let mut names: Vec<String> = MINORS.rev().map(|minor| format!("python3.{minor}")).collect();
    names.push("python3".to_owned());
    let mut incomplete = None;
    for name in names {
        let name = Path::new(&name);
        let Some(said) = answers(name, "import sys; print(sys.version_info[1], sys.executable, sys.version)")
        else {
            continue;
        };
        let mut words = said.splitn(3, ' ');
        let minor = words.next().and_then(|minor| minor.parse().ok()).unwrap_or(0);
        let executable = words.next().unwrap_or_default();
        if !MINORS.contains(&minor) {
            continue;
        }
        if answers(name, "import venv, ensurepip").is_none() {
            incomplete.get_or_insert(minor);
            continue;
        }
        return Ok((PathBuf::from(executable), format!("{executable} {}", words.next().unwrap_or_default())));
    }
    Err(match incomplete {
        Some(minor) => {
            format!("python3.{minor} has no venv module: install the package python3.{minor}-venv")
        }
        None => "no Python 3.10 or newer on the PATH: install python3 and python3-venv".to_owned(),
    })
}

/// What a Python prints, if it can be started and runs the code.
fn answers(python: &Path, code: &str) -> Option<String> {
    let ran = run::capture(run::program(python).args(["-c", code]), false, LIMIT);
    ran.ok.then(|| ran.output.trim().to_owned())
}
