//! A program that answers lines with lines: started, asked, and ended with all that it started.
//!
//! The command line goes to the shell (`sh -c`, on Windows `cmd /C`), since people paste what they type there:
//! quotes, variables, `cd folder && ...`. The child leads a process group of its own, so that the program behind
//! the shell ends with it. One thread writes to the child, one reads its answers and one its standard error: a
//! child that does not read, does not answer or does not end a line blocks only its own thread, and the wait for
//! an answer is limited.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// The longest line that is read, in bytes: room for a million numbers.
pub const LONGEST_LINE: u64 = 64 << 20;

/// Lines of standard error that are kept.
const KEPT: usize = 8;

/// Bytes of a line of standard error that are kept.
const KEPT_BYTES: usize = 400;

/// How long a child that closed its output may take to end, and its last words to arrive.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// How long a child that was late may take to answer after the end of its input.
const AFTER_END: Duration = Duration::from_secs(2);

/// A child that answers lines with lines.
#[derive(Debug)]
pub struct Process {
    child: Child,
    ending: Ending,
    timeout: Duration,
    /// `None` after the end of the child's input was sent.
    requests: Option<Sender<String>>,
    answers: Receiver<Answer>,
    errors: Arc<Mutex<VecDeque<String>>>,
    /// Says once that standard error was closed.
    errors_end: Receiver<()>,
}

/// What came from the child's standard output.
#[derive(Debug)]
enum Answer {
    Line(String),
    /// Not UTF-8: as much as could be read.
    NotText(String),
    /// Longer than [`LONGEST_LINE`], with its beginning.
    TooLong(String),
}

/// Why there was no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ProcessError {
    /// The shell could not be started.
    #[error("the shell cannot be started: {0}")]
    Start(String),
    /// The child ended.
    #[error("it {0}")]
    Ended(String),
    /// The child lives and closed its standard output.
    #[error("it closed its standard output")]
    Closed,
    /// Nothing came in time.
    #[error("no answer within {seconds} s")]
    Late {
        /// How long was waited.
        seconds: f64,
        /// True where an answer came once the child's input was at its end.
        after_end_of_input: bool,
    },
    /// Much came, and no end of a line.
    #[error("it wrote {LONGEST_LINE} bytes without the end of a line, beginning with {0}")]
    TooLong(String),
    /// What came is no UTF-8.
    #[error("it wrote bytes that are no UTF-8 text: {0}")]
    NotText(String),
}

/// Ends a child from another thread.
#[derive(Clone, Debug)]
pub struct Ending {
    /// The group; `None` once its leader was waited for, so that no later process of the same number is meant.
    group: Arc<Mutex<Option<u32>>>,
}

