//! What may be written in the place of a part: the names of the model, the person's own parts, slopes and numbers.

use std::collections::{HashMap, HashSet};

use whygrad_expr::arena::{Arena, Symbol, SymbolKind, Term};
use whygrad_expr::expand::Entries;
use whygrad_expr::op::{Function, Op, Zip};
use whygrad_expr::print::{self, Names, Notation};
use whygrad_expr::shape::Dims;
use whygrad_expr::simplify::Simplifier;

use super::super::formulas::Formulas;
use super::super::search::chain::slope_of;
use super::notation_of;
use super::worlds::{Values, Worlds, all_same, is_same};
use crate::model::{Model, pre_activation};

/// How tightly a text holds together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Seat {
    /// A name, a number, a call.
    Atom,
    /// `2/n`, `a*b`
    Product,
    /// `1 - a`
    Sum,
}

/// One of them.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) term: Term,
    pub(super) value: Values,
    pub(super) per_row: bool,
    pub(super) seat: Seat,
    /// True where it is made of numbers and n.
    pub(super) number: bool,
    /// How unusual it is.
    pub(super) rank: f64,
}

impl Word {
    /// As a factor.
    pub(super) fn factor(&self) -> String {
        if self.seat == Seat::Sum { format!("({})", self.text) } else { self.text.clone() }
    }
}

/// All of them in one notation.
pub(super) struct Words {
    pub(super) list: Vec<Word>,
    /// Words for numbers by their value at the first point.
    sorted: Vec<(f64, usize)>,
    /// Products of two of them.
    products: Vec<(f64, usize, usize)>,
}

/// Longer parts of the person's are no words.
const LONGEST: usize = 32;
/// Longer vectors are not written entry by entry.
const MOST_ENTRIES: usize = 64;
/// So many words are combined to products.
const FACTORS: usize = 60;
/// So many entries of a vector are words.
const ENTRIES: usize = 12;

impl Words {
    /// The words for a model and formulas in one notation.
    pub(super) fn of(
        model: &Model,
        formulas: &Formulas,
        arena: &mut Arena,
        worlds: &mut Worlds,
        notation: Notation,
    ) -> Words {
        let compact = is_compact(&formulas.text);
        let terms = HashSet::new();
        let mut maker = Maker { formulas, arena, worlds, notation, compact, list: vec![], terms };
        maker.numbers(model.plain_function);
        maker.own_atoms(model);
        maker.leaves(model);
        maker.named(model);
        maker.slopes(model);
        maker.own_parts(model);
        let list = maker.list;
        let scalar = |w: &&(usize, &Word)| w.1.value[0].len() == 1;
        let mut sorted: Vec<(f64, usize)> =
            list.iter().enumerate().filter(|w| scalar(&w)).map(|(k, w)| (w.value[0][0], k)).collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut simple: Vec<(f64, usize)> =
            sorted.iter().copied().filter(|&(_, k)| list[k].seat != Seat::Product).collect();
        simple.sort_by(|a, b| list[a.1].rank.total_cmp(&list[b.1].rank));
        simple.truncate(FACTORS);
        let mut products = Vec::new();
        for (at, &(a, first)) in simple.iter().enumerate() {
            products.extend(simple[at..].iter().map(|&(b, second)| (a * b, first, second)));
        }
        products.sort_by(|a, b| a.0.total_cmp(&b.0));
        Words { list, sorted, products }
    }

    /// The words with these values.
    pub(super) fn with<'a>(&'a self, value: &'a Values) -> impl Iterator<Item = &'a Word> {
        let is_one = value[0].len() == 1;
        let near = if is_one { near(&self.sorted, value[0][0], |s| s.0) } else { 0..0 };
        let others = if is_one { &[] } else { &self.list[..] };
        let numbers = self.sorted[near].iter().map(|&(_, k)| &self.list[k]);
        numbers.chain(others).filter(move |w| all_same(&w.value, value))
    }

