//! Tables and parameter files that do not fit.

use super::{file, run, trained};

fn refused(name: &str, table: impl AsRef<[u8]>, said: &[&str]) {
    let path = file(name, table);
    run(&["train", "2-2tanh-1", "--data", &path, "--out", "none"]).refused(said);
}

#[test]
fn a_table_without_rows_is_refused() {
    refused("empty.csv", "", &["the file is empty; write a header such as x1,x2,y"]);
    refused("header.csv", "x1,x2,y\n", &["header.csv:1: the file has a header (x1, x2, y) but no rows"]);
}

#[test]
fn all_bad_cells_are_named_with_line_and_column() {
    refused(
        "cells.csv",
        "x1,x2,y\n1,2\n1,2,3,4\nq,nan,inf\n",
        &[
            "cells.csv:2: expected 3 cells, found 2",
            "cells.csv:3: expected 3 cells, found 4",
            "cells.csv:4:1: column 'x1': expected a number, found 'q'",
            "cells.csv:4:3: column 'x2': expected a finite number, found 'nan'",
            "cells.csv:4:7: column 'y': expected a finite number, found 'inf'",
        ],
    );
    refused("latin.csv", b"x1,x2,y\n\xe9", &["latin.csv:2:1: expected UTF-8 text"]);
}

#[test]
fn missing_columns_are_named_with_those_there_are() {
    refused("x2.csv", "x1,y\n1,2\n", &["column 'x2': there is no such column; the columns are x1, y"]);
    refused("case.csv", "X1,x2,y\n1,2,3\n", &["write 'X1', which differs only in case"]);
    run(&["train", "xor", "--inputs", "x1"])
        .refused(&["the model has 2 inputs (x[0], x[1]), and --inputs names 1"]);
    run(&["train", "xor", "--inputs", "x1,zz", "--targets", "q"]).refused(&["column 'zz'", "column 'q'"]);
}

#[test]
fn tables_of_any_program_are_read() {
    let plain = file("plain.csv", "x1,x2,y\n1,0.5,3\n");
    let expected = trained(&["2-2-1", "--data", &plain, "--epochs", "3"])["loss"].clone();
    for (name, table) in [
        ("bom.csv", "\u{feff}x1,x2,y\r\n1,0.5,3\r\n"),
        ("semicolon.csv", "x1;x2;y\n1;0,5;3\n"),
        ("quoted.csv", "\"x1\",\"x2\",\"y\"\n\"1\",\"0.5\",\"3\"\n"),
        ("spaces.csv", " x1 , x2 , y \n 1 , 0.5 , 3 \n"),
        ("order.csv", "y,x2,x1\n3,0.5,1\n"),
        ("more.csv", "id,x1,x2,y\n7,1,0.5,3\n"),
        ("bare.csv", "1,0.5,3\n"),
    ] {
        let path = file(name, table);
        let run = trained(&["2-2-1", "--data", &path, "--epochs", "3"]);
        assert_eq!(run["loss"], expected, "{name}");
    }
}

#[test]
fn a_table_of_many_columns_and_one_of_many_rows_are_quick() {
    let begin = std::time::Instant::now();
    let names: Vec<String> = (0..1500).map(|k| format!("p{k}")).collect();
    let row = vec!["0.1"; 1501].join(",");
    let wide = file("wide.csv", format!("{},label\n{row}\n", names.join(",")));
    trained(&["1500-1", "--data", &wide, "--epochs", "1"]);
    let rows: Vec<String> = (0..20_000).map(|k| format!("{},{},1", k % 7, k % 3)).collect();
    let long = file("long.csv", format!("x1,x2,y\n{}\n", rows.join("\n")));
    trained(&["2-1", "--data", &long, "--epochs", "1", "--lr", "0.001"]);
    assert!(begin.elapsed().as_secs() < 10, "{:?}", begin.elapsed());
}

#[test]
fn built_in_tables_check_their_settings() {
    for (data, said) in [
        ("moons(n=0)", "expected a whole number from 2 to 10000000 for n, found '0'"),
        ("moons(noise=nan)", "expected a number that is not negative for noise"),
        ("moons(n=2", "write it as in moons(n=200, noise=0.1, seed=3)"),
        ("moons(foo=2)", "no setting 'foo'; write one of n, noise, seed"),
        ("xor(n=2)", "the table xor has no setting 'n'"),
        ("parity-0", "expected a number from 1 to 16 after parity-"),
        ("", "there is no built-in table ''"),
    ] {
        run(&["train", "xor", "--data", data]).refused(&[said]);
    }
}

#[test]
fn a_class_that_the_model_lacks_is_named_with_its_row() {
    run(&["train", "2-2softmax", "--data", "blobs(classes=3)"]).refused(&[
        "row 3, column 'y': expected a class number from 0 to 1, found 2",
        "give the model 3 outputs",
    ]);
}

fn init(text: &str, said: &[&str]) {
    run(&["train", "xor", "--init", text, "--out", "none"]).refused(said);
}

#[test]
fn parameters_that_do_not_fit_are_refused_by_name_and_shape() {
    init("[1,2,3]", &["the list has 3 numbers, the model 9 parameters"]);
    init("[1,2,3,4,5,6,7,8,null]", &["no finite number: null"]);
    init("[1,2,3,4,5,6,7,8,NaN]", &["no JSON"]);
    init("{}", &["no value for hidden.W[0,0]"]);
    init(
        r#"{"hidden.W": [[1,2,3],[4]], "hiden.b": 1, "y_hat.W": [[1],[2]], "y_hat.b": "a"}"#,
        &[
            "'hidden.W' is 2 x 2 numbers, row by row, the file has rows of 3, 1 numbers",
            "no parameter 'hiden.b'; did you mean hidden.b?",
            "'y_hat.W' is 1 x 2 numbers, row by row, the file has 2 x 1",
            "'y_hat.b' has an entry that is no finite number",
        ],
    );
    let missing = file("empty.json", "");
    init(&missing, &["no JSON"]);
}

#[test]
fn parameters_are_read_as_a_list_by_name_and_entry_by_entry() {
    let expected = trained(&["xor", "--epochs", "2", "--init", "[1,2,3,4,5,6,7,8,9]"]);
    for text in [
        r#"{"hidden.W": [[1,2],[3,4]], "hidden.b": [5,6], "y_hat.W": [[7,8]], "y_hat.b": 9}"#,
        r#"{"hidden.W": [1,2,3,4], "hidden.b": [5,6], "y_hat.W": [7,8], "y_hat.b": [9]}"#,
        r#"{"theta": [1,2,3,4,5,6,7,8,9]}"#,
        r#"{"hidden.W[0,0]": 1, "hidden.W[0,1]": 2, "hidden.W[1,0]": 3, "hidden.W[1, 1]": 4,
            "hidden.b": [5,6], "y_hat.W": [7,8], "y_hat.b": 9}"#,
    ] {
        let run = trained(&["xor", "--epochs", "2", "--init", text]);
        assert_eq!(run["theta"], expected["theta"], "{text}");
    }
}

#[test]
fn a_parameter_with_two_values_is_refused() {
    run(&[
        "train",
        "y_hat = w*x + b\nloss = mse(y_hat, y)",
        "--data",
        "xor",
        "--init",
        "{\"w\": 1, \"w\": 2, \"b\": 0}",
    ])
    .refused(&["'w' stands twice", "give each parameter one value"]);
}
