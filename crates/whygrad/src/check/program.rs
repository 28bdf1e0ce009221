//! A gradient computed by a program of the person's own, in any language.
//!
//! One JSON document a line goes in, one a line comes out; see [`request`] for the first, and for the second
//! `{"gradient": [..] or {"w1": ..}, "loss": optional number}`.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Answer, Probe, Source, Trouble, components};
use crate::interop::parameters;
use crate::interop::process::{Ending, Process, ProcessError};
use crate::model::Model;

/// Lines that are no JSON object and are passed over before one answer.
const PASSED_OVER: usize = 20;

/// Lines between an answer and the next question, which are no answers.
const BETWEEN: usize = 10_000;

/// The most characters of a line that a message shows.
const SHOWN: usize = 100;

/// Milliseconds that a second answer to the first question is waited for.
const SECOND_ANSWER: u64 = 20;

/// A program as a source of gradients.
#[derive(Debug)]
pub struct Program<'a> {
    model: &'a Model,
    process: Process,
    /// How often it was asked.
    asked: usize,
    /// The first line that was no JSON, and how many there were.
    passed_over: Option<(String, usize)>,
}

impl<'a> Program<'a> {
    /// Starts a command line; an answer may take at most so many seconds.
    ///
    /// # Errors
    /// Where the shell does not start.
    pub fn start(command: &str, seconds: f64, model: &'a Model) -> Result<Program<'a>, Trouble> {
        let process = Process::start(command, seconds).map_err(|e| {
            Trouble::new(e.to_string(), "--program takes a command line such as \"python3 mine.py\"")
        })?;
        Ok(Program { model, process, asked: 0, passed_over: None })
    }

    /// Ends the program from another thread.
    pub fn ending(&self) -> Ending {
        self.process.ending()
    }

    /// What is to be said beside the answers.
    pub fn notes(&self) -> Vec<String> {
        let note = |(first, count): &(String, usize)| match count {
            1 => format!("a line of the program that is no JSON was passed over: {first}"),
            _ => {
                format!("{count} lines of the program that are no JSON were passed over; the first: {first}")
            }
        };
        self.passed_over.iter().map(note).collect()
    }

    fn pass_over(&mut self, line: &str) {
        self.passed_over.get_or_insert_with(|| (shortened(line), 0)).1 += 1;
    }

    /// A trouble at the present question, with the program's last words.
    fn trouble(&self, what: &str, help: impl Into<String>) -> Trouble {
        let mut message = format!("{what} (question {})", self.asked);
        if let Some((line, _)) = &self.passed_over {
            let _ = write!(message, "\nits standard output: {line}");
        }
        let errors = self.process.last_errors();
        if !errors.is_empty() {
            message.push_str("\nits standard error ends with:");
            for line in errors {
                message.push_str("\n  ");
                message.push_str(&line);
            }
        }
        Trouble::new(message, help)
    }

    fn no_answer(&self, error: &ProcessError) -> Trouble {
        let help = match error {
            ProcessError::Start(_) => "is there a shell?",
            ProcessError::Ended(how) if how.contains("not found") => {
                "write the command as you would in this folder, for example --program \"python3 mine.py\""
            }
            ProcessError::Ended(_) => {
                "the program has to answer one line for every line it reads, until its input ends; \
                 --template python writes one that does"
            }
            ProcessError::Closed => "keep standard output open: answers go there, one a line",
            ProcessError::Late { after_end_of_input: true, .. } => {
                "it answered once its input was at its end: it holds its answers back or reads all before it answers; \
                 read line by line, and flush after each answer (Python: print(..., flush=True))"
            }
            ProcessError::Late { .. } => {
                "does it read a line from standard input, answer with a line and flush? where it is slow, allow more \
                 with --timeout SECONDS"
            }
            ProcessError::TooLong(_) => {
                "end each answer with a line feed, and write nothing else to standard output"
            }
            ProcessError::NotText(_) => {
                "answers are JSON in UTF-8, one a line; write nothing else to standard output"
            }
        };
        self.trouble(&format!("the program gave no answer: {error}"), help)
    }

    /// Lines that came since the last answer: what is no JSON is harmless, a second answer is not.
    fn between(&mut self, milliseconds: u64) -> Result<(), Trouble> {
        for _ in 0..BETWEEN {
            let Some(line) = self.process.waiting(milliseconds) else { return Ok(()) };
            if line.trim_start().starts_with('{') {
                let what = format!("the program answered twice, and then: {}", shortened(&line));
                return Err(self.trouble(&what, "answer each line that is read with one line"));
            }
            if !line.trim().is_empty() {
                self.pass_over(&line);
            }
        }
        let what = format!("the program wrote {BETWEEN} lines after its answer");
        Err(self.trouble(&what, "answer with one line; what else there is to say goes to standard error"))
    }
}

impl Source for Program<'_> {
    fn ask(&mut self, probe: &Probe) -> Result<Answer, Trouble> {
        // A program that answers twice does so at once; from then on its answers would belong to earlier questions.
        self.between(if self.asked == 1 { SECOND_ANSWER } else { 0 })?;
        self.asked += 1;
        self.process.send(request(self.model, probe).to_string());
        for _ in 0..=PASSED_OVER {
            let line = self.process.receive().map_err(|e| self.no_answer(&e))?;
            let text = line.trim().trim_start_matches('\u{feff}');
            if text.starts_with('{') {
                return self.read(text);
            }
            if !text.is_empty() {
                self.pass_over(text);
            }
        }
        let help =
            "answer with one JSON object on one line; what else there is to say goes to standard error";
        Err(self.trouble(&format!("the program wrote {PASSED_OVER} lines and no answer"), help))
    }
}

