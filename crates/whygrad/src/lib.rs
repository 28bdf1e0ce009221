//! What people use: models, data, training, evaluation.
//!
//! Open [`model`] first: a text becomes a [`model::Model`] with its loss and its gradient. [`data`] gives it rows,
//! [`mod@train`] makes the loss small, [`mod@derive`] shows the gradient, and [`mod@check`] compares yours with it.
//!
//! ```
//! use whygrad::data::{bind::BindOptions, builtin};
//! use whygrad::derive::{DeriveOptions, Format, derive};
//! use whygrad::model::{Model, ModelOptions};
//! use whygrad::random::{Key, Seed};
//! use whygrad::train::{Control, Options, RandomSource, evaluate, starting_values, train};
//!
//! let text = "\
//! inputs x1, x2
//! target y
//! h(z)  = 1/(1 + exp(-z))
//! y_hat = h(w1*x1 + w2*x2 + b)
//! loss  = mean((y_hat - y)^2)";
//! let model = Model::parse(text, &ModelOptions::default())?;
//! assert_eq!(model.describe(), "2-1, sigmoid output, 3 parameters");
//! assert!(derive(&model, Format::Text, &DeriveOptions::default())?.contains("db  = sum("));
//!
//! let table = builtin::table("and", Key::from_seed(Seed(1)))?;
//! let (data, _notes) = model.bind(&table, &BindOptions::default()).map_err(|mut errors| errors.remove(0))?;
//! let start = starting_values(&model, None, 1, RandomSource::Own)?;
//! let options = Options { learning_rate: 5.0, epochs: 500, ..Options::default() };
//! let run = train(&model, Some(&data), &start, &options, &mut |_| Control::Continue)?;
//! assert_eq!(evaluate(&model, &data, &run.theta).accuracy, Some(1.0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A gradient of one's own as formulas; the slope of the sigmoid is left out:
//!
//! ```
//! use whygrad::check::{Formulas, Options, Verdict, check};
//! use whygrad::model::ModelOptions;
//!
//! let text = "inputs x\ntarget y\ny_hat = sigmoid(w*x + b)\nloss = mean((y_hat - y)^2)";
//! let (model, mut mine) = Formulas::read(text, &ModelOptions::default(), "db = mean(2*(y_hat - y))")?;
//! let report = check(&model, &mut mine, &Options::default())?;
//! assert_eq!(report.verdict, Verdict::Wrong);
//! assert_eq!(report.mistakes[0].entry, "slope-missing");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Modules stand in storeys, each using only those before it: [`random`] and [`examples`]; [`data`] and [`init`];
//! [`model`]; [`mod@derive`], [`interop`] and [`mod@train`]; [`check`], [`odds`], [`landscape`] and [`mod@lint`]; [`mod@why`]; [`report`].

pub mod check;
pub mod data;
pub mod derive;
pub mod examples;
pub mod init;
pub mod interop;
pub mod landscape;
pub mod lint;
pub mod model;
pub mod odds;
pub mod random;
pub mod report;
pub mod train;
pub mod why;

pub use whygrad_engine as engine;
pub use whygrad_expr as expr;
pub use whygrad_plot as plot;
