//! Parameters, runs and tables as files, programs as children.

pub mod parameters;
pub mod process;
pub mod rows;
pub mod run_folder;
pub mod shell;
pub(crate) mod unique;
