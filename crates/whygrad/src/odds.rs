//! How often a model solves its data from random starting values, how fast, and where it ends otherwise.
//!
//! A [`Tally`] takes the endings of a fleet one by one and keeps counts alone, so that its size does not grow with
//! the number of restarts. Open it first. [`sweep`] reads which settings are to be varied.
//!
//! ```
//! use whygrad::data::{bind::BindOptions, builtin};
//! use whygrad::model::{Model, ModelOptions};
//! use whygrad::odds::Tally;
//! use whygrad::random::{Key, Seed};
//! use whygrad::train::{Control, FleetOptions, Options, Solved, train_fleet};
//!
//! let text = "inputs x[2]\ntarget y\nhidden = dense(x, 2, sigmoid)\ny_hat = dense(hidden, 1)\nloss = mse(y_hat, y)";
//! let model = Model::parse(text, &ModelOptions::default())?;
//! let table = builtin::table("xor", Key::from_seed(Seed(1)))?;
//! let (data, _notes) = model.bind(&table, &BindOptions::default()).map_err(|mut errors| errors.remove(0))?;
//! let options = FleetOptions {
//!     options: Options { epochs: 300, ..Options::default() },
//!     solved: Solved::Within(0.5),
//!     early_stop: true,
//!     threads: None,
//!     portable: false,
//! };
//! let mut tally = Tally::default();
//! train_fleet(&model, &data, None, &options, 0..20, &mut |endings, _| {
//!     endings.iter().for_each(|ending| tally.push(ending));
//!     Control::Continue
//! })?;
//! assert_eq!(tally.restarts(), 20);
//! let (low, high) = tally.interval();
//! assert!(low <= tally.rate().unwrap() && tally.rate().unwrap() <= high);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod counts;
mod fraction;
mod interval;
mod levels;
mod series;
pub mod sweep;
mod tally;

pub use counts::{Bin, Counts};
pub use fraction::{level_nearby, simple_fraction};
pub use interval::wilson;
pub use levels::{Level, Levels, Losses};
pub use series::{Score, Series, Summary};
pub use tally::{End, QUANTILES, Tally};
