//! Sweeps read as people write them, and say what is wrong with the others.

use super::*;

fn read(text: &str) -> Sweep {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn shown(text: &str) -> String {
    read(text).values.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn refused(text: &str) -> String {
    text.parse::<Sweep>().unwrap_err().to_string()
}

#[test]
fn ranges_have_equal_factors_or_steps_and_end_where_they_say() {
    assert_eq!(shown("lr=0.1:10:log5"), "0.1 0.3162 1 3.162 10");
    assert_eq!(shown("lr=0.5:2.5:lin5"), "0.5 1 1.5 2 2.5");
    assert_eq!(shown("lr=1:0.25:log3"), "1 0.5 0.25");
    assert_eq!(shown("lr = 0.1:0.2:2"), "0.1 0.2");
    assert_eq!(read("lr=0.1:10:log20").values.len(), 20);
    assert_eq!(read("lr=0.1:10:log20").spacing, Spacing::Logarithmic);
    assert_eq!(shown("epochs=100:10000:log5"), "100 316 1000 3162 10000");
    assert_eq!(shown("hidden=1:3:lin9"), "1 2 3");
    assert_eq!(shown("epochs=10:123456:lin4"), "10 41159 82307 123456");
    assert_eq!(shown("error-margin=0:0.4:3"), "0 0.2 0.4");
}

#[test]
fn close_values_keep_their_digits() {
    let sweep = read("lr=1:1.001:lin11");
    let numbers: Vec<f64> = sweep.values.iter().filter_map(Value::number).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
}

#[test]
fn lists_are_split_outside_brackets() {
    assert_eq!(shown("lr=0.1,0.5,1"), "0.1 0.5 1");
    assert_eq!(shown("init=uniform(-1,1);normal(0,1)"), "uniform(-1, 1) normal(0, 1)");
    assert_eq!(shown("init=uniform(-1,1), glorot"), "uniform(-1, 1) glorot_uniform");
    assert_eq!(shown("batch=1,4,full"), "1 4 full");
    assert_eq!(shown("loss=mse,half_mse"), "mse half_mse");
    assert_eq!(shown("optimizer=gd, adam(beta1=0.9), lm"), "gradient-descent adam lm");
    assert_eq!(shown("optimiser=rprop-;cg(fletcher-reeves)"), "rprop- cg(fletcher-reeves)");
    assert_eq!(shown("momentum=0:0.9:10"), "0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9");
    assert_eq!(shown("lr=0.1,0.2,"), "0.1 0.2");
    for name in ["rate", "eta", "learning_rate", "learning-rate"] {
        assert_eq!(read(&format!("{name}=0.1")), read("lr=0.1"), "{name}");
    }
}

#[test]
fn each_value_reads_as_it_is_shown() {
    for text in [
        "lr=0.1:10:log20",
        "init=uniform(-1,1);he",
        "batch=1,full",
        "optimiser=gd,adam:0.8,lm",
        "schedule=constant;step(9,0.5)",
    ] {
        let sweep = read(text);
        for value in &sweep.values {
            assert_eq!(
                read(&format!("{}={value}", sweep.setting.name())).values,
                std::slice::from_ref(value)
            );
        }
    }
}

#[test]
fn what_is_wrong_is_said_with_what_to_write() {
    for (text, said) in [
        ("lr", "is no sweep: write a setting and its values, such as lr=0.1:10:log20"),
        ("inits=he", "'inits' is no setting that can be swept; did you mean init? there are lr, init"),
        ("speed=1", "'speed' is no setting that can be swept; there are lr"),
        ("lr=0", "'0' is no value of lr: expected a positive number such as 0.1"),
        ("lr=", "'' is no value of lr"),
        ("lr=0.1:10", "does not say from where, to where and how many"),
        ("lr=0.1:10:lgo20", "should end in log and a number"),
        ("lr=0.1:10:step20", "should end in lin or log and a number"),
        ("lr=0.1:10:log", "does not say how many values there are"),
        ("lr=0.1:10:log1", "N from 2 to 10000"),
        ("lr=0:1:log5", "cannot reach 0"),
        ("lr=1:1:lin5", "begins where it ends"),
        ("lr=a:1:lin5", "should begin with two numbers"),
        ("batch=0,1", "'0' is no value of batch: expected `full` or a positive number of rows"),
        ("init=orthogonal", "there is no initialiser 'orthogonal'; write one of constant(c)"),
        ("epochs=1.5", "'1.5' is no value of epochs: expected a whole number"),
        ("optimiser=speedy", "'speedy' is no value of optimiser: there is no optimiser 'speedy'; there are"),
        ("optimiser=adm,lm", "did you mean 'adam'?"),
        ("momentum=1", "expected a number from 0 to below 1"),
        ("hidden=0", "'0' is no value of hidden: expected a number of units"),
        ("lr=1:1e9:lin99999", "N from 2 to 10000"),
        ("schedule=cosin", "did you mean 'cosine'?"),
        ("l1=-1", "'-1' is no value of l1: expected a number of at least 0"),
        ("clip-norm=0", "'0' is no value of clip-norm: expected a positive number"),
    ] {
        let error = refused(text);
        assert!(error.contains(said), "{text}: {error}");
    }
}

#[test]
fn combinations_are_all_pairs_the_last_setting_fastest() {
    let sweeps = [read("lr=0.1,1"), read("batch=1,2,full")];
    let all = combinations(&sweeps).unwrap();
    let shown: Vec<String> = all.iter().map(|c| format!("{} {}", c[0], c[1])).collect();
    assert_eq!(shown, ["0.1 1", "0.1 2", "0.1 full", "1 1", "1 2", "1 full"]);
    assert_eq!(combinations(&[]).unwrap(), [Vec::<Value>::new()]);
    let twice = combinations(&[read("lr=1"), read("learning-rate=2")]).unwrap_err().to_string();
    assert_eq!(twice, "lr is swept twice; list all its values in one sweep, such as lr=1,2");
    let many = combinations(&[read("lr=1:2:lin200"), read("epochs=1:200:lin200")]).unwrap_err().to_string();
    assert!(many.starts_with("the sweeps make 40000 combinations"), "{many}");
}

#[test]
fn a_value_changes_its_own_choice() {
    let (mut options, mut initialiser) = (Options::default(), None);
    for text in ["lr=3", "init=he", "batch=2", "epochs=9", "optimiser=nesterov", "momentum=0.5"] {
        read(text).values[0].apply(&mut options, &mut initialiser);
    }
    assert_eq!(
        (options.learning_rate, options.batch, options.epochs, initialiser),
        (3.0, BatchSize::Rows(2), 9, Some(Initialiser::HeNormal))
    );
    assert_eq!(Stepping::of(&options), "nesterov(0.5)".parse().unwrap());
    for text in
        ["schedule=cosine", "weight_decay=1", "l1=2", "l2=3", "clip-norm=4", "clip-value=5", "error-margin=6"]
    {
        read(text).values[0].apply(&mut options, &mut initialiser);
    }
    read("sigmoid-prime-offset=0.1").values[0].apply(&mut options, &mut initialiser);
    let (gradient, backward) = (&options.gradient, &options.backward);
    assert_eq!((gradient.weight_decay, gradient.l1, gradient.l2), (Some(1.0), 2.0, 3.0));
    assert_eq!((gradient.clip_norm, gradient.clip_value), (Some(4.0), Some(5.0)));
    assert_eq!((backward.error_margin, backward.sigmoid_prime_offset), (6.0, 0.1));
    assert_eq!(options.schedule, "cosine".parse().unwrap());
}
