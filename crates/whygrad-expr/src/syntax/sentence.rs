//! Statements as words: one line may hold several, and one formula several lines.

use std::collections::{BTreeMap, BTreeSet};

use super::ast::Span;
use super::chunk::{Chunk, chunks, is_latex};
use super::keyword;
use super::latex;
use super::lexer;
use super::names::Names;
use super::pratt::dressing;
use super::token::{Token, TokenKind};
use crate::diagnostic::Diagnostic;

/// The words of one statement, closed with [`TokenKind::End`].
pub(super) struct Sentence {
    pub(super) tokens: Vec<Token>,
    pub(super) latex: bool,
}

impl Sentence {
    fn new(mut tokens: Vec<Token>, latex: bool) -> Sentence {
        let empty = |token: &Token| matches!(token.kind, TokenKind::Break);
        let loose = |token: &Token| latex && matches!(token.kind, TokenKind::Comma | TokenKind::Dot);
        while tokens.last().is_some_and(|token| empty(token) || loose(token)) {
            tokens.pop();
        }
        let start = tokens.iter().take_while(|token| empty(token) || loose(token)).count();
        tokens.drain(..start);
        tokens.retain(|token| token.kind != TokenKind::Break);
        let end = tokens.last().map_or(0, |token| token.span.end);
        tokens.push(Token::new(TokenKind::End, end, end));
        let mut sentence = Sentence { tokens, latex };
        sentence.name_the_rows();
        sentence
    }

    /// All of a source as one formula.
    pub(super) fn whole(source: &str, span: Span, diagnostics: &mut Vec<Diagnostic>) -> Sentence {
        let latex = is_latex(source);
        let tokens = if latex {
            latex::lex(source, span, &BTreeSet::new(), diagnostics)
        } else {
            lexer::lex(source, span, diagnostics)
        };
        Sentence::new(without_numbering(tokens), latex)
    }

    /// True when every word of it is known and it has at least one.
    pub(super) fn is_readable(&self) -> bool {
        !self.tokens.iter().any(|token| token.kind == TokenKind::Unknown)
    }

    /// The words without the closing one.
    pub(super) fn words(&self) -> &[Token] {
        &self.tokens[..self.tokens.len() - 1]
    }

    /// The place of the first `=` outside parentheses.
    pub(super) fn equals(&self) -> Option<usize> {
        top_level(&self.tokens, &TokenKind::Equals).next()
    }

    /// The `N` of `\frac{1}{N}\sum_{i=1}^N` is the number of rows, which is called `n`.
    fn name_the_rows(&mut self) {
        let bounds: BTreeSet<String> = self
            .tokens
            .iter()
            .filter_map(|token| {
                if let TokenKind::Sum(Some(bound)) = &token.kind { Some(bound.clone()) } else { None }
            })
            .filter(|bound| matches!(bound.as_str(), "N" | "m" | "M"))
            .collect();
        for token in &mut self.tokens {
            if let TokenKind::Name(text) = &mut token.kind
                && bounds.contains(text.as_str())
            {
                "n".clone_into(text);
            }
        }
    }
}

/// The places of the tokens of a kind outside parentheses.
pub(super) fn top_level<'a>(tokens: &'a [Token], kind: &'a TokenKind) -> impl Iterator<Item = usize> + 'a {
    let mut depth = 0;
    tokens.iter().enumerate().filter_map(move |(index, token)| {
        depth = (depth + token.kind.nesting()).max(0);
        (depth == 0 && token.kind == *kind).then_some(index)
    })
}

/// The statements of a document.
pub(super) fn sentences(source: &str, diagnostics: &mut Vec<Diagnostic>) -> Vec<Sentence> {
    let pieces = chunks(source);
    let mixed = pieces.iter().any(|chunk| chunk.latex);
    let mut words = BTreeSet::new();
    let mut texts = Vec::with_capacity(pieces.len());
    for Chunk { span, latex } in &pieces {
        let mut tokens = Vec::new();
        if !latex {
            tokens = lexer::lex(source, *span, diagnostics);
            words.extend(tokens.iter().filter_map(Token::name).map(ToOwned::to_owned));
        }
        texts.push(tokens);
    }
    let mut result = Vec::new();
    for (chunk, mut tokens) in pieces.iter().zip(texts) {
        if chunk.latex {
            tokens = latex::lex(source, chunk.span, &words, diagnostics);
        } else if mixed {
            tokens.iter_mut().for_each(join_subscript);
        }
        let parts = if chunk.latex { split_latex(tokens) } else { split_text(&tokens) };
        result.extend(parts.into_iter().map(|part| Sentence::new(part, chunk.latex)));
    }
    result.retain(|sentence| sentence.tokens.len() > 1);
    resolve_shorthand(&mut result);
    result
}

