//! Presentation MathML: `<mrow><msub><mi>w</mi><mn>1</mn></msub>...</mrow>`.
//!
//! A fragment for a `<math>` element, with the invisible times and function application that
//! screen readers speak.

use super::mark::{Group, Mark, Pen, Sign};
use super::names::{Accent, Glyph, glyph_of};
use super::view::Over;

const TIMES: &str = "<mo>&#x2062;</mo>";
const APPLY: &str = "<mo>&#x2061;</mo>";
const ROW: &str = "<mrow>";

/// A row of elements that is being written.
#[derive(Clone, Copy, Default)]
struct Row {
    start: usize,
    elements: usize,
}

/// What has been written so far.
pub(super) struct MathMl {
    out: String,
    rows: Vec<Row>,
}

impl Default for MathMl {
    fn default() -> MathMl {
        let mut pen = MathMl { out: String::new(), rows: vec![] };
        pen.start_row();
        pen
    }
}

impl MathMl {
    /// All that was written, as one element.
    pub(super) fn finish(mut self) -> String {
        self.end_row();
        self.out
    }

    fn element(&mut self, element: &str) {
        self.out.push_str(element);
        self.count();
    }

    fn count(&mut self) {
        if let Some(row) = self.rows.last_mut() {
            row.elements += 1;
        }
    }

    fn start_row(&mut self) {
        self.rows.push(Row { start: self.out.len(), elements: 0 });
        self.out.push_str(ROW);
    }

    /// Closes a row; a short one of a single element needs no tags.
    fn end_row(&mut self) {
        let row = self.rows.pop().unwrap_or_default();
        let length = self.out.len() - row.start;
        if row.elements == 1 && length < 1000 {
            self.out.replace_range(row.start..row.start + ROW.len(), "");
        } else {
            self.out.push_str("</mrow>");
        }
    }

    fn start(&mut self, tag: &str) {
        self.out.push_str(tag);
        self.start_row();
    }

    fn end(&mut self, tag: &str) {
        self.end_row();
        self.element(tag);
    }

    fn between(&mut self, tags: &str) {
        self.end_row();
        self.out.push_str(tags);
        self.start_row();
    }

    fn open(&mut self, group: Group) {
        match group {
            Group::Parentheses { .. } => {
                self.start_row();
                self.element("<mo>(</mo>");
            }
            Group::Magnitude => {
                self.start_row();
                self.element("<mo>|</mo>");
            }
            Group::Fraction => self.start("<mfrac>"),
            Group::Power | Group::Transposed => self.start("<msup>"),
            Group::Index => self.start("<msub>"),
            Group::Root => self.start("<msqrt>"),
            Group::Cases => self.start("<mrow><mo>{</mo><mtable><mtr><mtd>"),
            Group::OtherCase => {}
        }
    }

    fn next(&mut self, group: Group) {
        match group {
            Group::Fraction | Group::Power | Group::Index => self.between(""),
            Group::Cases => self.between("</mtd><mtd>"),
            Group::OtherCase => self.between("</mtd></mtr><mtr><mtd>"),
            Group::Parentheses { .. } | Group::Magnitude | Group::Root | Group::Transposed => {}
        }
    }

    fn close(&mut self, group: Group) {
        match group {
            Group::Parentheses { .. } => {
                self.element("<mo>)</mo>");
                self.end("");
            }
            Group::Magnitude => {
                self.element("<mo>|</mo>");
                self.end("");
            }
            Group::Fraction => self.end("</mfrac>"),
            Group::Power => self.end("</msup>"),
            Group::Transposed => self.end("<mo>⊤</mo></msup>"),
            Group::Index => self.end("</msub>"),
            Group::Root => self.end("</msqrt>"),
            Group::Cases => {
                self.end("</mtd><mtd><mtext>else</mtext></mtd></mtr></mtable></mrow>");
            }
            Group::OtherCase => {}
        }
    }
}

