//! Runs for the tests of causes.

use crate::data::bind::BindOptions;
use crate::data::{Dataset, builtin};
use crate::model::one_word;
use crate::model::{Model, ModelOptions};
use crate::random::{Key, Purpose, Seed};
use crate::train::{Control, Options, RandomSource, starting_values};
use crate::why::{Case, Kind, Limits, Report, Trial, why};

/// A case of a model as text or in one word, on a built-in table.
pub(in crate::why) fn case(model: &str, data: &str, change: impl FnOnce(&mut Options)) -> Case {
    let text =
        if one_word::looks_like_net(model) { one_word::expand(model).unwrap() } else { model.to_owned() };
    let model = Model::parse(&text, &ModelOptions::default()).unwrap();
    let table = builtin::table(data, Key::from_seed(Seed(1)).purpose(Purpose::Data)).unwrap();
    let data = model.bind(&table, &BindOptions::default()).unwrap().0;
    let mut options = Options { threads: Some(1), ..Options::default() };
    change(&mut options);
    let start =
        starting_values(&model, options.start.initialiser(), options.seed, RandomSource::Own).unwrap();
    Case { model: model.into(), data: data.into(), options, start }
}

/// The same with other data.
pub(in crate::why) fn with_data(case: &Case, change: impl FnOnce(&mut Dataset)) -> Case {
    let mut data = (*case.data).clone();
    change(&mut data);
    Case { data: data.into(), ..case.clone() }
}

/// The run of a case.
pub(in crate::why) fn run(case: &Case) -> Trial {
    case.run(&mut |_| Control::Continue).unwrap()
}

/// What is said of its run, with the default limits.
pub(in crate::why) fn asked(case: &Case) -> Report {
    why(&run(case), Limits::for_run(case), &mut |_| Control::Continue)
}

/// The run fails, and this cause comes first and is confirmed.
pub(in crate::why) fn is_first(case: &Case, kind: Kind) -> Report {
    let report = asked(case);
    let first = report.findings.first();
    assert!(first.is_some_and(|f| f.kind == kind && f.confirmed), "{}\n{report:#?}", case.model.source);
    report
}

/// No finding has this cause.
pub(in crate::why) fn is_not_named(case: &Case, kind: Kind) {
    let report = asked(case);
    assert!(report.findings.iter().all(|f| f.kind != kind), "{}\n{report:#?}", case.model.source);
}
