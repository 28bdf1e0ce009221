//! Hessians and their products with vectors: right ones are right, and planted mistakes are named.
//!
//! The nets here are computed with hyper-dual numbers (Fike and Alonso 2011), which share nothing with the derivative
//! under test: each number carries two first derivatives and one second.

use whygrad::check::second_order::{
    Answer, Question, SecondOrderReport, Source, What, check_second_order, formulas::SecondFormulas,
    numbers::SecondNumbers,
};
use whygrad::check::{Freedom, Options, Status, Trouble, Verdict};
use whygrad::model::{Model, ModelOptions};

/// A number, its slopes in two directions, and the second derivative along both.
#[derive(Clone, Copy)]
struct Hyper {
    value: f64,
    one: f64,
    other: f64,
    both: f64,
}

impl Hyper {
    fn number(value: f64) -> Hyper {
        Hyper { value, one: 0.0, other: 0.0, both: 0.0 }
    }
    fn plus(self, b: Hyper) -> Hyper {
        Hyper {
            value: self.value + b.value,
            one: self.one + b.one,
            other: self.other + b.other,
            both: self.both + b.both,
        }
    }
    fn times(self, b: Hyper) -> Hyper {
        Hyper {
            value: self.value * b.value,
            one: self.one * b.value + self.value * b.one,
            other: self.other * b.value + self.value * b.other,
            both: self.both * b.value + self.one * b.other + self.other * b.one + self.value * b.both,
        }
    }
    /// f with its slope and its second derivative there.
    fn through(self, value: f64, slope: f64, bend: f64) -> Hyper {
        Hyper {
            value,
            one: slope * self.one,
            other: slope * self.other,
            both: slope * self.both + bend * self.one * self.other,
        }
    }
}

/// Where a derivation goes wrong.
#[derive(Clone, Copy, PartialEq)]
enum Slip {
    None,
    /// tanh'' times this.
    Hidden(f64),
    /// tanh' in the place of tanh''.
    HiddenFirst,
    /// The output's second derivatives left out.
    GaussNewton,
    /// The output's second derivatives alone.
    CurvatureOnly,
    /// Cross-entropy's.
    OtherLoss,
    /// The first derivatives.
    First,
    /// The product of the first derivatives of each row.
    RowByRow,
}

const NET: &str = "inputs x[2]\ntarget y\nhidden = dense(x, 2, tanh)\ny_hat = dense(hidden, 1, sigmoid)\nloss = mse(y_hat, y)\n";

/// The second derivatives of the net above, row by row.
fn hessian(q: &Question, slip: Slip) -> Vec<f64> {
    let n = q.probe.theta.len();
    let mut all = vec![0.0; n * n];
    for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (i, j))) {
        all[i * n + j] = entry(q, (i, j), slip);
    }
    all
}

fn entry(q: &Question, (i, j): (usize, usize), slip: Slip) -> f64 {
    let theta: Vec<Hyper> = (q.probe.theta.iter().enumerate())
        .map(|(k, &value)| Hyper {
            value,
            one: f64::from(u8::from(k == i)),
            other: f64::from(u8::from(k == j)),
            both: 0.0,
        })
        .collect();
    let rows = q.probe.data.rows;
    let mut sum = 0.0;
    for row in 0..rows {
        let x = &q.probe.data.inputs[2 * row..2 * row + 2];
        let mut z = theta[8];
        for unit in 0..2 {
            let mut inner = theta[4 + unit];
            for (k, &x) in x.iter().enumerate() {
                inner = inner.plus(theta[2 * unit + k].times(Hyper::number(x)));
            }
            let a = inner.value.tanh();
            let slope = 1.0 - a * a;
            let bend = match slip {
                Slip::Hidden(factor) => factor * -2.0 * a * slope,
                Slip::HiddenFirst => slope,
                _ => -2.0 * a * slope,
            };
            z = z.plus(theta[6 + unit].times(inner.through(a, slope, bend)));
        }
        let s = 1.0 / (1.0 + (-z.value).exp());
        let slope = s * (1.0 - s);
        let y_hat = z.through(s, slope, slope * (1.0 - 2.0 * s));
        let y = q.probe.data.targets[row];
        let error = y_hat.value - y;
        sum += match slip {
            Slip::GaussNewton => 2.0 * y_hat.one * y_hat.other,
            Slip::CurvatureOnly => 2.0 * error * y_hat.both,
            Slip::First => 2.0 * error * y_hat.one,
            Slip::RowByRow => 4.0 * error * error * y_hat.one * y_hat.other,
            Slip::OtherLoss => {
                let first = (s - y) / (s * (1.0 - s));
                let second = y / (s * s) + (1.0 - y) / ((1.0 - s) * (1.0 - s));
                first * y_hat.both + second * y_hat.one * y_hat.other
            }
            _ => 2.0 * y_hat.one * y_hat.other + 2.0 * error * y_hat.both,
        };
    }
    sum / rows as f64
}