impl Program<'_> {
    fn read(&self, text: &str) -> Result<Answer, Trouble> {
        let parameters = &self.model.program.parameters;
        let value = components::json(text).map_err(|error| {
            let what = format!("the program's answer is no JSON: {error}\nits answer: {}", shortened(text));
            let help = if text.contains('\'') {
                "JSON has double quotes; in Python write print(json.dumps(answer), flush=True)".to_owned()
            } else {
                format!("an answer stands on one line; {}", components::example(parameters))
            };
            self.trouble(&what, help)
        })?;
        let document = value.as_object().cloned().unwrap_or_default();
        if !document.contains_key("gradient") {
            let what = match document.get("error") {
                Some(error) => format!("the program says: {}", shortened(&error.to_string())),
                None if document.contains_key("theta") => {
                    "the program sent the question back, without a gradient".to_owned()
                }
                None => {
                    let keys: Vec<&str> = document.keys().map(String::as_str).take(12).collect();
                    format!("the program's answer has no \"gradient\", it has: {}", keys.join(", "))
                }
            };
            return Err(self.trouble(&what, components::example(parameters)));
        }
        components::answer(&document, self.model).map_err(|trouble| {
            self.trouble(
                &format!("in the program's answer, {}", trouble.message),
                trouble.help.unwrap_or_default(),
            )
        })
    }
}

/// The document that a program is asked with: the flat parameters, the same by name, inputs and targets row by
/// row, and the learning rate. What is not finite is null.
pub fn request(model: &Model, probe: &Probe) -> Value {
    let rows = |values: &[f64], width: usize| -> Vec<Vec<f64>> {
        let row = |r: usize| values.get(r * width..(r + 1) * width).unwrap_or_default().to_vec();
        (0..probe.data.rows).map(row).collect()
    };
    json!({
        "theta": probe.theta,
        "params": parameters::to_json(&model.program.parameters, &probe.theta),
        "inputs": rows(&probe.data.inputs, model.program.input_width()),
        "targets": rows(&probe.data.targets, model.program.target_width()),
        "learning_rate": probe.learning_rate,
    })
}

/// The beginning of a line.
fn shortened(line: &str) -> String {
    let mut text: String = line.chars().take(SHOWN).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.chars().nth(SHOWN).is_some() {
        text.push_str("...");
    }
    text
}
