use proptest::prelude::*;

use super::*;

fn read_text(text: &str) -> (Table, Vec<String>) {
    read(text.as_bytes(), "points.csv").unwrap_or_else(|errors| panic!("{text:?}: {errors:?}"))
}

/// The names and the numbers of a text that is right.
fn table(text: &str) -> (String, Vec<f64>) {
    let (table, _) = read_text(text);
    assert_eq!(table.values.len(), table.rows * table.columns());
    (table.names.join(" "), table.values)
}

fn notes(text: &str) -> Vec<String> {
    read_text(text).1
}

fn errors(bytes: impl AsRef<[u8]>) -> Vec<String> {
    read(bytes.as_ref(), "points.csv").unwrap_err().iter().map(ToString::to_string).collect()
}

fn xor() -> (String, Vec<f64>) {
    ("x1 x2 y".to_owned(), vec![0.0, 1.0, 1.0, 1.0, 1.0, 0.0])
}

#[test]
fn every_separator_is_recognised() {
    for separator in [",", ";", "\t", "|", " ", "   ", " , ", ", ", " \t "] {
        let text = "x1,x2,y\n0,1,1\n1,1,0\n".replace(',', separator);
        assert_eq!(table(&text), xor(), "{separator:?}");
    }
    assert_eq!(table("x\n1\n2\n"), ("x".to_owned(), vec![1.0, 2.0]));
}

#[test]
fn marks_line_ends_quotes_blank_lines_and_comments_do_not_matter() {
    for text in [
        "\u{feff}x1,x2,y\n0,1,1\n1,1,0",
        "x1,x2,y\r\n0,1,1\r\n1,1,0\r\n",
        "x1,x2,y\r0,1,1\r1,1,0\r",
        "\"x1\",\"x2\",\"y\"\n\"0\", \"1\" ,1\n1,1,0\n",
        "\n# it's \"quoted, 1\nx1,x2,y\n\n  \n  # more\n0,1,1\n#0,0,0\n1,1,0\n\n",
        "  x1,x2 ,y  \n 0,1,1 \n1,1,0\t\n",
        "x1,x2,y,\n0,1,1,\n1,1,0,\n",
        "  x1 x2 y\n   0  1  1\n # no\n   1\t1  0  \n",
    ] {
        assert_eq!(table(text), xor(), "{text:?}");
    }
}

#[test]
fn a_table_without_a_header_gets_names() {
    let (table, notes) = read_text("0,1,1\n1,1,0\n");
    assert_eq!((table.names.join(" "), table.header), ("col1 col2 col3".to_owned(), false));
    assert_eq!((table.rows, table.row(1), notes), (2, &[1.0, 1.0, 0.0][..], Vec::new()));
    assert!(read_text("x1,x2,y\n0,1,1\n").0.header);
}

#[test]
fn decimal_commas_are_read_where_a_semicolon_separates() {
    let text = "x1;y\n0,5;1\n-1,25;0.75\n";
    assert_eq!(table(text), ("x1 y".to_owned(), vec![0.5, 1.0, -1.25, 0.75]));
    assert_eq!(notes(text), ["decimal commas were read as points: 0,5 is 0.5"]);
}

#[test]
fn true_and_false_are_numbers_with_a_note() {
    let text = "x,y\n1,TRUE\n2,false\n";
    assert_eq!(table(text).1, [1.0, 1.0, 2.0, 0.0]);
    assert_eq!(notes(text), ["true was read as 1 and false as 0 in y"]);
    assert_eq!(table("true,pred\n1,0\n").0, "true pred");
}

#[test]
fn a_column_without_a_name_gets_one_with_a_note() {
    assert_eq!(table(",x,y\n0,1,2\n").0, "col1 x y");
    assert_eq!(notes(",x,y\n0,1,2\n"), ["column 1 has no name in the header and is called col1"]);
}

#[test]
fn a_cell_that_is_no_number_is_shown_with_its_place() {
    assert_eq!(
        errors("x1,x2,y\n0,1,1\n\n# c\n1.25 , abc,0\n"),
        ["points.csv:5:8: column 'x2': expected a number, found 'abc'; write a number such as 0.5"]
    );
    let quoted = errors("\"x,1\";\"x2\"\n\"1\";\"é\"\n");
    assert!(
        quoted[0].starts_with("points.csv:2:5: column 'x2': expected a number, found 'é';"),
        "{quoted:?}"
    );
    let blanks = errors("x1 x2\n  1   b\n");
    assert!(
        blanks[0].starts_with("points.csv:2:7: column 'x2': expected a number, found 'b';"),
        "{blanks:?}"
    );
}

