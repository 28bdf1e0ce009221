use super::*;
use crate::data::{builtin, csv};
use crate::random::{Key, Seed};

/// The groups of a text such as `x1, x2` or `x[2]`.
fn groups(text: &str) -> Vec<Columns> {
    let group = |text: &str| match text.split_once('[') {
        None => Columns { name: text.to_owned(), size: 1 },
        Some((name, size)) => {
            Columns { name: name.to_owned(), size: size.trim_end_matches(']').parse().unwrap() }
        }
    };
    text.split(", ").filter(|text| !text.is_empty()).map(group).collect()
}

/// A table of a file, or a built-in one where the text is one word without a line end.
fn table(text: &str) -> Table {
    if text.contains('\n') {
        csv::read(text.as_bytes(), "points.csv").unwrap().0
    } else {
        builtin::table(text, Key::from_seed(Seed(1))).unwrap()
    }
}

fn names(text: &str) -> Option<Vec<String>> {
    (!text.is_empty()).then(|| text.split(',').map(str::to_owned).collect())
}

/// The table, the inputs and targets of the model, and the columns that the person names.
struct Case<'a>(&'a str, &'a str, &'a str, &'a str, &'a str);

fn bound(Case(text, inputs, targets, input_names, target_names): Case<'_>, class_index: bool) -> Bound {
    let options = BindOptions { inputs: names(input_names), targets: names(target_names), class_index };
    bind(&table(text), &groups(inputs), &groups(targets), &options)
        .map_err(|errors| errors.iter().map(ToString::to_string).collect())
}

type Bound = Result<(Dataset, Vec<String>), Vec<String>>;

/// Which columns became inputs and targets, and the notes.
fn taken(text: &str, inputs: &str, targets: &str) -> (String, Vec<String>) {
    went(bound(Case(text, inputs, targets, "", ""), false))
}

fn went(bound: Bound) -> (String, Vec<String>) {
    let (dataset, notes) = bound.unwrap();
    (format!("{} -> {}", dataset.input_names.join(" "), dataset.target_names.join(" ")), notes)
}

fn refused(text: &str, inputs: &str, targets: &str) -> Vec<String> {
    bound(Case(text, inputs, targets, "", ""), false).unwrap_err()
}

fn silently(columns: &str) -> (String, Vec<String>) {
    (columns.to_owned(), Vec::new())
}

#[test]
fn columns_are_matched_by_name_wherever_they_stand() {
    let (dataset, notes) = bound(Case("y,x2,x1\n1,2,3\n4,5,6\n", "x1, x2", "y", "", ""), false).unwrap();
    assert_eq!(
        (dataset.inputs, dataset.targets, dataset.rows),
        (vec![3.0, 2.0, 6.0, 5.0], vec![1.0, 4.0], 2)
    );
    assert!(notes.is_empty());
    assert_eq!(taken("xor", "x2, x1", "y"), silently("x2 x1 -> y"));
}

#[test]
fn a_group_takes_numbered_columns_in_every_spelling() {
    for columns in ["x1,x2", "x[0],x[1]", "x0,x1", "x_1,x_2", "x_0,x_1"] {
        let expected = silently(&format!("{} -> y", columns.replace(',', " ")));
        assert_eq!(taken(&format!("y,{columns}\n1,2,3\n"), "x[2]", "y"), expected, "{columns}");
    }
    assert_eq!(taken("x[0],y\n1,2\n", "x", "y[1]"), silently("x[0] -> y"));
    let (columns, notes) = taken("x0,x1,x2,y\n1,2,3,4\n", "x[2]", "y");
    assert_eq!(columns, "x1 x2 -> y");
    assert_eq!(notes, ["x was taken from x1, x2; x0, x1 would fit as well", "the column x0 is not used"]);
}

#[test]
fn columns_without_known_names_are_taken_in_order_with_a_note() {
    let order = "columns of the table were taken in order, since its names are not those of the model: ";
    let (columns, notes) = taken("a,b,c,d\n1,2,3,4\n", "x1, x2", "y");
    assert_eq!((columns.as_str(), &notes[1]), ("a b -> c", &"the column d is not used".to_owned()));
    assert_eq!(notes[0], format!("{order}x1 = a, x2 = b, y = c"));
    let (_, notes) = taken("1,2,3\n", "x[2]", "y");
    assert_eq!(
        notes,
        [
            "columns of the table were taken in order, since it has no header: x[0] = col1, x[1] = col2, y = col3"
        ]
    );
    let (_, notes) = taken("encoder-8", "in[8]", "out[8]");
    assert_eq!(notes, [format!("{order}in[8] = x1 to x8, out[8] = y1 to y8")]);
}

#[test]
fn a_built_in_table_keeps_inputs_and_targets_apart() {
    assert_eq!(taken("xor", "i1, i2", "t").0, "x1 x2 -> y");
    assert_eq!(taken("xor", "x, y", "z").0, "x1 x2 -> y");
    assert_eq!(taken("xor", "x2, x1", "t").0, "x2 x1 -> y");
    assert_eq!(taken("xor", "i1", "t").0, "x1 -> y");
    assert_eq!(
        refused("xor", "i1, i2, i3", "t"),
        [
            "the model has 3 inputs (i1, i2, i3), and for them the table has 2 (x1, x2); choose another table, or \
          change the model"
        ]
    );
    assert!(
        refused("blobs", "p, q", "t[3]")[0].ends_with("a column of class numbers goes with cross_entropy")
    );
}

