//! The sources of the workspace as text, for tests that read them.

use std::path::{Path, PathBuf};

/// One source file.
pub(crate) struct Source {
    /// Its path from the root of the workspace, with `/`.
    pub(crate) path: String,
    /// The text as it is.
    pub(crate) text: String,
    /// The text without comments, strings and test code; every line stays where it is.
    pub(crate) code: String,
}

impl Source {
    /// True for a file of tests below `src`.
    pub(crate) fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }

    /// The line, from 1, of a place in the text.
    pub(crate) fn line(&self, place: usize) -> usize {
        self.code[..place].matches('\n').count() + 1
    }

    /// The names and keywords of the code, with their places.
    pub(crate) fn words(&self) -> impl Iterator<Item = (usize, &str)> {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let mut from = 0;
        std::iter::from_fn(move || {
            let start = from + self.code[from..].find(is_part)?;
            let rest = &self.code[start..];
            let len = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            from = start + len;
            Some((start, &rest[..len]))
        })
    }
}

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Every Rust file below `crates/*/src` and `xtask/src`, in the order of its path.
pub(crate) fn sources() -> Vec<Source> {
    let mut all = rust_files(&root().join("crates"));
    all.retain(|source| source.path.split('/').nth(2) == Some("src"));
    all.extend(rust_files(&root().join("xtask/src")));
    all
}

/// Every Rust file below a folder, in the order of its path.
pub(crate) fn rust_files(folder: &Path) -> Vec<Source> {
    let (mut folders, mut files) = (vec![folder.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    assert!(!files.is_empty(), "no sources were found");
    files.iter().map(|path| read(path)).collect()
}

fn read(path: &Path) -> Source {
    let text = std::fs::read_to_string(path).unwrap();
    let shown = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
    let code = without_tests(&without_comments(&text));
    Source { path: shown, text, code }
}

/// Comments, strings and characters become spaces; the places of everything else stay.
fn without_comments(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let len = skipped(rest, code.chars().next_back()).unwrap_or(0);
        if len == 0 {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            blank(&mut code, &rest[..len]);
            rest = &rest[len..];
        }
    }
    code
}

/// How many bytes of a comment, string or character stand at the start of the text.
fn skipped(rest: &str, before: Option<char>) -> Option<usize> {
    let end_of =
        |end: &str, from: usize| rest[from..].find(end).map_or(rest.len(), |at| from + at + end.len());
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Some(end_of("*/", 2));
    }
    if before.is_none_or(|c| !c.is_alphanumeric() && c != '_') {
        let raw = rest.strip_prefix('b').unwrap_or(rest);
        if let Some(hashes) = raw.strip_prefix('r').map(|r| r.len() - r.trim_start_matches('#').len())
            && raw[1 + hashes..].starts_with('"')
        {
            let from = rest.len() - raw.len() + hashes + 2;
            return Some(end_of(&format!("\"{}", "#".repeat(hashes)), from));
        }
    }
    let mut characters = rest.char_indices();
    match characters.next()?.1 {
        '"' => loop {
            match characters.next() {
                Some((_, '\\')) => drop(characters.next()),
                Some((at, '"')) => return Some(at + 1),
                Some(_) => {}
                None => return Some(rest.len()),
            }
        },
        // A character ends with a quote, a lifetime does not.
        '\'' if rest[1..].starts_with('\\') => Some(end_of("'", 3)),
        '\'' => {
            let (at, _) = characters.nth(1).filter(|(_, c)| *c == '\'')?;
            Some(at + 1)
        }
        _ => None,
    }
}

fn blank(code: &mut String, text: &str) {
    // One space a byte, so that places in the code are places in the text.
    text.bytes().for_each(|byte| code.push(if byte == b'\n' { '\n' } else { ' ' }));
}

/// What stands behind `#[cfg(test)]` becomes spaces.
fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut kept = String::with_capacity(code.len());
    let mut from = 0;
    while let Some(at) = code[from..].find(MARK) {
        let start = from + at;
        let end = end_of_item(code, start + MARK.len()).unwrap_or(code.len());
        kept.push_str(&code[from..start]);
        blank(&mut kept, &code[start..end]);
        from = end;
    }
    kept.push_str(&code[from..]);
    kept
}

/// Where the item that begins at `from` ends: behind its braces or its semicolon.
pub(crate) fn end_of_item(code: &str, from: usize) -> Option<usize> {
    let (mut braces, mut brackets) = (0, 0);
    for (at, byte) in code.bytes().enumerate().skip(from) {
        match byte {
            b'(' | b'[' => brackets += 1,
            b')' | b']' => brackets -= 1,
            b'{' => braces += 1,
            b'}' => {
                braces -= 1;
                if braces == 0 && brackets == 0 {
                    return Some(at + 1);
                }
            }
            b';' if braces == 0 && brackets == 0 => return Some(at + 1),
            _ => {}
        }
    }
    None
}
