//! Parameters and runs as files.

pub mod parameters;
pub mod run_folder;
mod unique;