/// The gradient of the net, by the same numbers.
fn gradient(q: &Question) -> Vec<f64> {
    (0..q.probe.theta.len()).map(|k| entry(q, (k, k), Slip::First)).collect()
}

/// A function as a source.
struct Asked<F>(F);

impl<F: FnMut(&Question) -> Answer> Source for Asked<F> {
    fn ask(&mut self, question: &Question) -> Result<Answer, Trouble> {
        Ok(self.0(question))
    }
}

fn parsed(text: &str) -> Model {
    Model::parse(text, &ModelOptions::default()).unwrap()
}

fn some(values: Vec<f64>) -> Vec<Option<f64>> {
    values.into_iter().map(Some).collect()
}

fn checked(mut answer: impl FnMut(&Question) -> Vec<f64>) -> SecondOrderReport {
    let source = |q: &Question| Answer::Hessian(some(answer(q)));
    check_second_order(&parsed(NET), &mut Asked(source), &Options::default()).unwrap()
}

fn product(mut answer: impl FnMut(&Question) -> Vec<f64>) -> SecondOrderReport {
    let source = |q: &Question| Answer::Product(some(answer(q)));
    check_second_order(&parsed(NET), &mut Asked(source), &Options::default()).unwrap()
}

fn times(h: &[f64], v: &[f64]) -> Vec<f64> {
    h.chunks(v.len()).map(|row| row.iter().zip(v).map(|(h, v)| h * v).sum()).collect()
}

/// Kind and entry of each mistake.
fn named(found: &SecondOrderReport) -> Vec<(&'static str, &'static str, bool)> {
    assert_eq!(found.report.verdict, Verdict::Wrong);
    found.report.mistakes.iter().map(|m| (m.kind.name(), m.entry, m.certain)).collect()
}

#[test]
fn a_right_hessian_is_right_entry_by_entry_and_all_three_ways() {
    let found = checked(|q| hessian(q, Slip::None));
    assert_eq!(found.report.verdict, Verdict::Right, "{:?}", found.report.components);
    assert_eq!((found.what, found.report.components.len()), (What::Hessian, 45));
    assert_eq!(found.report.components[1].name, "hidden.W[0,0],hidden.W[0,1]");
    for c in &found.report.components {
        let (difference, error) = c.difference.unwrap();
        assert_eq!(c.status, Status::Right);
        assert!((c.complex_step.unwrap() - c.derived).abs() <= 1e-12, "{c:?}");
        assert!((difference - c.derived).abs() <= 10.0 * error + 1e-9, "{c:?}");
    }
}

#[test]
fn a_right_product_is_right() {
    let found = product(|q| times(&hessian(q, Slip::None), &q.vector));
    assert_eq!(found.report.verdict, Verdict::Right, "{:?}", found.report.components);
    assert_eq!((found.what, found.report.components.len()), (What::Product, 9));
    assert!(found.report.components.iter().all(|c| c.complex_step.is_some() && c.difference.is_some()));
}