impl Process {
    /// Starts a command line. An answer may take at most so many seconds.
    ///
    /// # Errors
    /// Where there is no shell. A program that the shell does not find shows at the first question.
    pub fn start(line: &str, seconds: f64) -> Result<Process, ProcessError> {
        let mut command = shell(line);
        // Python holds its answers back where its output is no terminal; with this it does not.
        command.env("PYTHONUNBUFFERED", "1");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|e| ProcessError::Start(e.to_string()))?;
        let (Some(to), Some(from), Some(errors_from)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(ProcessError::Start("it has no pipes".into()));
        };
        let ending = Ending { group: Arc::new(Mutex::new(Some(child.id()))) };
        let (requests, to_write) = channel();
        thread::spawn(move || write(to, &to_write));
        // A bound, so that a child that writes without end fills no memory.
        let (read, answers) = sync_channel(64);
        thread::spawn(move || read_lines(from, &read));
        let errors = Arc::new(Mutex::new(VecDeque::new()));
        let (closed, errors_end) = channel();
        let kept = Arc::clone(&errors);
        thread::spawn(move || {
            keep_last_lines(errors_from, &kept);
            let _ = closed.send(());
        });
        let timeout = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        Ok(Process { child, ending, timeout, requests: Some(requests), answers, errors, errors_end })
    }

    /// Sends a line, without waiting.
    pub fn send(&mut self, line: String) {
        if let Some(requests) = &self.requests {
            // Where the child does not read any more, the wait for its answer tells.
            let _ = requests.send(line);
        }
    }

    /// The next line of the child's standard output, waited for.
    ///
    /// # Errors
    /// Where none comes; the child is then ended.
    pub fn receive(&mut self) -> Result<String, ProcessError> {
        match self.answers.recv_timeout(self.timeout) {
            Ok(Answer::Line(line)) => Ok(line),
            Ok(Answer::TooLong(beginning)) => {
                self.ending.kill();
                Err(ProcessError::TooLong(beginning))
            }
            Ok(Answer::NotText(text)) => {
                self.ending.kill();
                Err(ProcessError::NotText(text))
            }
            Err(RecvTimeoutError::Timeout) => {
                // The end of its input is the last chance, and tells why it was late.
                self.requests = None;
                let after = self.answers.recv_timeout(AFTER_END.min(self.timeout));
                self.ending.kill();
                let after_end_of_input = matches!(after, Ok(Answer::Line(_)));
                Err(ProcessError::Late { seconds: self.timeout.as_secs_f64(), after_end_of_input })
            }
            Err(RecvTimeoutError::Disconnected) => Err(self.ended()),
        }
    }

    /// A line that is there already, or comes within so many milliseconds.
    pub fn waiting(&mut self, milliseconds: u64) -> Option<String> {
        match self.answers.recv_timeout(Duration::from_millis(milliseconds)) {
            Ok(Answer::Line(line) | Answer::NotText(line) | Answer::TooLong(line)) => Some(line),
            Err(_) => None,
        }
    }

    /// The last lines the child wrote to standard error.
    pub fn last_errors(&self) -> Vec<String> {
        self.errors.lock().map_or_else(|_| vec![], |lines| lines.iter().cloned().collect())
    }

    /// Ends the child from another thread.
    pub fn ending(&self) -> Ending {
        self.ending.clone()
    }

    /// What became of a child that closed its output.
    fn ended(&mut self) -> ProcessError {
        // Its standard error ends with it.
        let _ = self.errors_end.recv_timeout(LAST_WORDS);
        // It closes its pipes a moment before it ends.
        let step = LAST_WORDS / 50;
        let lives = (0..50).all(|_| {
            let lives = !self.has_ended();
            if lives {
                thread::sleep(step);
            }
            lives
        });
        match self.finish() {
            Some(status) if !lives => ProcessError::Ended(in_words(status)),
            _ => ProcessError::Closed,
        }
    }

    /// True where the child has ended, without forgetting its number.
    #[cfg(unix)]
    fn has_ended(&mut self) -> bool {
        use rustix::process::{WaitId, WaitIdOptions, waitid};
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let child = rustix::process::Pid::from_child(&self.child);
        matches!(waitid(WaitId::Pid(child), options), Ok(Some(_)))
    }

    #[cfg(not(unix))]
    fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }

    /// Ends the child with its group and waits for it.
    fn finish(&mut self) -> Option<ExitStatus> {
        self.requests = None;
        self.ending.kill();
        let _ = self.child.kill();
        let status = self.child.wait().ok();
        self.ending.forget();
        status
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.finish();
    }
}

impl Ending {
    /// Ends the child and all of its group at once.
    pub fn kill(&self) {
        #[cfg(unix)]
        if let Ok(group) = self.group.lock()
            && let Some(group) =
                group.and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw)
        {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }

    fn forget(&self) {
        if let Ok(mut group) = self.group.lock() {
            *group = None;
        }
    }
}

#[cfg(unix)]
fn shell(line: &str) -> Command {
    use std::os::unix::process::CommandExt;
    let mut command = Command::new("sh");
    command.arg("-c").arg(line).process_group(0);
    command
}

#[cfg(not(unix))]
fn shell(line: &str) -> Command {
    let mut command = Command::new("cmd");
    command.arg("/C").arg(line);
    command
}

fn write(mut to: ChildStdin, requests: &Receiver<String>) {
    for request in requests {
        let written =
            to.write_all(request.as_bytes()).and_then(|()| to.write_all(b"\n")).and_then(|()| to.flush());
        if written.is_err() {
            return;
        }
    }
}

