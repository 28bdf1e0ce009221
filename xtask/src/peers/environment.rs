//! The peers: Python environments outside the repository, and C programs built beside them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::process::Recipe;
use super::round::Party;

/// A peer.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// The name that `--peers` takes, and of its environment.
    pub key: &'static str,
    /// Its file in `xtask/peers`.
    pub file: &'static str,
    /// The packages of Python whose versions count; none for C.
    pub packages: &'static [&'static str],
    /// What is set for it, once for each time that it takes part.
    pub variables: &'static [&'static [(&'static str, &'static str)]],
}

const PLAIN: &[&[(&str, &str)]] = &[&[]];

/// All peers.
pub const PEERS: &[Peer] = &[
    Peer { key: "c", file: "plain.c", packages: &[], variables: PLAIN },
    Peer { key: "fann", file: "fann.c", packages: &[], variables: PLAIN },
    Peer { key: "numpy", file: "numpy_peer.py", packages: &["numpy"], variables: PLAIN },
    Peer { key: "numba", file: "numba_peer.py", packages: &["numba"], variables: PLAIN },
    Peer {
        key: "jax",
        file: "jax_peer.py",
        packages: &["jax", "jaxlib"],
        // As installed, and with wider vectors for arrays by hand.
        variables: &[&[], &[("PEERS_TUNED", "1")]],
    },
    Peer {
        key: "torch",
        file: "torch_peer.py",
        packages: &["torch", "numpy"],
        variables: &[&[("TORCHINDUCTOR_CACHE_DIR", "{environment}/inductor")]],
    },
    Peer { key: "scikit-learn", file: "sklearn_peer.py", packages: &["scikit-learn"], variables: PLAIN },
    Peer { key: "tensorflow", file: "tensorflow_peer.py", packages: &[TENSORFLOW], variables: PLAIN },
];

/// On this processor there is a smaller package without parts for other devices.
const TENSORFLOW: &str =
    if cfg!(all(target_os = "linux", target_arch = "x86_64")) { "tensorflow-cpu" } else { "tensorflow" };

/// The folder of this repository.
pub fn repository() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    folder.canonicalize().unwrap_or(folder)
}

/// Where the environments lie if nothing else is said: in the user's cache.
pub fn default_folder() -> PathBuf {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = variable("XDG_CACHE_HOME").or_else(|| variable("HOME").map(|home| home.join(".cache")));
    cache.unwrap_or_else(std::env::temp_dir).join("whygrad-peers")
}

/// Makes a folder, and refuses one inside the repository.
///
/// # Errors
/// Where it lies there or cannot be made.
pub fn outside(folder: &Path) -> Result<PathBuf> {
    // Looked at before it is made: nothing at all is to be left in the repository.
    let there = folder.ancestors().find(|part| part.exists()).unwrap_or(folder);
    let there = if there.as_os_str().is_empty() { Path::new(".") } else { there };
    if there.canonicalize()?.starts_with(repository()) {
        bail!("{} lies inside the repository; give a folder outside with --env", folder.display());
    }
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    Ok(folder.canonicalize()?)
}

/// What a program is started with.
type Words = Vec<PathBuf>;
/// Names and versions.
type Versions = Vec<(String, String)>;

/// A peer that can take part, and its versions.
#[derive(Clone, Debug)]
pub struct Ready {
    /// One for each time that it takes part.
    pub parties: Vec<Party>,
    /// Names and versions.
    pub versions: Versions,
}

/// Finds a peer, and installs it where it is not there and may be installed.
///
/// # Errors
/// Where it cannot be had; the text says why.
pub fn ready(peer: &Peer, environment: &Path, install: bool) -> Result<Ready> {
    let file = repository().join("xtask/peers").join(peer.file);
    let (programs, versions) = if peer.packages.is_empty() {
        compiled(peer, &file, environment, install)?
    } else {
        let (python, versions) = python(peer, environment, install)?;
        (vec![vec![python, file]], versions)
    };
    let mut parties = Vec::new();
    for words in programs {
        for set in peer.variables {
            let here = |value: &str| value.replace("{environment}", &environment.to_string_lossy());
            let variables = set.iter().map(|(name, value)| ((*name).to_owned(), here(value))).collect();
            parties.push(Party { key: peer.key.into(), recipe: Recipe { words: words.clone(), variables } });
        }
    }
    Ok(Ready { parties, versions })
}