#[test]
fn a_right_hessian_in_single_precision_is_right() {
    let found = checked(|q| hessian(q, Slip::None).iter().map(|&h| f64::from(h as f32)).collect());
    assert_eq!(found.report.verdict, Verdict::Right);
    assert_eq!(found.report.precision, whygrad::check::Precision::Single);
}

#[test]
fn a_mistake_of_the_derivation_is_named() {
    for (slip, kind, entry) in [
        (Slip::GaussNewton, "missing-factor", "gauss-newton"),
        (Slip::CurvatureOnly, "missing-factor", "residual-curvature-only"),
        (Slip::Hidden(0.0), "missing-factor", "activation-curvature"),
        (Slip::Hidden(-1.0), "sign", "activation-curvature"),
        (Slip::HiddenFirst, "wrong-activation-derivative", "activation-curvature"),
        (Slip::OtherLoss, "wrong-loss-derivative", "other-loss"),
    ] {
        let found = checked(|q| hessian(q, slip));
        assert_eq!(named(&found), [(kind, entry, true)], "{entry}: {:?}", found.report.mistakes);
        let found = product(|q| times(&hessian(q, slip), &q.vector));
        assert_eq!(named(&found), [(kind, entry, true)], "{entry}, product: {:?}", found.report.mistakes);
    }
}

#[test]
fn a_factor_is_named() {
    for (factor, kind) in [(-1.0, "sign"), (2.0, "constant-factor"), (0.5, "constant-factor")] {
        let found = checked(|q| hessian(q, Slip::None).iter().map(|h| factor * h).collect());
        assert_eq!(named(&found).len(), 1, "{:?}", found.report.mistakes);
        assert_eq!(named(&found)[0].0, kind);
    }
    for power in [1, -1] {
        let rows = |q: &Question| (q.probe.data.rows as f64).powi(power);
        let found = checked(|q| hessian(q, Slip::None).iter().map(|h| rows(q) * h).collect());
        assert_eq!(named(&found), [("wrong-reduction", "sum-for-mean", true)]);
    }
    let gauss_newton = checked(|q| hessian(q, Slip::GaussNewton).iter().map(|h| h / 2.0).collect());
    assert_eq!(named(&gauss_newton), [("missing-factor", "gauss-newton", true)]);
    assert!(gauss_newton.report.mistakes[0].explanation.contains("a factor 1/2 besides"));
}

#[test]
fn what_is_no_hessian_at_all_is_named() {
    let outer = checked(|q| {
        let g = gradient(q);
        g.iter().flat_map(|a| g.iter().map(move |b| a * b)).collect()
    });
    assert_eq!(named(&outer), [("other", "outer-product", true)], "{:?}", outer.report.mistakes);
    let fisher = checked(|q| hessian(q, Slip::RowByRow));
    assert_eq!(named(&fisher), [("other", "outer-product", true)], "{:?}", fisher.report.mistakes);
    let first = product(gradient);
    assert_eq!(named(&first), [("other", "gradient-for-product", true)], "{:?}", first.report.mistakes);
    let diagonal = checked(|q| {
        let h = hessian(q, Slip::None);
        h.iter().enumerate().map(|(k, &h)| if k % 10 == 0 { h } else { 0.0 }).collect()
    });
    assert_eq!(named(&diagonal), [("other", "diagonal-only", true)]);
    let upper = checked(|q| {
        let h = hessian(q, Slip::None);
        h.iter().enumerate().map(|(k, &h)| if k / 9 <= k % 9 { h } else { 0.0 }).collect()
    });
    assert_eq!(named(&upper), [("other", "triangle-only", true)]);
}

