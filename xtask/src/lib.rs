//! Tasks for those who work on whygrad: `cargo xtask TASK`.

pub mod causes;
pub mod mistakes;
pub mod papers;
pub mod peers;
pub mod planted;
