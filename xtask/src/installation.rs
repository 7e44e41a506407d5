//! The files below a prefix, and the list of them by which they are taken away again.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::run::Outcome;

/// Below the prefix: every file, and every folder that was made for them, one a line.
const LIST: &str = "share/doc/mdcloud/installed.txt";

/// What is or gets installed below one folder.
pub struct Installation {
    root: PathBuf,
    /// Lines of the list, in the order in which they came to be: `file NAME`, `folder NAME`.
    made: Vec<String>,
}

impl Installation {
    pub fn at(root: PathBuf) -> Self {
        Installation { root, made: Vec::new() }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Copies a file. It appears under its name in one step, so that a program that runs keeps its library.
    pub fn copy(&mut self, from: &Path, name: &str, mode: u32) -> Outcome {
        let bytes = fs::read(from).map_err(|error| told(from, &error))?;
        self.put(name, &bytes, mode)
    }

    /// Copies the files of a folder.
    pub fn copy_all(&mut self, from: &Path, name: &str) -> Outcome {
        let entries = fs::read_dir(from).map_err(|error| told(from, &error))?;
        let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        files.retain(|file| file.is_file());
        files.sort();
        for file in files {
            let last = file.file_name().unwrap_or_default().to_string_lossy();
            self.copy(&file, &format!("{name}/{last}"), 0o644)?;
        }
        Ok(())
    }

    pub fn write(&mut self, name: &str, text: &str) -> Outcome {
        self.put(name, text.as_bytes(), 0o644)
    }

    /// A symbolic link to `target`, a name in the same folder.
    pub fn link(&mut self, target: &str, name: &str) -> Outcome {
        let file = self.place(name)?;
        let new = beside(&file);
        let _ = fs::remove_file(&new);
        #[cfg(unix)]
        std::os::unix::fs::symlink(target, &new).map_err(|error| told(&new, &error))?;
        #[cfg(not(unix))]
        let _ = target;
        fs::rename(&new, &file).map_err(|error| told(&file, &error))
    }

    /// Writes the list; gives how many files there are.
    pub fn finish(&mut self) -> Result<usize, String> {
        let files = self.made.iter().filter(|line| line.starts_with("file ")).count();
        self.place(LIST)?; // its folder, and its own line
        let text = self.made.join("\n") + "\n";
        let file = self.root.join(LIST);
        fs::write(&file, text).map_err(|error| told(&file, &error))?;
        Ok(files + 1)
    }

    /// Takes away what an earlier installation made here, if there was one: its files, and its folders where
    /// nobody else has put anything.
    pub fn remove_old(&mut self) -> Result<bool, String> {
        let list = self.root.join(LIST);
        let text = match fs::read_to_string(&list) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(told(&list, &error)),
        };
        for line in text.lines().rev() {
            let (kind, name) = line.split_once(' ').unwrap_or_default();
            let inside = |part| matches!(part, std::path::Component::Normal(_));
            if !Path::new(name).components().all(inside) {
                return Err(format!("{}: {line:?} is not a name below the prefix", list.display()));
            }
            let path = if name.is_empty() { self.root.clone() } else { self.root.join(name) };
            let removed = match kind {
                "file" => fs::remove_file(&path),
                _ => fs::remove_dir(&path),
            };
            match removed.map_err(|error| (error.kind(), error)) {
                Ok(()) | Err((io::ErrorKind::NotFound | io::ErrorKind::DirectoryNotEmpty, _)) => {}
                Err((_, error)) => return Err(told(&path, &error)),
            }
        }
        Ok(true)
    }

    fn put(&mut self, name: &str, bytes: &[u8], mode: u32) -> Outcome {
        let file = self.place(name)?;
        let new = beside(&file);
        fs::write(&new, bytes).map_err(|error| told(&new, &error))?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::Permissions::from_mode(mode);
            fs::set_permissions(&new, mode).map_err(|error| told(&new, &error))?;
        }
        #[cfg(not(unix))]
        let _ = mode;
        fs::rename(&new, &file).map_err(|error| told(&file, &error))
    }

    /// The path of a name, with its folders made; all are put on the list.
    fn place(&mut self, name: &str) -> Result<PathBuf, String> {
        let file = self.root.join(name);
        let mut missing = Vec::new();
        let mut folder = file.parent();
        while let Some(path) = folder.filter(|path| !path.is_dir()) {
            missing.push(path.to_owned());
            folder = path.parent();
        }
        for path in missing.into_iter().rev() {
            fs::create_dir(&path).map_err(|error| told(&path, &error))?;
            // Folders above the prefix are left alone: others may count on them.
            if let Ok(below) = path.strip_prefix(&self.root) {
                self.made.push(format!("folder {}", below.display()));
            }
        }
        self.made.push(format!("file {name}"));
        Ok(file)
    }
}

fn beside(file: &Path) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    file.with_file_name(format!(".{name}.new"))
}

fn told(path: &Path, error: &io::Error) -> String {
    let hint = match error.kind() {
        io::ErrorKind::PermissionDenied => "; choose a --prefix that you may write to, or set DESTDIR",
        _ => "",
    };
    format!("{}: {error}{hint}", path.display())
}