#[test]
fn another_order_of_the_parameters_is_named() {
    let exchanged = |k: usize| [0, 1, 2, 3, 5, 4, 6, 7, 8][k];
    let turned = |k: usize| [0, 2, 1, 3, 4, 5, 6, 7, 8][k];
    let reordered = |order: &dyn Fn(usize) -> usize| {
        checked(|q| {
            let h = hessian(q, Slip::None);
            (0..81).map(|k| h[order(k / 9) * 9 + order(k % 9)]).collect()
        })
    };
    assert_eq!(named(&reordered(&exchanged)), [("swapped-components", "another-order", true)]);
    assert_eq!(named(&reordered(&turned)), [("transposed", "another-order", true)]);
    let swapped = checked(|q| {
        let mut h = hessian(q, Slip::None);
        for (a, b) in [(1, 2), (9, 18)] {
            h.swap(a, b);
        }
        h
    });
    let kinds: Vec<_> = named(&swapped).iter().map(|m| m.0).collect();
    assert!(kinds.iter().all(|k| *k == "swapped-components"), "{:?}", swapped.report.mistakes);
}

#[test]
fn a_hessian_that_is_not_symmetric_is_said_to_be_so() {
    let found = checked(|q| {
        let mut h = hessian(q, Slip::None);
        h[9] += 0.25;
        h
    });
    let wrong: Vec<&str> = (found.report.components.iter())
        .filter(|c| c.status == Status::Wrong)
        .map(|c| c.name.as_str())
        .collect();
    assert_eq!(wrong, ["hidden.W[0,0],hidden.W[0,1]"]);
    assert!(
        found.report.notes.iter().any(|n| n.contains("a Hessian is symmetric")),
        "{:?}",
        found.report.notes
    );
    assert_eq!(named(&found), [("other", "unexplained", false)]);
    assert!(found.report.mistakes[0].explanation.contains("H[hidden.W[0,0],hidden.W[0,1]] is the right one"));
}

#[test]
fn mistakes_of_a_product_are_named() {
    let h = |q: &Question| hessian(q, Slip::None);
    let unused = product(|q| times(&h(q), &[1.0; 9]));
    assert_eq!(named(&unused), [("wrong-variable", "vector-not-used", true)]);
    let diagonal = product(|q| (0..9).map(|k| h(q)[10 * k] * q.vector[k]).collect());
    assert_eq!(named(&diagonal), [("other", "diagonal-only", true)]);
    let length = |q: &Question| q.vector.iter().map(|v| v * v).sum::<f64>().sqrt();
    let unit = product(|q| times(&h(q), &q.vector).iter().map(|p| p / length(q)).collect());
    assert_eq!(named(&unit), [("extra-factor", "vector-normalised", true)]);
}

#[test]
fn what_is_kept_between_answers_is_named() {
    let mut kept = vec![0.0; 81];
    let found = checked(|q| {
        kept.iter_mut().zip(hessian(q, Slip::None)).for_each(|(k, h)| *k += h);
        kept.clone()
    });
    assert_eq!(named(&found), [("accumulation-not-reset", "accumulated", true)]);
}

const LINE: &str =
    "inputs x[2]\ntarget y\ny_hat = w1*x1 + w2*x2 + b\nloss = mse(y_hat, y) + 0.1*(w1^2 + w2^2)\n";

fn with_formulas(model: &str, text: &str) -> SecondOrderReport {
    let (model, mut formulas) =
        SecondFormulas::read(model, &ModelOptions::default(), text).unwrap_or_else(|e| panic!("{text}: {e}"));
    check_second_order(&model, &mut formulas, &Options::default()).unwrap()
}

