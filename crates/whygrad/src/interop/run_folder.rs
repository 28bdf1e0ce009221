//! A run as a folder: model, options, history, result, pictures.
//!
//! The folder is written under another name and then renamed, so that there is never half a run.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The files of a run, by name.
pub type Files = Vec<(&'static str, String)>;

/// The model's text in the folder.
pub const MODEL: &str = "net.model";
/// The choices of the run.
pub const OPTIONS: &str = "options.json";
/// The outcome, as `--json` prints it.
pub const RESULT: &str = "result.json";

/// The loss after each epoch.
pub const HISTORY: &str = "history.csv";

/// The gradient a person wrote, where the run took one.
pub const GRADIENT: &str = "gradient.txt";
/// The parameters at some epochs, where they were kept.
pub const PATH: &str = "path.csv";

/// The first of `parent/name-1`, `parent/name-2`, ... that does not exist.
pub fn free_name(parent: &Path, name: &str) -> PathBuf {
    (1..=u32::MAX)
        .map(|k| parent.join(format!("{name}-{k}")))
        .find(|p| !p.exists())
        .unwrap_or_else(|| parent.join(name))
}

/// Writes a run. An existing folder is replaced only if it is an earlier run.
pub fn write(folder: &Path, files: &Files) -> io::Result<()> {
    let half = begin(folder)?;
    let written = files.iter().try_for_each(|(name, text)| fs::write(half.join(name), text));
    if let Err(error) = written {
        let _ = fs::remove_dir_all(&half);
        return Err(error);
    }
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::rename(&half, folder)
}

/// Whether a run may be written there, so that it can be said before the run and not after it.
pub fn check(folder: &Path) -> io::Result<()> {
    let half = begin(folder)?;
    fs::remove_dir(&half)
}

/// Makes the empty folder that will be renamed.
fn begin(folder: &Path) -> io::Result<PathBuf> {
    if folder.exists() && !is_run(folder) && fs::read_dir(folder).map_or(true, |mut d| d.next().is_some()) {
        let text = format!("{} exists and is no run folder; choose another with --out", folder.display());
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, text));
    }
    let mut half = folder.as_os_str().to_owned();
    half.push(".part");
    let half = PathBuf::from(half);
    if half.exists() {
        fs::remove_dir_all(&half)?;
    }
    fs::create_dir_all(&half)?;
    Ok(half)
}

/// True for a folder that a run was written to.
pub fn is_run(folder: &Path) -> bool {
    folder.join(RESULT).is_file() && folder.join(MODEL).is_file()
}