#[test]
fn empty_cells_and_numbers_that_are_not_finite_are_refused() {
    let found = errors("x1,x2,y\n0,,1\nnan,1,inf\n");
    assert!(found[0].starts_with("points.csv:2:3: column 'x2': expected a number, found an empty cell;"));
    assert!(found[1].starts_with("points.csv:3:1: column 'x1': expected a finite number, found 'nan',"));
    assert!(found[2].starts_with("points.csv:3:7: column 'y': expected a finite number, found 'inf',"));
}

#[test]
fn ragged_rows_say_what_is_missing_or_too_much() {
    assert_eq!(
        errors("x1,x2,y\n0,1\n1,1,0,5\n1,1,0\n"),
        [
            "points.csv:2: expected 3 cells, found 2; write a number for each of x1, x2, y",
            "points.csv:3: expected 3 cells, found 4; remove what is too much; cells are separated by ','"
        ]
    );
}

#[test]
fn a_first_line_of_words_and_numbers_is_not_taken_for_a_header() {
    let found = errors("id,2019,2020\n1,2,3\n");
    assert!(found[0].starts_with("points.csv:1:1: column 'col1': expected a number, found 'id';"));
    assert!(found[0].ends_with("if this line is the header, no name in it may be a number"));
}

#[test]
fn a_name_may_stand_only_once() {
    assert_eq!(
        errors("x,y, x\n1,2,3\n"),
        ["points.csv:1:6: column 'x': this name stands twice in the header; give each column its own name"]
    );
}

#[test]
fn a_file_without_rows_is_refused() {
    for text in ["", "\n\n", "# only a comment\n", "\u{feff}"] {
        assert!(errors(text)[0].starts_with("points.csv: the file is empty; write a header such as x1,x2,y"));
    }
    let header = "points.csv:2: the file has a header (x, y) but no rows; write a row of numbers on each line below it";
    assert_eq!(errors("\nx,y\n"), [header]);
}

#[test]
fn bytes_that_are_not_utf8_are_placed() {
    let expected = "points.csv:2:3: expected UTF-8 text, found the byte 0xE9; save the file as UTF-8";
    assert_eq!(errors(b"x,y\n1,\xe9\n"), [expected]);
    assert!(errors(b"PK\x03\x04\xff")[0].contains("save it as CSV"));
}

#[test]
fn an_open_quote_is_recognised() {
    let found = errors("x,y\n1,\"2\n3,4\n5,6\n");
    assert!(
        found[0].starts_with("points.csv:2:3: column 'y': expected a number, found '2\\n3,4\\n5,6'"),
        "{found:?}"
    );
    assert!(found[0].ends_with("close the quote on the line on which it opens"));
}

#[test]
fn all_errors_are_reported_up_to_twenty_and_the_others_counted() {
    let found = errors(format!("x\n{}", "a\n".repeat(100)));
    assert_eq!(found.len(), 21);
    assert_eq!(
        found[19],
        "points.csv:21:1: column 'x': expected a number, found 'a'; write a number such as 0.5"
    );
    assert_eq!(found[20], "points.csv: 80 more errors were found; mend those above first");
}

proptest! {
    #[test]
    fn any_bytes_give_a_table_or_errors(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes, "points.csv");
    }

    #[test]
    fn any_text_of_a_table_gives_a_finite_table_or_errors_with_places(text in "[0-9a,; |#\"\\-.\t\r\n\u{a0}é]{0,80}") {
        match read(text.as_bytes(), "points.csv") {
            Ok((table, _)) => {
                prop_assert_eq!(table.values.len(), table.rows * table.columns());
                prop_assert!(table.rows > 0 && table.values.iter().all(|value| value.is_finite()));
            }
            Err(errors) => {
                let lines = text.split(['\n', '\r']).count() as u32;
                prop_assert!(errors.iter().all(|error| error.line.unwrap_or(1) <= lines));
                prop_assert!(errors.iter().all(|error| error.column.unwrap_or(1) as usize <= text.chars().count() + 1));
            }
        }
    }

    #[test]
    fn what_is_written_is_read(values in proptest::collection::vec(-1e9..1e9_f64, 1..40), separator in "[,;\t|]") {
        let rows: Vec<String> = values.iter().map(|value| format!("{value}{separator}1")).collect();
        let (table, _) = read(format!("a{separator}b\n{}\n", rows.join("\n")).as_bytes(), "points.csv").unwrap();
        let read: Vec<f64> = (0..table.rows).map(|row| table.row(row)[0]).collect();
        prop_assert_eq!(read, values);
    }
}