#[test]
fn formulas_are_read_in_many_notations() {
    for text in [
        "d2w1w2 = mean(2*x1*x2)\nd2L/dw1^2 = 2*mean(x1^2) + 0.2\nd2L/dw1db = mean(2*x1)",
        "H[0,1] = mean(2*x1*x2)\nH[w1,w1] = 2*mean(x1^2) + 0.2",
        "\\frac{\\partial^2 L}{\\partial w_1 \\partial w_2} = \\frac{2}{n} \\sum_{i=1}^n x_{1} x_{2}",
        "∂²L/∂w1∂w2 = 2/n*sum(x1*x2)\ne = y_hat - y\ndw1 = mean(2*e*x1) + 0.2*w1",
        "delta1 = y_hat - y\ndelta2 = delta1*x1\nd2w1w2 = mean(2*x1*x2)",
        "q = mean(2*x1*x2)\nd2w1w2 = q\nd2w2w1 = d2w1w2",
        "H = [[2*mean(x1^2) + 0.2, 2*mean(x1*x2), 2*mean(x1)], [2*mean(x1*x2), 2*mean(x2^2) + 0.2, 2*mean(x2)], [2*mean(x1), 2*mean(x2), 2]]",
    ] {
        let found = with_formulas(LINE, text);
        assert_eq!(found.report.verdict, Verdict::Right, "{text}: {:?}", found.report);
    }
    let partial = with_formulas(LINE, "d2w1w2 = mean(2*x1*x2)");
    let given = partial.report.components.iter().filter(|c| c.status == Status::Right).count();
    assert_eq!((given, partial.report.components.len()), (1, 6));
}

#[test]
fn a_wrong_formula_is_named() {
    let penalty = with_formulas(LINE, "d2w1w1 = 2*mean(x1^2)\nd2w2w2 = 2*mean(x2^2)\nd2w1w2 = 2*mean(x1*x2)");
    assert_eq!(named(&penalty), [("missing-factor", "second-penalty", true)]);
    let half = with_formulas(LINE, "d2w1w2 = mean(x1*x2)");
    assert_eq!(named(&half)[0].0, "constant-factor");
    let first = with_formulas(LINE, "d2w1w1 = mean(2*(y_hat - y)*x1) + 0.2*w1");
    assert_eq!(named(&first), [("other", "first-for-second", true)]);
    let entry = with_formulas(LINE, "d2w1w1 = 2*mean(x1^2) + 0.2\nd2w1w2 = 2*mean(x1)");
    assert_eq!(named(&entry), [("wrong-variable", "other-entry", true)]);
}

#[test]
fn numbers_with_few_decimals_are_judged_by_them() {
    let round = |h: f64| (h * 1e4).round() / 1e4;
    let found = checked(|q| hessian(q, Slip::None).iter().map(|&h| round(h)).collect());
    assert_eq!(found.report.verdict, Verdict::Right, "{:?}", found.report.precision);
    let wrong = checked(|q| hessian(q, Slip::GaussNewton).iter().map(|&h| round(h)).collect());
    assert_eq!(named(&wrong), [("missing-factor", "gauss-newton", true)]);
}

#[test]
fn a_mistake_in_a_part_is_named_for_that_part() {
    // The output's weights and bias are right, the second derivatives by the hidden ones are twice too large.
    let found = checked(|q| {
        let mut h = hessian(q, Slip::None);
        (0..81).filter(|k| k / 9 < 6 && k % 9 < 6).for_each(|k| h[k] *= 2.0);
        h
    });
    assert_eq!(named(&found), [("constant-factor", "constant-factor", true)]);
    assert_eq!(found.report.mistakes[0].components.len(), 21);
    // Two mistakes at once: each for its own entries.
    let two = checked(|q| {
        let (mut h, gauss_newton) = (hessian(q, Slip::None), hessian(q, Slip::GaussNewton));
        (0..81).filter(|k| k / 9 < 6 && k % 9 < 6).for_each(|k| h[k] = gauss_newton[k]);
        (0..81).filter(|k| k / 9 >= 6 && k % 9 >= 6).for_each(|k| h[k] *= -1.0);
        h
    });
    // Among the hidden ones the Gauss-Newton matrix is also what is left without any f'', so both are told.
    assert_eq!(
        named(&two),
        [
            ("missing-factor", "gauss-newton", false),
            ("missing-factor", "activation-curvature", false),
            ("sign", "sign", true)
        ],
        "{:?}",
        two.report.mistakes
    );
}

