//! A program that does the work and answers questions line by line; `xtask/peers/protocol.py` says which.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use serde::de::DeserializeOwned;

use super::line::Line;
use super::work::Job;

/// How to start a program.
#[derive(Clone, Debug, Default)]
pub struct Recipe {
    /// The program and what it gets before the data folder.
    pub words: Vec<PathBuf>,
    /// What is set for it.
    pub variables: Vec<(String, String)>,
}

/// What libraries read to know how many threads they may use.
const THREADS: &[&str] = &[
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
];

impl Recipe {
    /// The command with its threads held to so many; on one thread also to one core, where `taskset` is there.
    pub fn command(&self, threads: usize, core: usize, data: &Path) -> Command {
        let mut command = self.pinned(threads, core);
        command.arg(data);
        command.envs(THREADS.iter().map(|name| (name, threads.to_string())));
        // Nothing is written beside the scripts: they lie in the repository.
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Only the words, held to one core where it is one thread.
    pub fn pinned(&self, threads: usize, core: usize) -> Command {
        let mut words: Vec<PathBuf> = vec![];
        if threads == 1 && has_taskset() {
            words.extend(["taskset".into(), "-c".into(), core.to_string().into()]);
        }
        words.extend(self.words.iter().cloned());
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]);
        command
    }
}

fn has_taskset() -> bool {
    let mut command = Command::new("taskset");
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// A program that was started. It is ended when this is dropped.
#[derive(Debug)]
pub struct Program {
    child: Child,
    questions: ChildStdin,
    answers: Receiver<String>,
}

/// How long a program may take to compile and train.
const PATIENCE: Duration = Duration::from_secs(240);

impl Program {
    /// Starts it; its messages go to a file.
    ///
    /// # Errors
    /// Where it cannot be started.
    pub fn start(mut command: Command, messages: &Path) -> Result<Program> {
        let name = command.get_program().to_string_lossy().into_owned();
        let messages = std::fs::File::create(messages)?;
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(messages);
        let mut child = command.spawn().with_context(|| format!("{name} does not start"))?;
        let (questions, output) = (child.stdin.take(), child.stdout.take());
        let (Some(questions), Some(output)) = (questions, output) else { bail!("{name} has no pipes") };
        let (send, answers) = channel();
        // A thread of its own reads, so that waiting can have an end.
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        Ok(Program { child, questions, answers })
    }

    /// Asks and reads the answer.
    ///
    /// # Errors
    /// Where it has ended, does not answer in time or answers something else.
    pub fn ask<T: DeserializeOwned>(&mut self, question: &str) -> Result<T> {
        writeln!(self.questions, "{question}")
            .and_then(|()| self.questions.flush())
            .context("it has ended")?;
        let answer = self.answers.recv_timeout(PATIENCE).map_err(|_| {
            // A late answer would be taken for that to the next question.
            let _ = self.child.kill();
            anyhow!("no answer to `{question}`")
        })?;
        serde_json::from_str(&answer).with_context(|| format!("`{question}` was answered by {answer}"))
    }

    /// The ways in which it does this work; none where it does not.
    ///
    /// # Errors
    /// As [`Program::ask`].
    pub fn variants(&mut self, job: &Job) -> Result<Vec<String>> {
        self.ask(&format!("variants {} {} {}", job.work.name, job.dtype, job.threads))
    }

    /// Compiles one way and says its loss.
    ///
    /// # Errors
    /// As [`Program::ask`].
    pub fn prepare(&mut self, index: usize, seconds: f64) -> Result<Line> {
        self.ask(&format!("prepare {index} {seconds}"))
    }

    /// Does it once more.
    ///
    /// # Errors
    /// As [`Program::ask`].
    pub fn repeat(&mut self, index: usize) -> Result<Line> {
        self.ask(&format!("repeat {index}"))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Where it has ended by itself there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::peers::work::jobs;

    fn program(script: &str) -> Program {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Program::start(command, Path::new("/dev/null")).unwrap()
    }

    #[test]
    fn a_program_answers_line_by_line() {
        let answers = r#"read q; echo '["one way"]'; read q; echo "{\"workload\":\"$q\",\"peer\":\"a\"}""#;
        let mut program = program(answers);
        assert_eq!(program.variants(&jobs()[0]).unwrap(), ["one way"]);
        assert_eq!(program.prepare(0, 0.5).unwrap().workload, "prepare 0 0.5");
        assert!(program.repeat(0).is_err(), "it has ended");
    }

    #[test]
    fn what_is_no_answer_is_shown() {
        let error = program("read q; echo hello").repeat(3).unwrap_err();
        assert_eq!(error.to_string(), "`repeat 3` was answered by hello");
    }

    #[test]
    fn threads_are_held_by_variables() {
        let recipe = Recipe { words: vec!["sh".into()], variables: vec![("A".into(), "b".into())] };
        let command = recipe.command(2, 0, Path::new("data"));
        let value = |name: &str| command.get_envs().find(|e| e.0 == name).and_then(|e| e.1);
        assert_eq!(value("OMP_NUM_THREADS"), Some("2".as_ref()));
        assert_eq!(value("A"), Some("b".as_ref()));
        assert_eq!(command.get_args().collect::<Vec<_>>(), ["data"]);
    }
}
