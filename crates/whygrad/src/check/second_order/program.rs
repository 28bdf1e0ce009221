//! Second derivatives computed by a program of the person's own.
//!
//! The question is that of a gradient with `"vector"` (flat, in the order of theta) and `"order": 2` besides; the answer
//! is `{"hessian": [[..], ..]}` or `{"product": [..]}`, the Hessian times the vector.

use serde_json::{Value, json};

use super::super::Trouble;
use super::super::program::{Program, request};
use super::{Answer, Question, Source, numbers};
use crate::model::Model;

/// A program as a source of second derivatives.
#[derive(Debug)]
pub struct SecondProgram<'a> {
    /// The program.
    pub program: Program<'a>,
    model: &'a Model,
}

impl<'a> SecondProgram<'a> {
    /// Takes a program that was started for this model.
    pub fn new(program: Program<'a>, model: &'a Model) -> SecondProgram<'a> {
        SecondProgram { program, model }
    }
}

impl Source for SecondProgram<'_> {
    fn ask(&mut self, question: &Question) -> Result<Answer, Trouble> {
        let mut document = request(self.model, &question.probe);
        if let Value::Object(map) = &mut document {
            map.insert("vector".into(), json!(question.vector));
            map.insert("order".into(), json!(2));
        }
        let document = self.program.exchange(&document)?;
        numbers::answer(&document, self.model).map_err(|trouble| {
            let what = format!("in the program's answer, {}", trouble.message);
            self.program.trouble(&what, trouble.help.unwrap_or_default())
        })
    }
}
