//! Running the code blocks of the documents against the emulator.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::emulator::Emulator;
use crate::python::Venv;
use crate::run::{self, LIMIT, Outcome};
use crate::snippets::{Language, Snippet, Use};

/// How long one block may run.
const BLOCK_LIMIT: Duration = Duration::from_secs(90);

/// What the blocks' programs find in their folder.
const INVOICE: &str = "%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n";

/// What running blocks needs.
pub struct Workshop<'a> {
    /// With the package installed; none if it could not be, or is not needed.
    pub venv: Option<&'a Venv>,
    pub show: bool,
    folder: PathBuf,
}

impl<'a> Workshop<'a> {
    /// Lays out `target/snippets`.
    pub fn new(venv: Option<&'a Venv>, show: bool) -> Result<Self, String> {
        let folder = run::target().join("snippets");
        let workshop = Self { venv, show, folder };
        workshop.lay_out_library()?;
        workshop.lay_out_crate()?;
        Ok(workshop)
    }

    /// The library under both names that it is looked for: the one to link with, and its SONAME.
    fn lay_out_library(&self) -> Outcome {
        let folder = self.folder.join("lib");
        let told = |error: std::io::Error| format!("{}: {error}", folder.display());
        std::fs::create_dir_all(&folder).map_err(told)?;
        for name in ["libmdcloud.so", "libmdcloud.so.0"] {
            let link = folder.join(name);
            let _ = std::fs::remove_file(&link);
            #[cfg(unix)]
            std::os::unix::fs::symlink(run::target().join("debug/libmdcloud.so"), link).map_err(told)?;
        }
        Ok(())
    }

    /// A crate outside the workspace, as a user's: it sees only what is public. With our profile and our lock
    /// file, so that what is built already is used again.
    fn lay_out_crate(&self) -> Outcome {
        let root = run::root();
        let manifest = run::read(&root.join("Cargo.toml"))?;
        let profile = manifest.find("\n[profile.dev]").map_or("", |start| &manifest[start..]);
        let dependency = |name: &str| {
            format!("{name} = {{ path = {:?} }}\n", root.join("crates").join(name).display().to_string())
        };
        run::write(
            &self.folder.join("rust/Cargo.toml"),
            &format!(
                "[package]\nname = \"snippets\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
                 [workspace]\nresolver = \"3\"\n\n[dependencies]\n{}{}{profile}",
                dependency("mdcloud"),
                dependency("mdcloud-emulator"),
            ),
        )?;
        run::write(&self.folder.join("rust/src/lib.rs"), "")?;
        let lock = run::read(&root.join("Cargo.lock"))?;
        run::write(&self.folder.join("rust/Cargo.lock"), &lock)
    }

    /// Compiles and runs one block.
    pub fn try_out(&self, snippet: &Snippet) -> Outcome {
        let program = snippet.program();
        let mut command = match snippet.language {
            Language::Python => self.python(snippet, &program)?,
            Language::C => self.compiled(snippet, &program, "c", "cc", "-std=c11")?,
            Language::Cpp => self.compiled(snippet, &program, "cpp", "c++", "-std=c++17")?,
            Language::Rust => self.rust(snippet, &program)?,
        };
        if snippet.usage == Use::Compile {
            return Ok(());
        }
        let folder = self.folder.join("work").join(snippet.stem());
        let _ = std::fs::remove_dir_all(&folder);
        run::write(&folder.join("invoice.pdf"), INVOICE)?;
        let emulator = Emulator::start(&[])?;
        command
            .current_dir(&folder)
            // Cargo's own library path comes before that of the program, and may hold an older library.
            .env_remove("LD_LIBRARY_PATH")
            .env("MDCLOUD_BASE_URL", &emulator.base_url)
            .env("MDCLOUD_API_KEY", &emulator.api_key)
            .env("MDCLOUD_QUOTA_STORE", "process");
        run::capture(&mut command, self.show, BLOCK_LIMIT).outcome()
    }

    fn python(&self, snippet: &Snippet, program: &str) -> Result<Command, String> {
        let venv = self.venv.ok_or("the Python package could not be installed, see above")?;
        let file = self.folder.join("python").join(snippet.stem()).with_extension("py");
        run::write(&file, program)?;
        self.build(venv.python().args(["-m", "py_compile"]).arg(&file))?;
        let mut command = venv.python();
        command.arg(&file);
        Ok(command)
    }

    fn compiled(
        &self,
        snippet: &Snippet,
        program: &str,
        end: &str,
        compiler: &str,
        standard: &str,
    ) -> Result<Command, String> {
        let library = self.folder.join("lib");
        let source = self.folder.join(end).join(snippet.stem()).with_extension(end);
        let built = source.with_extension("");
        run::write(&source, program)?;
        let mut compile = run::program(compiler);
        compile
            .args([standard, "-Wall", "-Wextra", "-Werror", "-I", "include", "-o"])
            .arg(&built)
            .arg(&source);
        compile.arg("-L").arg(&library).arg("-lmdcloud").arg(rpath(&library));
        self.build(&mut compile)?;
        Ok(run::program(built))
    }

    fn rust(&self, snippet: &Snippet, program: &str) -> Result<Command, String> {
        let stem = snippet.stem();
        let folder = self.folder.join("rust");
        run::write(&folder.join("examples").join(&stem).with_extension("rs"), program)?;
        let mut build = run::cargo(&["build", "--quiet", "--example", &stem, "--manifest-path"]);
        build.arg(folder.join("Cargo.toml")).env("CARGO_TARGET_DIR", run::target());
        self.build(&mut build)?;
        Ok(run::program(run::target().join("debug/examples").join(stem)))
    }

    fn build(&self, command: &mut Command) -> Outcome {
        run::capture(command, self.show, LIMIT).outcome()
    }
}

fn rpath(folder: &Path) -> String {
    format!("-Wl,-rpath,{}", folder.display())
}
