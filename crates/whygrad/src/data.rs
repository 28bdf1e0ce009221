//! Tables of numbers and how they meet a model.
//!
//! A [`Table`] comes from a file ([`csv::read`]) or is built in ([`builtin::table`]); [`bind::bind`] finds the
//! columns that the model calls its inputs and targets and gives a [`Dataset`]. Everything that is wrong with a
//! table is said at once, with the place, what was found and what to write ([`DataError`]).

pub mod bind;
pub mod builtin;
pub mod csv;

mod dataset;
mod error;
mod nearest;
mod table;

pub use dataset::Dataset;
pub use error::DataError;
pub use nearest::nearest;
pub use table::Table;