    /// Two words whose product has these values.
    pub(super) fn pairs<'a>(&'a self, value: &'a Values) -> impl Iterator<Item = (&'a Word, &'a Word)> {
        let range = if value[0].len() == 1 { near(&self.products, value[0][0], |p| p.0) } else { 0..0 };
        let pairs = self.products[range].iter().map(|&(_, a, b)| (&self.list[a], &self.list[b]));
        pairs.filter(move |(a, b)| {
            (0..value.len()).all(|k| is_same(a.value[k][0] * b.value[k][0], value[k][0]))
        })
    }
}

/// Where the numbers are that are the same as one.
fn near<T>(sorted: &[T], value: f64, key: impl Fn(&T) -> f64) -> std::ops::Range<usize> {
    let width = 2e-7 * value.abs();
    let start = sorted.partition_point(|t| key(t) < value - width);
    let end = sorted.partition_point(|t| key(t) <= value + width);
    start..end.max(start)
}

struct Maker<'a> {
    formulas: &'a Formulas,
    arena: &'a mut Arena,
    worlds: &'a mut Worlds,
    notation: Notation,
    /// The person writes no spaces around signs.
    compact: bool,
    list: Vec<Word>,
    terms: HashSet<Term>,
}

impl Maker<'_> {
    fn push(&mut self, term: Term, text: String, seat: Seat, number: bool, rank: f64) {
        let known = self.terms.contains(&term) || self.list.iter().any(|w| w.text == text);
        if known || text.is_empty() {
            return;
        }
        let Some(value) = self.worlds.values(self.arena, term) else { return };
        let text = if self.compact { text.replace(" - ", "-").replace(" + ", "+") } else { text };
        self.terms.insert(term);
        let per_row = self.arena.shape(term).per_row;
        self.list.push(Word { text, term, value, per_row, seat, number, rank });
    }

    fn is_hidden(&self, name: &str) -> bool {
        self.formulas.definitions.iter().any(|d| d.name == name)
    }

    fn name(&self, name: &str) -> String {
        print::name(name, self.notation)
    }

    /// The person's parts in this notation.
    fn parts(&self, model: &Model) -> Vec<(String, Term)> {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        for offset in 0..model.program.parameter_count().min(200) {
            let Some(component) = self.formulas.component(offset) else { continue };
            if !seen.insert(component.span.start)
                || notation_of(self.formulas, component.span) != self.notation
            {
                continue;
            }
            for (span, term) in self.formulas.parts(offset) {
                let text = self.formulas.text.get(span.start..span.end).unwrap_or("");
                let same = notation_of(self.formulas, *span) == self.notation;
                if same && text.len() <= LONGEST && !text.contains('\n') {
                    found.push((text.to_owned(), *term));
                }
            }
        }
        found
    }

    /// Names and numbers as the person spells them.
    fn own_atoms(&mut self, model: &Model) {
        for (text, term) in self.parts(model) {
            let word = |c: char| c.is_alphanumeric() || "_{}\\^'.[],".contains(c);
            let is_number = text.parse::<f64>().is_ok();
            if text.chars().all(word) && !text.starts_with('{') && !is_number {
                self.push(term, text, Seat::Atom, false, 0.0);
            }
        }
    }

    /// Longer parts of the person's.
    fn own_parts(&mut self, model: &Model) {
        for (text, term) in self.parts(model) {
            let bracketed = text.starts_with('(') && closes_at_end(&text);
            let call = text.ends_with(')')
                && text.find('(').is_some_and(|at| {
                    at > 0
                        && text[..at].chars().all(|c| c.is_alphanumeric() || c == '\'')
                        && closes_at_end(&text[at..])
                });
            let seat = if bracketed || call {
                Seat::Atom
            } else {
                match self.arena.op(term) {
                    Op::Zip(Zip::Add, ..) | Op::Map(Function::Neg, _) => Seat::Sum,
                    Op::Const(_) if text.starts_with('-') => Seat::Sum,
                    _ => Seat::Product,
                }
            };
            if !text.starts_with(['{', '-']) && self.arena.constant_of(term).is_none() {
                self.push(term, text, seat, false, 3.0);
            }
        }
    }

    fn numbers(&mut self, plain: bool) {
        let latex = self.notation == Notation::Latex;
        for value in [0.0, 1.0, 2.0, -1.0, -2.0, 3.0, 4.0] {
            let term = self.arena.constant(value);
            let seat = if value < 0.0 { Seat::Sum } else { Seat::Atom };
            self.push(term, value.to_string(), seat, true, if value.abs() <= 2.0 { 0.0 } else { 2.0 });
        }
        let n = self.arena.make(Op::RowCount);
        let spelled = self.formulas.row_count_spelled(n).unwrap_or("n").to_owned();
        let spelled = spelled.trim_matches(['{', '}']).to_owned();
        for (above, rank) in [(1.0, 0.0), (2.0, 0.0), (-1.0, 1.0), (-2.0, 0.5), (4.0, 2.0)] {
            let above_term = self.arena.constant(above);
            let below = [("2".to_owned(), self.arena.constant(2.0)), (spelled.clone(), n)];
            for (below_text, below) in below {
                if plain && below == n || above.abs() == 2.0 && below != n {
                    continue;
                }
                let Ok(term) = self.arena.zip(Zip::Div, above_term, below) else { continue };
                let sign = if above < 0.0 { "-" } else { "" };
                let above_term_negative = above < 0.0;
                let above = above.abs();
                let text = if latex {
                    format!("{sign}\\frac{{{above}}}{{{below_text}}}")
                } else {
                    format!("{sign}{above}/{below_text}")
                };
                let seat = if above_term_negative {
                    Seat::Sum
                } else if latex {
                    Seat::Atom
                } else {
                    Seat::Product
                };
                self.push(term, text, seat, true, rank);
            }
        }
        if !plain {
            self.push(n, spelled.clone(), Seat::Atom, true, 1.0);
            let two = self.arena.constant(2.0);
            if let Ok(term) = self.arena.zip(Zip::Div, n, two) {
                let text = if latex { format!("\\frac{{{spelled}}}{{2}}") } else { format!("{spelled}/2") };
                self.push(term, text, Seat::Product, true, 3.0);
            }
        }
    }

    fn leaves(&mut self, model: &Model) {
        let program = &model.program;
        let symbols = program.inputs.iter().chain(&program.targets).copied();
        let symbols: Vec<_> = symbols.chain(program.parameters.iter().map(|p| p.symbol)).collect();
        for id in symbols {
            let symbol = self.arena.symbol_of(id).clone();
            let leaf = self.arena.leaf(id);
            if !self.is_hidden(&symbol.name) && !symbol.name.contains(' ') {
                let text = self.name(&symbol.name);
                self.push(leaf, text, Seat::Atom, false, 1.0);
            }
            let (len, columns) = match symbol.shape.dims {
                Dims::Scalar => continue,
                Dims::Vector(len) => (len, None),
                Dims::Matrix(rows, columns) => (rows * columns, Some(columns)),
            };
            for k in 0..len.min(ENTRIES) {
                let place = columns.map_or_else(|| k.to_string(), |c| format!("{},{}", k / c, k % c));
                let own = symbol.entries.get(k).cloned();
                let entry = own.unwrap_or_else(|| format!("{}[{place}]", symbol.name));
                let term = self.arena.make(Op::Pick(leaf, k));
                let text = self.name(&entry);
                self.push(term, text, Seat::Atom, false, 1.5);
            }
        }
    }

    fn named(&mut self, model: &Model) {
        for (term, name) in readable(model, self.formulas) {
            let text = self.name(&name);
            self.push(term, text, Seat::Atom, false, 1.0);
        }
    }

    /// The entries of a slope that is a vector.
    fn slope_entries(&mut self, slope: Term, entries: &mut Entries, names: &Names) {
        let len = self.arena.dims(slope).len();
        if len == 1 || len > ENTRIES {
            return;
        }
        for entry in entries.of(&mut Simplifier::new(self.arena), slope) {
            let text = print::expression(self.arena, entry, names, self.notation);
            let is_sum = matches!(self.arena.op(entry), Op::Zip(Zip::Add, ..));
            self.push(entry, text, if is_sum { Seat::Sum } else { Seat::Product }, false, 1.5);
        }
    }

    /// h'(z) of each activation, and 1 - a.
    fn slopes(&mut self, model: &Model) {
        let names = names(model, self.formulas);
        let mut entries = Entries::default();
        let entry_names = entry_names(model, self.formulas, self.arena, &mut entries);
        for activation in self.arena.reachable(&model.program.predictions) {
            let Some(z) = pre_activation(self.arena, activation) else { continue };
            let shape = self.arena.shape(z);
            let symbol = Symbol { name: "z".into(), kind: SymbolKind::Variable, shape, entries: vec![] };
            let id = self.arena.symbol(symbol);
            let variable = self.arena.leaf(id);
            let Some(function) = self.arena.substitute(activation, &HashMap::from([(z, variable)])) else {
                continue;
            };
            let Some(slope) = slope_of(self.arena, function, variable) else { continue };
            let Some(slope) = self.arena.substitute(slope, &HashMap::from([(variable, z)])) else { continue };
            let text = print::expression(self.arena, slope, &names, self.notation);
            let seat = match self.arena.op(slope) {
                Op::Zip(Zip::Add, ..) => Seat::Sum,
                Op::Zip(Zip::Mul | Zip::Div, ..) => Seat::Product,
                _ => Seat::Atom,
            };
            self.push(slope, text, seat, false, 1.0);
            self.slope_entries(slope, &mut entries, &entry_names);
            let one = self.arena.constant(1.0);
            let minus = self.arena.neg(activation);
            if let Ok(rest) = self.arena.zip(Zip::Add, one, minus) {
                let text = print::expression(self.arena, rest, &names, self.notation);
                self.push(rest, text, Seat::Sum, false, 1.5);
            }
        }
    }
}

