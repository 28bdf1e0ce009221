//! Parameters and runs as files, programs as children.

pub mod parameters;
pub mod process;
pub mod run_folder;
pub(crate) mod unique;
