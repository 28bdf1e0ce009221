//! Tables are written, torn, and gone on with.

use super::*;

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("whygrad-rows-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn columns() -> Vec<Column> {
    [("restart", Kind::Count), ("init", Kind::Text), ("first", Kind::MaybeCount), ("loss", Kind::Number)]
        .map(|(name, kind)| Column { name: name.to_owned(), kind })
        .to_vec()
}

fn cells(k: u64) -> [Cell<'static>; 4] {
    let first = if k.is_multiple_of(2) { Cell::Count(10 * k) } else { Cell::Nothing };
    [Cell::Count(k), Cell::Text("uniform(-1, 1)"), first, Cell::Number(1e-7 / (k + 1) as f64)]
}

fn write(path: &Path, rows: u64) {
    let mut file = RowsFile::create(path, &columns()).unwrap();
    (0..rows).for_each(|k| file.row(&cells(k)).unwrap());
    file.finish().unwrap();
}

fn texts(path: &Path) -> Result<Vec<String>, String> {
    let mut all = Vec::new();
    let resumed = RowsFile::resume(path, &columns(), &mut |cells| {
        all.push(cells.join("|"));
        Ok(())
    });
    resumed.map(|_| all).map_err(|error| error.to_string())
}

#[test]
fn a_table_reads_back_with_every_digit() {
    let path = folder("back").join("rows.csv");
    write(&path, 3);
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().nth(1), Some("0,\"uniform(-1, 1)\",0,1e-7"));
    let read = texts(&path).unwrap();
    assert_eq!(read[2], "2|uniform(-1, 1)|20|3.3333333333333334e-8");
    assert_eq!(read[1], "1|uniform(-1, 1)||5e-8");
}

#[test]
fn a_table_torn_anywhere_goes_on_to_the_same_file() {
    let folder = folder("torn");
    let whole = folder.join("whole.csv");
    write(&whole, 5);
    let expected = fs::read(&whole).unwrap();
    for length in 0..expected.len() {
        let path = folder.join("torn.csv");
        fs::write(&path, &expected[..length]).unwrap();
        let mut seen = 0;
        let mut file = RowsFile::resume(&path, &columns(), &mut |_| {
            seen += 1;
            Ok(())
        })
        .unwrap();
        (seen..5).for_each(|k| file.row(&cells(k)).unwrap());
        file.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), expected, "torn after {length} bytes");
    }
}

#[test]
fn what_is_no_table_of_this_run_is_refused_and_left_alone() {
    let folder = folder("other");
    let path = folder.join("rows.csv");
    fs::write(&path, "a,b\n1,2\n").unwrap();
    assert!(texts(&path).unwrap_err().contains("the columns are 'a,b', expected 'restart,init,first,loss'"));
    fs::write(&path, "restart,init,first,loss\n1,2\n").unwrap();
    assert!(texts(&path).unwrap_err().contains("line 2: 2 cells, expected 4"));
    let error = RowsFile::resume(&path, &columns(), &mut |_| Err("no".into())).err().unwrap();
    assert!(error.to_string().contains("line 2"), "{error}");
    assert!(RowsFile::create(&path, &columns()).err().unwrap().to_string().contains("exists already"));
    assert_eq!(fs::read_to_string(&path).unwrap(), "restart,init,first,loss\n1,2\n");
    let said = |name: &str, resume| check(Path::new(name), resume).unwrap_err().to_string();
    assert!(said("rows.txt", false).contains("name the file .csv or .parquet"));
    assert!(!said("rows.parquet", true).is_empty());
}

#[cfg(feature = "parquet")]
#[test]
fn a_parquet_table_reads_back() {
    use ::parquet::file::reader::{FileReader, SerializedFileReader};
    use ::parquet::record::RowAccessor;

    let folder = folder("parquet");
    let path = folder.join("rows.parquet");
    let rows = (1 << 16) + 10;
    write(&path, rows);
    let reader = SerializedFileReader::new(File::open(&path).unwrap()).unwrap();
    assert_eq!(reader.num_row_groups(), 2);
    let mut seen = 0;
    for (k, row) in reader.get_row_iter(None).unwrap().enumerate() {
        let (k, row) = (k as u64, row.unwrap());
        let signed = k.cast_signed();
        assert_eq!(row.get_long(0).unwrap(), signed);
        assert_eq!(row.get_string(1).unwrap(), "uniform(-1, 1)");
        assert_eq!(row.get_long(2).ok(), k.is_multiple_of(2).then_some(10 * signed));
        assert_eq!(row.get_double(3).unwrap(), 1e-7 / (k + 1) as f64);
        seen += 1;
    }
    assert_eq!(seen, rows);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing half-written is left");
}
