//! The code blocks of the documents.

use std::path::{Path, PathBuf};

use crate::run;

/// A language whose blocks are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Python,
    C,
    Cpp,
    Rust,
}

/// What a comment before the block says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Run,
    /// `<!-- no-run -->`: compiled only.
    Compile,
    /// `<!-- skip -->`: not even that.
    Skip,
}

/// One block of code in a document.
#[derive(Debug, PartialEq, Eq)]
pub struct Snippet {
    pub document: PathBuf,
    /// Line of the opening fence.
    pub line: usize,
    pub language: Language,
    pub usage: Use,
    pub code: String,
}

impl Snippet {
    /// For people: `README.md:42`.
    pub fn name(&self) -> String {
        format!("{}:{}", self.document.display(), self.line)
    }

    /// For files: `README_md_42`.
    pub fn stem(&self) -> String {
        self.name().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
    }

    /// A whole program: what a short block leaves out is added.
    pub fn program(&self) -> String {
        match self.language {
            Language::Rust if !self.code.contains("fn main(") => {
                let main = "fn main() -> Result<(), Box<dyn std::error::Error>> {\n";
                format!("{main}{}\nOk(())\n}}\n", self.code)
            }
            Language::C | Language::Cpp if !self.code.contains("main(") => {
                let (head, body): (Vec<&str>, Vec<&str>) =
                    self.code.lines().partition(|line| line.starts_with('#'));
                let none = if self.language == Language::C { "void" } else { "" };
                format!("{}\nint main({none}) {{\n{}\nreturn 0;\n}}\n", head.join("\n"), body.join("\n"))
            }
            _ => self.code.clone(),
        }
    }
}

/// What people read first; docs/*.md is added.
const READMES: [&str; 3] = ["README.md", "python/README.md", "crates/mdcloud-emulator/README.md"];

/// The blocks of the documents.
pub fn all() -> Result<Vec<Snippet>, String> {
    let root = run::root();
    let mut documents: Vec<PathBuf> = READMES.iter().map(PathBuf::from).collect();
    if let Ok(folder) = std::fs::read_dir(root.join("docs")) {
        documents.extend(folder.flatten().map(|entry| Path::new("docs").join(entry.file_name())));
    }
    documents.retain(|file| file.extension().is_some_and(|end| end == "md") && root.join(file).is_file());
    documents.sort();
    let mut snippets = Vec::new();
    for document in documents {
        snippets.extend(of_document(&document, &run::read(&root.join(&document))?)?);
    }
    Ok(snippets)
}

/// The blocks of one document. `<!-- continues -->` before a block puts it after the block of the same
/// language that stands before it.
pub fn of_document(document: &Path, text: &str) -> Result<Vec<Snippet>, String> {
    let mut snippets: Vec<Snippet> = Vec::new();
    let mut marker = String::new(); // the comment above, if nothing but blank lines came after it
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some((fence, word)) = opening(line) else {
            if let Some(comment) = line.trim().strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->"))
            {
                marker = comment.trim().to_owned();
            } else if !line.trim().is_empty() {
                marker.clear();
            }
            continue;
        };
        let indent = line.len() - line.trim_start().len();
        let mut code = String::new();
        loop {
            let Some((_, line)) = lines.next() else {
                return Err(format!("{}:{}: the block is not closed", document.display(), number + 1));
            };
            if line.trim().starts_with(fence) && line.trim().trim_start_matches(&fence[..1]).is_empty() {
                break;
            }
            code.push_str(line.get(indent..).filter(|_| line[..indent].trim().is_empty()).unwrap_or(line));
            code.push('\n');
        }
        let marker = std::mem::take(&mut marker);
        let Some(language) = language(word) else { continue };
        if marker == "continues"
            && let Some(before) = snippets.iter().rfind(|before| before.language == language)
        {
            code.insert_str(0, &before.code);
        }
        let usage = match marker.as_str() {
            "skip" => Use::Skip,
            "no-run" => Use::Compile,
            _ => Use::Run,
        };
        snippets.push(Snippet { document: document.to_owned(), line: number + 1, language, usage, code });
    }
    Ok(snippets)
}

/// The fence and the word after it, if this line opens a block.
fn opening(line: &str) -> Option<(&str, &str)> {
    let text = line.trim_start();
    let length = text.len() - text.trim_start_matches(['`', '~']).len();
    if length < 3 {
        return None;
    }
    let (fence, rest) = text.split_at(length);
    Some((fence, rest.trim().split([' ', ',']).next().unwrap_or_default()))
}

fn language(word: &str) -> Option<Language> {
    match word {
        "python" => Some(Language::Python),
        "c" => Some(Language::C),
        "cpp" | "c++" => Some(Language::Cpp),
        "rust" => Some(Language::Rust),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<Snippet> {
        of_document(Path::new("README.md"), text).unwrap()
    }

    #[test]
    fn blocks_of_our_languages_are_found_with_their_line() {
        let text =
            "# A\n\n```python\nimport mdcloud\n```\n\n```console\n$ ls\n```\n\n````c\nint x;\n```\n````\n";
        let found = found(text);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].language, found[0].name().as_str()), (Language::Python, "README.md:3"));
        assert_eq!(found[0].code, "import mdcloud\n");
        assert_eq!((found[1].language, found[1].code.as_str()), (Language::C, "int x;\n```\n"));
        assert_eq!(found[1].stem(), "README_md_11");
    }

    #[test]
    fn a_comment_counts_for_the_next_block_only() {
        let text = "<!-- no-run -->\n\n```cpp\n1\n```\n```cpp\n2\n```\n<!-- skip -->\n```rust\n3\n```\n<!-- skip -->\n\
                    words\n```rust\n4\n```\n";
        let usages: Vec<Use> = found(text).iter().map(|snippet| snippet.usage).collect();
        assert_eq!(usages, [Use::Compile, Use::Run, Use::Skip, Use::Run]);
    }

    #[test]
    fn a_block_may_continue_the_one_before_it() {
        let found =
            found("```python\na = 1\n```\n```c\nx\n```\n<!-- continues -->\n```python\nprint(a)\n```\n");
        assert_eq!(found[2].code, "a = 1\nprint(a)\n");
    }

    #[test]
    fn a_block_in_a_list_loses_its_indent() {
        assert_eq!(
            found("1. so:\n   ```python\n   if x:\n       y()\n\n   z()\n   ```\n")[0].code,
            "if x:\n    y()\n\nz()\n"
        );
    }

    #[test]
    fn a_block_that_is_not_closed_is_an_error() {
        let error = of_document(Path::new("README.md"), "a\n```python\nx\n").unwrap_err();
        assert!(error.starts_with("README.md:2"), "{error}");
    }

    #[test]
    fn short_blocks_become_programs() {
        let program = |word: &str, code: &str| found(&format!("```{word}\n{code}\n```\n"))[0].program();
        assert!(program("rust", "let x = 1;").contains("fn main() -> Result"));
        assert_eq!(program("rust", "fn main() {}"), "fn main() {}\n");
        assert!(
            program("c", "#include <stdio.h>\nputs(\"\");")
                .starts_with("#include <stdio.h>\nint main(void) {\n")
        );
        assert_eq!(program("cpp", "int main() {}"), "int main() {}\n");
        assert_eq!(program("python", "x = 1"), "x = 1\n");
    }
}
