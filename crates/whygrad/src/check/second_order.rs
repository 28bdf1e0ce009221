//! Compares a Hessian, or its product with a vector, with the true one, and names the mistake.
//!
//! The truth is one term: the derivative of gradient · v by the parameters is the Hessian times v (Pearlmutter, "Fast
//! exact multiplication by the Hessian", 1994), and with unit vectors for v its columns. Every mistake is another
//! such term, linear in v, so that one search serves both: the Hessian of a small net and the product of a large one.

mod bends;
pub mod formulas;
mod hypotheses;
mod judge;
mod left;
mod match_numbers;
mod mistakes;
mod moved;
pub mod numbers;
pub mod program;
mod truth;

use super::{Options, Probe, Report, Role, Trouble, Verdict, probe};
use crate::model::Model;
use crate::random::{Key, Purpose, Seed};

/// The most parameters whose Hessian is checked as a whole; of more, its product with vectors is.
pub const MOST: usize = 150;

/// One question to a source.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Parameters and rows.
    pub probe: Probe,
    /// What the Hessian is multiplied by, in the order of the flat parameters.
    pub vector: Vec<f64>,
}

/// What a source says of second derivatives at one probe. `None` where it gives none, not a number where it says so.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// All second derivatives, row by row in the order of the flat parameters.
    Hessian(Vec<Option<f64>>),
    /// The Hessian times the question's vector.
    Product(Vec<Option<f64>>),
}

/// Which of the two was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The Hessian.
    Hessian,
    /// Its product with vectors.
    Product,
}

/// Where the second derivatives to be checked come from.
pub trait Source {
    /// The questions there are answers to, where the source cannot be asked others.
    fn questions(&self) -> Option<Vec<Question>> {
        None
    }

    /// What the source says.
    fn ask(&mut self, question: &Question) -> Result<Answer, Trouble>;
}

/// The result of a check of second derivatives.
///
/// The components of a Hessian are named `w1,w2`, an entry and its twin once; those of a product by the parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct SecondOrderReport {
    /// What was given.
    pub what: What,
    /// The findings.
    pub report: Report,
}

/// The questions to a source that can be asked anything the options allow: probes with a vector each.
pub fn plan(model: &Model, options: &Options) -> Vec<Question> {
    let mut questions: Vec<Question> = Vec::new();
    let key = Key::from_seed(Seed(options.seed.0.wrapping_add(1)));
    let mut again = 0;
    for (index, probe) in probe::plan(model, options).into_iter().enumerate() {
        again += usize::from(probe.role == Role::Again);
        // No second derivative knows a rate, and one question put twice shows what is kept.
        if probe.role == Role::OtherRate || (probe.role == Role::Again && again > 1) {
            continue;
        }
        let same = questions.iter().find(|q| q.probe.theta == probe.theta && q.probe.data == probe.data);
        let vector = same.map_or_else(
            || {
                let mut stream = key.fold(index as u64).purpose(Purpose::Init).stream();
                probe.theta.iter().map(|_| crate::random::Source::normal(&mut stream, 0.0, 1.0)).collect()
            },
            |same| same.vector.clone(),
        );
        questions.push(Question { probe, vector });
    }
    questions
}

/// Checks the second derivatives of a source against the model's.
///
/// # Errors
/// Where the source does not answer as it should, or gives the Hessian of a net that has too many parameters for it.
pub fn check_second_order(
    model: &Model,
    source: &mut dyn Source,
    options: &Options,
) -> Result<SecondOrderReport, Trouble> {
    let questions = source.questions().unwrap_or_else(|| plan(model, options));
    let mut answers = Vec::new();
    let mut what: Option<What> = None;
    for question in questions {
        let (kind, values) = match source.ask(&question)? {
            Answer::Hessian(values) => (What::Hessian, values),
            Answer::Product(values) => (What::Product, values),
        };
        if what.is_some_and(|what| what != kind) {
            return Err(Trouble::new(
                "one answer is a Hessian, another one its product with a vector",
                "give \"hessian\" in every answer, or \"product\" in every answer",
            ));
        }
        what = Some(kind);
        expect_size(model, kind, values.len())?;
        answers.push((question, values));
    }
    let what =
        what.ok_or_else(|| Trouble::new("there are no numbers", "give the Hessian at one point at least"))?;
    let second = truth::Second::new(model);
    let mut judged = judge::judge(&second, what, answers);
    if judged.report.verdict == Verdict::Wrong {
        judged.report.mistakes = mistakes::explain(&second, &judged);
    }
    Ok(SecondOrderReport { what, report: judged.report })
}

fn expect_size(model: &Model, what: What, found: usize) -> Result<(), Trouble> {
    let count = model.program.parameter_count();
    if what == What::Hessian && count > MOST {
        return Err(Trouble::new(
            format!("the model has {count} parameters, and a whole Hessian is checked up to {MOST}"),
            "give its product with the question's vector instead: {\"product\": [..]}",
        ));
    }
    let expected = if what == What::Hessian { count * count } else { count };
    if found == expected {
        return Ok(());
    }
    let message = format!("there are {found} second derivatives, and should be {expected}");
    Err(Trouble::new(message, "give one row for each parameter, in the order of theta"))
}