#[test]
fn names_that_are_partly_there_are_an_error_with_the_nearest() {
    let choose = "name the columns with --inputs and --targets";
    assert_eq!(
        refused("x1,xx2,speed\n1,2,3\n", "x1, x2", "y"),
        [
            format!(
                "column 'x2': there is no such column; the columns are x1, xx2, speed; did you mean 'xx2'? \
                 Rename it, or {choose}"
            ),
            format!(
                "column 'y': there is no such column; the columns are x1, xx2, speed; add it to the table, or \
                 {choose}"
            )
        ]
    );
    let error = refused("x1,x3,y\n1,2,3\n", "x[3]", "y");
    assert!(error.len() == 1 && error[0].starts_with("column 'x2': there is no such column;"), "{error:?}");
}

#[test]
fn names_that_differ_only_in_case_are_not_taken_in_order() {
    let errors = refused("Y,X1,X2\n1,2,3\n", "x1, x2", "y");
    assert_eq!(errors.len(), 3);
    assert!(errors[0].contains("write 'X1', which differs only in case"), "{errors:?}");
}

#[test]
fn too_few_columns_are_counted() {
    assert_eq!(
        refused("a,b\n1,2\n", "x1, x2", "y"),
        [
            "the model needs 3 columns (2 inputs and 1 target), and the table has 2 (a, b); add the columns that \
          are missing, or change the model"
        ]
    );
}

#[test]
fn a_person_may_name_the_columns() {
    let text = "a,b,c,d\n1,2,3,4\n";
    let case = |inputs, targets| bound(Case(text, "x1, x2", "y", inputs, targets), false);
    let (columns, notes) = went(case("c,a", "d"));
    assert_eq!((columns.as_str(), notes), ("c a -> d", vec!["the column b is not used".to_owned()]));
    assert_eq!(went(case("c,a", "")).0, "c a -> b");
    assert_eq!(went(case("", "a")).0, "b c -> a");
    assert_eq!(
        went(bound(Case("1,2,3\n", "x1, x2", "y", "col3,col2", "col1"), false)).0,
        "col3 col2 -> col1"
    );
    let errors = case("a", "e").unwrap_err();
    assert_eq!(
        errors[0],
        "the model has 2 inputs (x1, x2), and --inputs names 1 column; name one column for each"
    );
    assert!(errors[1].starts_with("column 'e': there is no such column; the columns are a, b, c, d;"));
}

#[test]
fn a_column_of_class_numbers_becomes_one_hot() {
    let text = "x,y\n0.5,2\n0.6,0\n";
    for (text, target, name) in [(text, "y[3]", ""), (text, "k[3]", "y"), ("0.5,2\n0.6,0\n", "k[3]", "")] {
        let (dataset, _) = bound(Case(text, "x", target, "", name), true).unwrap_or_else(|errors| {
            panic!("{text:?} {target}: {errors:?}");
        });
        assert_eq!(dataset.targets, [0.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
        assert_eq!(dataset.target_row(1), [1.0, 0.0, 0.0]);
        assert!(dataset.target_names[2].ends_with("=2"), "{:?}", dataset.target_names);
    }
    let (_, notes) = bound(Case("blobs(classes=3)", "p, q", "k[3]", "", ""), true).unwrap();
    assert!(notes[0].ends_with(": p = x1, q = x2, k = y (the class, 0 to 2)"), "{notes:?}");
    assert_eq!(went(bound(Case("x,y1,y2\n1,0,1\n", "x", "y[2]", "", ""), true)), silently("x -> y1 y2"));
}

#[test]
fn a_number_that_is_no_class_is_refused_with_its_row() {
    let errors = |text| bound(Case(text, "x", "y[3]", "", ""), true).unwrap_err();
    assert_eq!(
        errors("x,y\n0,1\n0,3\n0,0.5\n0,-1\n"),
        [
            "row 2, column 'y': expected a class number from 0 to 2, found 3; count the classes from 0, or give \
             the model 4 outputs",
            "row 3, column 'y': expected a class number from 0 to 2, found 0.5; count the classes from 0, in whole \
             numbers",
            "row 4, column 'y': expected a class number from 0 to 2, found -1; count the classes from 0, in whole \
             numbers"
        ]
    );
    let without = bound(Case("x,y\n0,1\n", "x", "y[3]", "", ""), false).unwrap_err();
    assert!(
        without[0].ends_with("a column of class numbers such as y goes with cross_entropy"),
        "{without:?}"
    );
}

#[test]
fn a_model_without_targets_takes_inputs_alone() {
    assert_eq!(taken("x\n1\n", "x", ""), silently("x -> "));
    assert_eq!(taken("a\n1\n", "x", "").0, "a -> ");
    assert_eq!(taken("a\n1\n", "", "").0, " -> ");
}