/// Beside LaTeX, `w_1` in text is the `w1` that `w_1` is there.
fn join_subscript(token: &mut Token) {
    if let TokenKind::Name(text) = &mut token.kind {
        let characters: Vec<char> = text.chars().collect();
        let keep = |index: &usize| {
            let before = index.checked_sub(1).and_then(|before| characters.get(before));
            let after = characters.get(index + 1);
            !(characters[*index] == '_'
                && before.is_some_and(|letter| letter.is_alphabetic())
                && after.is_some_and(char::is_ascii_digit))
        };
        *text = (0..characters.len()).filter(keep).map(|index| characters[index]).collect();
    }
}

fn split_text(tokens: &[Token]) -> Vec<Vec<Token>> {
    tokens.split(|token| token.kind == TokenKind::Semicolon).map(<[Token]>::to_vec).collect()
}

/// Parts at `;`, and at breaks before something that has an `=` of its own.
fn split_latex(tokens: Vec<Token>) -> Vec<Vec<Token>> {
    let mut pieces: Vec<(Vec<Token>, bool)> = vec![(Vec::new(), true)];
    let mut depth = 0;
    for token in tokens {
        depth = (depth + token.kind.nesting()).max(0);
        let hard = depth == 0 && token.kind == TokenKind::Semicolon;
        if hard || (depth == 0 && token.kind == TokenKind::Break) {
            pieces.push((Vec::new(), hard));
        } else if let Some((piece, _)) = pieces.last_mut() {
            piece.push(token);
        }
    }
    let mut result: Vec<Vec<Token>> = Vec::new();
    for (piece, hard) in pieces {
        if piece.is_empty() && !hard {
            continue;
        }
        match result.last_mut() {
            Some(before) if !hard && !is_equation_number(&piece) && !begins_statement(before, &piece) => {
                before.extend(piece);
            }
            Some(_) if !hard && is_equation_number(&piece) => {}
            Some(_) | None => result.push(piece),
        }
    }
    result.iter().flat_map(|sentence| split_list(sentence)).collect()
}

/// `f(x) = x^2, f'(x) = 2x` is two statements; the list of a declaration is one.
fn split_list(tokens: &[Token]) -> Vec<Vec<Token>> {
    let mut parts = Vec::new();
    let mut start = 0;
    let declares = tokens.first().and_then(Token::name).and_then(keyword::find).is_some();
    let equals: Vec<usize> = top_level(tokens, &TokenKind::Equals).collect();
    for comma in top_level(tokens, &TokenKind::Comma).filter(|_| !declares) {
        let place = equals.partition_point(|place| *place < comma);
        let before = place.checked_sub(1).is_some_and(|last| equals[last] >= start);
        if before && place < equals.len() {
            parts.push(tokens[start..comma].to_vec());
            start = comma + 1;
        }
    }
    parts.push(tokens[start..].to_vec());
    parts
}

/// True when `piece` is a statement and not the rest of `before`.
fn begins_statement(before: &[Token], piece: &[Token]) -> bool {
    let Some(last) = before.last() else { return true };
    let waits = last.kind == TokenKind::Equals || last.kind.binary().is_some();
    let keyword = before.len() == 1 && last.name().and_then(keyword::find).is_some();
    let own = top_level(piece, &TokenKind::Equals).next().is_some_and(|place| place > 0);
    let declares = piece.first().and_then(Token::name).and_then(keyword::find).is_some()
        && piece.get(1).is_some_and(|token| token.name().is_some());
    !keyword && ((own && !waits) || declares || piece.iter().any(|token| token.kind == TokenKind::In))
}

