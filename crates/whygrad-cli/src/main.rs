//! The `whygrad` command.
fn main() {}
