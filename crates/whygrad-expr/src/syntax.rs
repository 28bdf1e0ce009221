//! Text and LaTeX to an [`ast::Ast`], with places and several errors at once.

pub mod ast;