/// `(2.1)` at the right margin.
fn is_equation_number(piece: &[Token]) -> bool {
    if let [open, number, close] = piece {
        return open.kind == TokenKind::Open
            && matches!(number.kind, TokenKind::Number(_))
            && close.kind == TokenKind::Close;
    }
    false
}

fn without_numbering(tokens: Vec<Token>) -> Vec<Token> {
    let number = tokens
        .len()
        .checked_sub(4)
        .filter(|place| tokens[*place].kind == TokenKind::Break && is_equation_number(&tokens[place + 1..]));
    let length = number.unwrap_or(tokens.len());
    tokens.into_iter().take(length).collect()
}

/// What the document makes of its names, seen before a statement is read.
pub(super) fn names(sentences: &[Sentence]) -> Names {
    let mut names = Names::default();
    for sentence in sentences {
        let Some(first) = sentence.tokens[0].name() else { continue };
        let mut next = 1;
        while sentence.tokens[next].kind == TokenKind::Prime {
            next += 1;
        }
        let second = &sentence.tokens[next].kind;
        if keyword::find(first).is_some() && matches!(second, TokenKind::Name(_)) {
            let listed = top_level(&sentence.tokens, &TokenKind::Comma)
                .filter_map(|place| sentence.tokens.get(place + 1));
            let declared = listed.chain(sentence.tokens.get(1)).filter_map(Token::name);
            names.values.extend(declared.map(ToOwned::to_owned));
        } else if *second == TokenKind::Equals {
            names.values.insert(first.to_owned());
        } else if let Some((length, all_parameters)) = dressing(&sentence.tokens[next..])
            && sentence.tokens.get(next + length).is_some_and(|token| token.kind == TokenKind::Equals)
        {
            let dressed = sentence.latex && (all_parameters || is_objective(first, sentences));
            let set = if dressed { &mut names.dressed } else { &mut names.functions };
            set.insert(first.to_owned());
        }
    }
    names
}

/// True for the `L` of `L(w_1, b) = ...`, unless a formula calls it.
fn is_objective(name: &str, sentences: &[Sentence]) -> bool {
    if !matches!(name, "L" | "E" | "J" | "C" | "MSE") {
        return false;
    }
    let called = |sentence: &Sentence| {
        let from = sentence.equals().unwrap_or(0);
        sentence.tokens[from..]
            .windows(2)
            .any(|pair| pair[0].name() == Some(name) && pair[1].kind == TokenKind::Open)
    };
    !sentences.iter().any(called)
}

/// `\varphi_x = ...; \varphi(x) := \varphi_x` defines one function, and its value has only a
/// short name: the value takes the place of that name, and the short name goes.
fn resolve_shorthand(sentences: &mut Vec<Sentence>) {
    let shorts: Vec<Option<String>> = sentences.iter().map(shorthand).collect();
    let wanted: BTreeSet<&str> = shorts.iter().flatten().map(String::as_str).collect();
    let mut values: BTreeMap<String, Vec<Token>> = BTreeMap::new();
    for sentence in sentences.iter_mut() {
        let Some(name) = sentence.tokens[0].name().filter(|name| wanted.contains(name)) else { continue };
        if sentence.tokens[1].kind == TokenKind::Equals && !values.contains_key(name) {
            let name = name.to_owned();
            values.insert(name, sentence.tokens.split_off(2));
            sentence.tokens.clear();
        }
    }
    for (sentence, short) in sentences.iter_mut().zip(&shorts) {
        if let Some(value) = short.as_ref().and_then(|short| values.get(short)) {
            sentence.tokens.truncate(5);
            sentence.tokens.extend_from_slice(value);
        }
    }
    sentences.retain(|sentence| !sentence.tokens.is_empty());
}

/// The `f_x` of `f(x) = f_x`.
fn shorthand(sentence: &Sentence) -> Option<String> {
    let [function, open, argument, close, equals, value, end] = sentence.tokens.as_slice() else {
        return None;
    };
    let (function, argument, value) = (function.name()?, argument.name()?, value.name()?);
    let shape = open.kind == TokenKind::Open
        && close.kind == TokenKind::Close
        && equals.kind == TokenKind::Equals
        && end.kind == TokenKind::End;
    (shape && sentence.latex && value == format!("{function}_{argument}")).then(|| value.to_owned())
}