#[test]
fn what_nothing_explains_stays_open() {
    let found = checked(|q| hessian(q, Slip::None).iter().map(|h| h.sin() + 0.1 * h * h).collect());
    assert_eq!(named(&found), [("other", "unexplained", false)]);
}

#[test]
fn a_formula_that_is_none_is_told_in_the_persons_words() {
    for (text, said) in [
        ("d2w1w3 = 1", "'d2w1w3' is no second derivative of this model"),
        ("d2w1w2 = q", "the model has no 'q'"),
        ("H = 3", "'H' is no second derivative of this model"),
        ("d2w1w2 = 1\nd2w1w2 = 2", "defined twice"),
        ("e = y_hat - y", "there is no second derivative"),
    ] {
        let error = SecondFormulas::read(LINE, &ModelOptions::default(), text).unwrap_err();
        assert!(error.to_string().contains(said), "{text}: {error}");
        assert!(error.source_text.ends_with(text));
    }
}

#[test]
fn the_kink_of_relu_is_told() {
    let model = "inputs x[1]\ntarget y\ny_hat = relu(w*x1)\nloss = mse(y_hat, y)\n";
    let found = with_formulas(model, "d2w = mean(2*x1^2*(relu(w*x1)/(w*x1)))");
    assert_eq!(found.report.verdict, Verdict::Right, "{:?}", found.report);
    assert!(found.report.notes.iter().any(|n| n.contains("relu has a kink")));
}

#[test]
fn numbers_are_read_as_rows_by_name_or_as_a_product() {
    let model = parsed("inputs x\ntarget y\ny_hat = w*x + b\nloss = mse(y_hat, y)\n");
    let point = r#""params": {"w": 1, "b": 2}, "inputs": [[1], [2]], "targets": [[1], [1]]"#;
    for (text, what) in [
        (format!(r#"{{"hessian": [[5, 3], [3, 2]], {point}}}"#), What::Hessian),
        (format!(r#"{{"hessian": {{"w,w": 5, "w,b": 3}}, {point}}}"#), What::Hessian),
        (format!(r#"{{"hessian": {{"w": {{"w": 5, "b": 3}}}}, {point}}}"#), What::Hessian),
        (format!(r#"{{"vector": [1, -1], "product": [2, 1], {point}}}"#), What::Product),
        (format!(r#"{{"vector": [1, -1], "product": {{"w": 2}}, {point}}}"#), What::Product),
    ] {
        let mut numbers = SecondNumbers::read(&text, &model, &Options::default()).unwrap();
        let found = check_second_order(&model, &mut numbers, &Options::default()).unwrap();
        assert_eq!((found.report.verdict, found.what), (Verdict::Right, what), "{text}");
    }
    let text = format!(r#"{{"hessian": [[5, 3, 1], [3, 2, 1]], {point}}}"#);
    let said = SecondNumbers::read(&text, &model, &Options::default()).unwrap_err();
    assert!(said.message.contains("row 1 of the Hessian has 3 numbers, the model 2 parameters"), "{said}");
}

#[test]
fn a_large_net_is_checked_by_its_product() {
    let text = "inputs x[2]\ntarget y\nhidden = dense(x, 60, tanh)\ny_hat = dense(hidden, 1)\nloss = mse(y_hat, y)\n";
    let model = parsed(text);
    let mut whole = Asked(|q: &Question| Answer::Hessian(vec![Some(0.0); q.probe.theta.len().pow(2)]));
    let said = check_second_order(&model, &mut whole, &Options::default()).unwrap_err();
    assert!(said.message.contains("241 parameters"), "{said}");
    // H·0 is 0; with the vector of the question it is not.
    let mut zero = Asked(|q: &Question| Answer::Product(vec![Some(0.0); q.probe.theta.len()]));
    let found =
        check_second_order(&model, &mut zero, &Options { freedom: Freedom::Any, ..Options::default() })
            .unwrap();
    assert_eq!(named(&found)[0].1, "entries-left-out");
}