/// The names of terms and of their entries, where a term is written entry by entry.
pub(super) fn entry_names(
    model: &Model,
    formulas: &Formulas,
    arena: &mut Arena,
    entries: &mut Entries,
) -> Names {
    let mut all = names(model, formulas);
    for (term, name) in readable(model, formulas).into_iter().rev() {
        let len = arena.dims(term).len();
        if len > MOST_ENTRIES {
            continue;
        }
        let parts = entries.of(&mut Simplifier::new(arena), term);
        for (k, part) in parts.into_iter().enumerate() {
            let is_atom = matches!(arena.op(part), Op::Const(_) | Op::Leaf(_) | Op::Pick(..));
            if !is_atom {
                all.insert(part, &if len == 1 { name.clone() } else { format!("{name}[{k}]") });
            }
        }
    }
    all
}

/// True where the first parenthesis is closed by the last character.
pub(super) fn closes_at_end(text: &str) -> bool {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at + c.len_utf8() == text.len();
        }
    }
    false
}

/// True where a person writes no spaces around signs.
pub(super) fn is_compact(text: &str) -> bool {
    !text.contains(" - ") && !text.contains(" + ")
}

/// The terms that formulas may name, beside the leaves.
fn readable(model: &Model, formulas: &Formulas) -> Vec<(Term, String)> {
    let hidden = |name: &str| formulas.definitions.iter().any(|d| d.name == name);
    let mut found: Vec<(Term, String)> =
        formulas.definitions.iter().map(|d| (d.term, d.name.clone())).collect();
    let own = model.definitions.iter().filter(|d| !hidden(&d.name) && d.term != model.program.loss);
    found.extend(own.map(|d| (d.term, d.name.clone())));
    if let [prediction] = model.program.predictions[..]
        && !found.iter().any(|f| f.0 == prediction)
    {
        found.push((prediction, "y_hat".to_owned()));
    }
    for layer in &model.dense {
        found.push((layer.pre_activation, format!("z_{}", layer.name)));
        found.push((layer.output, layer.name.clone()));
    }
    found
}

/// The same for printing.
pub(super) fn names(model: &Model, formulas: &Formulas) -> Names {
    let mut names = Names::new();
    for (term, name) in readable(model, formulas).into_iter().rev() {
        names.insert(term, &name);
    }
    names
}
