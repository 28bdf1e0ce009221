//! The page of the book with every mistake of a derivation that `check` has a name for.

use std::fmt::Write as _;

use whygrad::check::mistake::pages;

use super::table::KINDS;

/// Where the page lies.
pub const PATH: &str = "book/src/mistakes.md";

/// The page, made from the catalogue: the kinds in the order of the contract, the entries in their own.
pub fn page() -> String {
    let mut text = String::from(
        "# Mistakes\n\n\
         What `whygrad check` calls by a name, by kind. Every entry says why it is wrong, and where the right formula is\n\
         from. Mistakes that only second derivatives have are told in the report itself. How often a mistake is named\n\
         stands in [How many mistakes are named](mistakes-rates.md).\n\n\
         A kind is what stands first in a report and as `kind` in JSON; an entry may turn up under another kind where the\n\
         numbers say so. What nothing explains is called `other`.\n\n\
         `cargo xtask mistakes --catalogue` writes this page from the catalogue in `crates/whygrad/src/check/mistake.rs`.\n",
    );
    for kind in KINDS {
        let mut own = pages().filter(|page| page.kind == kind).peekable();
        if own.peek().is_some() {
            let _ = write!(text, "\n## {}\n", kind.name());
        }
        for page in own {
            let _ = write!(
                text,
                "\n### {}\n\n{}\n\n{}\n\nSource: {}\n",
                page.name,
                sentence(page.title),
                page.why,
                sentence(page.source)
            );
        }
    }
    text
}

/// With a capital and a full stop.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let end = if words.ends_with('.') { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}