fn read_lines(from: impl Read, answers: &SyncSender<Answer>) {
    let mut from = BufReader::with_capacity(1 << 16, from);
    loop {
        let mut bytes = Vec::new();
        match from.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut bytes) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let too_long = bytes.len() as u64 >= LONGEST_LINE && !bytes.ends_with(b"\n");
        let answer = if too_long {
            bytes.truncate(40);
            Answer::TooLong(String::from_utf8_lossy(&bytes).into_owned())
        } else {
            match String::from_utf8(bytes) {
                Ok(line) => Answer::Line(line.trim_end_matches(['\n', '\r']).to_owned()),
                Err(e) => Answer::NotText(String::from_utf8_lossy(e.as_bytes()).chars().take(80).collect()),
            }
        };
        if answers.send(answer).is_err() || too_long {
            return;
        }
    }
}

fn keep_last_lines(from: impl Read, kept: &Mutex<VecDeque<String>>) {
    let mut from = BufReader::new(from);
    loop {
        let mut bytes = Vec::new();
        // Pieces of a long line count as lines, so that little is held of an endless one.
        match from.by_ref().take(1 << 16).read_until(b'\n', &mut bytes) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        bytes.truncate(KEPT_BYTES);
        let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
        if let (Ok(mut kept), false) = (kept.lock(), line.is_empty()) {
            kept.push_back(line);
            if kept.len() > KEPT {
                kept.pop_front();
            }
        }
    }
}

/// How a child ended.
fn in_words(status: ExitStatus) -> String {
    match status.code() {
        Some(0) => "ended (exit status 0)".into(),
        Some(126) => "cannot be run (exit status 126 of the shell)".into(),
        Some(127) => "was not found (exit status 127 of the shell)".into(),
        // So the shell tells a signal to what it ran.
        Some(code @ 129..=192) => format!("was ended by signal {}", code - 128),
        Some(code) => format!("ended with exit status {code}"),
        None => format!("was ended by {status}"),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn asked(line: &str, seconds: f64) -> (Result<String, ProcessError>, Vec<String>) {
        let mut process = Process::start(line, seconds).unwrap();
        process.send("question".into());
        (process.receive(), process.last_errors())
    }

    #[test]
    fn a_line_is_answered_with_a_line() {
        let mut process = Process::start("while read x; do echo \"<$x>\"; done", 10.0).unwrap();
        for question in ["a", "b"] {
            process.send(question.into());
            assert_eq!(process.receive().unwrap(), format!("<{question}>"));
        }
    }

    #[test]
    fn a_child_that_ends_tells_its_status_and_its_last_words() {
        let (answer, errors) = asked("echo one >&2; echo two >&2; exit 3", 10.0);
        assert_eq!(answer, Err(ProcessError::Ended("ended with exit status 3".into())));
        assert_eq!(errors, ["one", "two"]);
        let (answer, _) = asked("there-is-no-such-program", 10.0);
        assert!(answer.unwrap_err().to_string().contains("was not found"));
    }

    #[test]
    fn a_silent_child_is_given_up_even_where_it_does_not_read() {
        let mut process = Process::start("sleep 1000", 0.2).unwrap();
        process.send("x".repeat(4 << 20));
        let late = ProcessError::Late { seconds: 0.2, after_end_of_input: false };
        assert_eq!(process.receive(), Err(late));
    }

    #[test]
    fn a_child_that_waits_for_the_end_of_its_input_is_found_out() {
        let (answer, _) = asked("cat >/dev/null; echo done", 0.5);
        assert_eq!(answer, Err(ProcessError::Late { seconds: 0.5, after_end_of_input: true }));
    }

    #[test]
    fn a_line_without_an_end_is_given_up() {
        let (answer, _) = asked("cat /dev/zero", 60.0);
        assert!(matches!(answer, Err(ProcessError::TooLong(_))));
    }

    #[test]
    fn a_child_that_closes_its_output_and_lives_is_told_apart() {
        let (answer, _) = asked("exec 1>&-; sleep 1000", 10.0);
        assert_eq!(answer, Err(ProcessError::Closed));
    }

    #[test]
    fn what_the_shell_started_ends_with_it() {
        let mut process = Process::start("sleep 1000 & echo $!; wait", 10.0).unwrap();
        let id = process.receive().unwrap();
        drop(process);
        // A killed process may be seen for a moment until its new parent has waited for it.
        let gone = (0..100).any(|_| {
            thread::sleep(Duration::from_millis(20));
            let state = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
            state.is_empty() || state.contains(" Z ")
        });
        assert!(gone, "the process {id} lives");
    }
}