fn python(peer: &Peer, environment: &Path, install: bool) -> Result<(PathBuf, Versions)> {
    let folder = environment.join(peer.key);
    let python = folder.join("bin").join("python");
    if let Ok(versions) = versions(&python, peer.packages) {
        return Ok((python, versions));
    }
    if !install {
        bail!("not installed");
    }
    super::tell(&format!("installing {} into {}", peer.packages.join(", "), folder.display()));
    said(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    let quiet = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    said(Command::new(&python).args(quiet).args(peer.packages))?;
    Ok((python.clone(), versions(&python, peer.packages)?))
}

fn versions(python: &Path, packages: &[&str]) -> Result<Versions> {
    let program = "import sys, importlib.metadata as m; [print(m.version(p)) for p in sys.argv[1:]]";
    let text = said(Command::new(python).args(["-c", program]).args(packages))?;
    Ok(packages.iter().zip(text.lines()).map(|(p, v)| ((*p).to_owned(), v.to_owned())).collect())
}

/// One program for each library that it is to be built with.
fn compiled(peer: &Peer, file: &Path, environment: &Path, install: bool) -> Result<(Vec<Words>, Versions)> {
    let mut programs = Vec::new();
    let version = said(Command::new("cc").arg("--version")).context("there is no C compiler `cc`")?;
    let compiler = version.lines().next().unwrap_or_default().to_owned();
    if peer.key == "c" {
        programs.push(vec![build(file, environment, "plain", &[])?]);
        return Ok((programs, vec![("cc -O3 -march=native".into(), compiler)]));
    }
    for library in ["doublefann", "floatfann"] {
        let words = [format!("-DFANN_HEADER=<{library}.h>"), format!("-l{library}")];
        let program = build(file, environment, library, &words).or_else(|error| {
            if !install {
                return Err(error.context("libfann is not installed"));
            }
            install_fann()?;
            build(file, environment, library, &words)
        })?;
        programs.push(vec![program]);
    }
    Ok((programs, vec![("libfann".into(), version_of_fann())]))
}

fn build(file: &Path, environment: &Path, name: &str, words: &[String]) -> Result<PathBuf> {
    let folder = environment.join("c");
    std::fs::create_dir_all(&folder)?;
    let program = folder.join(name);
    let mut command = Command::new("cc");
    command.args(["-O3", "-march=native"]).arg(file).arg("-o").arg(&program).args(words).arg("-lm");
    said(&mut command)?;
    Ok(program)
}

fn install_fann() -> Result<()> {
    super::tell("installing libfann-dev");
    let install = ["apt-get", "-qq", "install", "-y", "--no-install-recommends", "libfann-dev"];
    let mut plain = Command::new(install[0]);
    plain.args(&install[1..]).env("DEBIAN_FRONTEND", "noninteractive");
    said(&mut plain)
        .or_else(|_| said(Command::new("sudo").arg("-n").args(install)))
        .context("libfann-dev cannot be installed by apt-get")?;
    Ok(())
}

fn version_of_fann() -> String {
    said(Command::new("dpkg-query").args(["-W", "-f=${Version}", "libfann-dev"]))
        .unwrap_or_else(|_| "?".into())
}

/// Runs a command to its end and gives what it said.
///
/// # Errors
/// Where it cannot be started or fails; the end of what it said is in the text.
pub fn said(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("{name} does not start"))?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        bail!("{name} failed: {}", text.lines().last().unwrap_or_default());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_inside_the_repository_is_refused_and_not_made() {
        let inside = repository().join("no-such-folder").join("peers");
        let error = outside(&inside).unwrap_err();
        assert!(error.to_string().contains("inside the repository"), "{error}");
        assert!(!repository().join("no-such-folder").exists());
    }

    #[test]
    fn every_peer_has_its_file() {
        for peer in PEERS {
            assert!(repository().join("xtask/peers").join(peer.file).exists(), "{}", peer.file);
        }
    }
}