impl Pen for MathMl {
    fn write(&mut self, mark: &Mark) {
        match mark {
            Mark::Number(value) => self.number(*value),
            Mark::Name(name) => self.element(&glyph(&glyph_of(name))),
            Mark::Index(position) => {
                for (at, index) in position.iter().enumerate() {
                    if at > 0 {
                        self.element("<mo>,</mo>");
                    }
                    self.element(&format!("<mn>{index}</mn>"));
                }
            }
            Mark::Bold(name) => self.element(&format!("<mi mathvariant=\"bold\">{name}</mi>")),
            Mark::Function(name) => {
                self.element(&function(name));
                self.element(APPLY);
            }
            Mark::Sum(Over::Everything) => self.element("<mo>∑</mo>"),
            Mark::Sum(Over::Rows) => self.element("<munder><mo>∑</mo><mi>i</mi></munder>"),
            Mark::Sum(Over::Outputs) => self.element("<munder><mo>∑</mo><mi>k</mi></munder>"),
            Mark::Sign(sign) => self.element(match sign {
                Sign::Plus => "<mo>+</mo>",
                Sign::Minus => "<mo>−</mo>",
                Sign::Times => TIMES,
                Sign::Dot => "<mo>⋅</mo>",
                Sign::EntryByEntry => "<mo>⊙</mo>",
                Sign::Greater => "<mo>&gt;</mo>",
                Sign::Comma => "<mo>,</mo>",
            }),
            Mark::Open(group) => self.open(*group),
            Mark::Next(group) => self.next(*group),
            Mark::Close(group) => self.close(*group),
        }
    }
}

impl MathMl {
    fn number(&mut self, value: f64) {
        if value.is_infinite() {
            return self.element("<mi>∞</mi>");
        }
        let digits = super::digits(value);
        let Some((mantissa, exponent)) = digits.split_once('e') else {
            return self.element(&format!("<mn>{digits}</mn>"));
        };
        if mantissa != "1" {
            self.element(&format!("<mn>{mantissa}</mn>"));
            self.element("<mo>⋅</mo>");
        }
        let exponent = match exponent.strip_prefix('-') {
            Some(size) => format!("<mrow><mo>−</mo><mn>{size}</mn></mrow>"),
            None => format!("<mn>{exponent}</mn>"),
        };
        self.element(&format!("<msup><mn>10</mn>{exponent}</msup>"));
    }
}

fn function(name: &str) -> String {
    let letters = match name {
        "log" => "ln",
        "atan" => "arctan",
        "sigmoid" => return "<mi>σ</mi>".to_owned(),
        other => other,
    };
    format!("<mi mathvariant=\"normal\">{letters}</mi>")
}

/// A name as one element: `<msub><mi>w</mi><mn>1</mn></msub>`.
pub(super) fn glyph(of: &Glyph) -> String {
    match of {
        Glyph::Letter(letter) => format!("<mi>{letter}</mi>"),
        Glyph::Greek(_, letter) => format!("<mi>{letter}</mi>"),
        Glyph::Word(word) => format!("<mi mathvariant=\"normal\">{}</mi>", escaped(word)),
        Glyph::Digits(digits) => format!("<mn>{digits}</mn>"),
        Glyph::Accented(accent, base) => {
            let mark = match accent {
                Accent::Hat => "^",
                Accent::Bar => "¯",
                Accent::Tilde => "~",
            };
            format!("<mover accent=\"true\">{}<mo>{mark}</mo></mover>", glyph(base))
        }
        Glyph::Subscripted(base, subscripts) => {
            let parts: Vec<String> = subscripts.iter().map(glyph).collect();
            let row = match parts.as_slice() {
                [only] => only.clone(),
                several => format!("<mrow>{}</mrow>", several.join("<mo>,</mo>")),
            };
            format!("<msub>{}{row}</msub>", glyph(base))
        }
    }
}

fn escaped(word: &str) -> String {
    word.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
