//! Tables of results as files: CSV that grows row by row and can be gone on with, and Parquet.
//!
//! A CSV file is never rewritten, so that an interruption costs at most the row being written; whoever goes on drops
//! that torn row. A Parquet file ends with its directory and is therefore written under another name, and renamed
//! when it is complete.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

#[cfg(feature = "parquet")]
mod parquet;

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A whole number.
    Count,
    /// A whole number, or nothing.
    MaybeCount,
    /// A number.
    Number,
    /// Text.
    Text,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name, in the first line.
    pub name: String,
    /// What its cells hold.
    pub kind: Kind,
}

/// A cell; it has to fit the kind of its column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// A whole number.
    Count(u64),
    /// Nothing.
    Nothing,
    /// A number.
    Number(f64),
    /// Text.
    Text(&'a str),
}

/// A table that cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum RowsError {
    /// The file cannot be reached.
    #[error("{}: {error}", .path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The ending is not one of ours.
    #[error("'{}' says no format that is known: name the file .csv or .parquet", .0.display())]
    Format(PathBuf),
    /// The program was built without Parquet.
    #[error(
        "'{}': this whygrad was built without Parquet; name the file .csv, or build with --features parquet",
        .0.display()
    )]
    WithoutParquet(PathBuf),
    /// Parquet cannot grow.
    #[error("'{}': a Parquet file cannot be gone on with; write .csv where a run is to be resumed", .0.display())]
    NotResumable(PathBuf),
    /// There is something already.
    #[error("{} exists already; go on with it by --resume, or name another file", .0.display())]
    Exists(PathBuf),
    /// The first line is another one.
    #[error("{}: the columns are '{found}', expected '{expected}': it is the table of another run", .path.display())]
    Columns {
        /// Which file.
        path: PathBuf,
        /// The columns in the file.
        found: String,
        /// Those of this run.
        expected: String,
    },
    /// A row that does not read.
    #[error("{}, line {line}: {what}; repair the line, or begin a new file", .path.display())]
    Row {
        /// Which file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        what: String,
    },
}

/// A table being written.
pub struct RowsFile {
    path: PathBuf,
    columns: Vec<Column>,
    format: Format,
}

enum Format {
    Csv(Box<csv::Writer<BufWriter<File>>>),
    #[cfg(feature = "parquet")]
    Parquet(Box<parquet::Writing>),
}

fn is(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case(ending))
}

/// Whether a path says a format that can be written here, and gone on with where that is asked for.
pub fn check(path: &Path, resume: bool) -> Result<(), RowsError> {
    if is(path, "csv") {
        return Ok(());
    }
    if !is(path, "parquet") {
        return Err(RowsError::Format(path.to_owned()));
    }
    if cfg!(not(feature = "parquet")) {
        return Err(RowsError::WithoutParquet(path.to_owned()));
    }
    if resume { Err(RowsError::NotResumable(path.to_owned())) } else { Ok(()) }
}

impl RowsFile {
    /// Begins a table where there is no file yet.
    pub fn create(path: &Path, columns: &[Column]) -> Result<RowsFile, RowsError> {
        check(path, false)?;
        if path.exists() {
            return Err(RowsError::Exists(path.to_owned()));
        }
        let at = |error| RowsError::File { path: path.to_owned(), error };
        #[cfg(feature = "parquet")]
        if is(path, "parquet") {
            let writing = parquet::Writing::begin(path, columns).map_err(at)?;
            return Ok(RowsFile {
                path: path.to_owned(),
                columns: columns.to_vec(),
                format: Format::Parquet(Box::new(writing)),
            });
        }
        let file = OpenOptions::new().write(true).create_new(true).open(path).map_err(at)?;
        let mut writer = csv::Writer::from_writer(BufWriter::new(file));
        writer.write_record(columns.iter().map(|c| &c.name)).map_err(|e| at(e.into()))?;
        let mut rows = RowsFile {
            path: path.to_owned(),
            columns: columns.to_vec(),
            format: Format::Csv(Box::new(writer)),
        };
        rows.flush()?;
        Ok(rows)
    }

    /// Goes on with a CSV table: gives every complete row to `each` as texts, which answers with what is wrong with
    /// it, drops a last row without its end of line, and writes behind them from then on.
    pub fn resume(
        path: &Path,
        columns: &[Column],
        each: &mut dyn FnMut(&[&str]) -> Result<(), String>,
    ) -> Result<RowsFile, RowsError> {
        check(path, true)?;
        let at = |error| RowsError::File { path: path.to_owned(), error };
        let whole = complete(path).map_err(at)?;
        read(path, columns, whole, each)?;
        let mut file = OpenOptions::new().write(true).open(path).map_err(at)?;
        file.set_len(whole).map_err(at)?;
        file.seek(SeekFrom::End(0)).map_err(at)?;
        let mut writer = csv::Writer::from_writer(BufWriter::new(file));
        if whole == 0 {
            writer.write_record(columns.iter().map(|c| &c.name)).map_err(|e| at(e.into()))?;
        }
        Ok(RowsFile {
            path: path.to_owned(),
            columns: columns.to_vec(),
            format: Format::Csv(Box::new(writer)),
        })
    }

    /// The columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Adds a row, with as many cells as there are columns.
    pub fn row(&mut self, cells: &[Cell]) -> Result<(), RowsError> {
        let done = match &mut self.format {
            Format::Csv(writer) => cells
                .iter()
                .try_for_each(|cell| match cell {
                    Cell::Count(count) => writer.write_field(count.to_string()),
                    Cell::Nothing => writer.write_field(""),
                    Cell::Number(number) => writer.write_field(digits(*number)),
                    Cell::Text(text) => writer.write_field(text),
                })
                .and_then(|()| writer.write_record(None::<&[u8]>))
                .map_err(io::Error::from),
            #[cfg(feature = "parquet")]
            Format::Parquet(writing) => writing.row(cells),
        };
        done.map_err(|error| RowsError::File { path: self.path.clone(), error })
    }

    /// Hands what was written to the system, so that it outlives this program.
    pub fn flush(&mut self) -> Result<(), RowsError> {
        match &mut self.format {
            Format::Csv(writer) => {
                writer.flush().map_err(|error| RowsError::File { path: self.path.clone(), error })
            }
            #[cfg(feature = "parquet")]
            Format::Parquet(_) => Ok(()),
        }
    }

    /// Ends the table.
    pub fn finish(mut self) -> Result<(), RowsError> {
        self.flush()?;
        match self.format {
            Format::Csv(_) => Ok(()),
            #[cfg(feature = "parquet")]
            Format::Parquet(writing) => {
                writing.finish().map_err(|error| RowsError::File { path: self.path, error })
            }
        }
    }
}

/// A number with all its digits, with an exponent where it would be long.
fn digits(number: f64) -> String {
    let size = number.abs();
    if size != 0.0 && size.is_finite() && !(1e-5..1e16).contains(&size) {
        format!("{number:e}")
    } else {
        number.to_string()
    }
}

/// How many bytes of a file are whole lines.
fn complete(path: &Path) -> io::Result<u64> {
    let mut reader = BufReader::new(File::open(path)?);
    let (mut read, mut whole, mut line) = (0, 0, Vec::new());
    loop {
        line.clear();
        let length = reader.read_until(b'\n', &mut line)? as u64;
        if length == 0 {
            return Ok(whole);
        }
        read += length;
        if line.ends_with(b"\n") {
            whole = read;
        }
    }
}

/// Reads the first so many bytes of a file.
fn read(
    path: &Path,
    columns: &[Column],
    bytes: u64,
    each: &mut dyn FnMut(&[&str]) -> Result<(), String>,
) -> Result<(), RowsError> {
    let file = File::open(path).map_err(|error| RowsError::File { path: path.to_owned(), error })?;
    let whole = io::Read::take(BufReader::new(file), bytes);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(whole);
    let mut record = csv::StringRecord::new();
    let mut is_first = true;
    loop {
        let line = reader.position().line();
        let wrong = |what: String| RowsError::Row { path: path.to_owned(), line, what };
        if !reader.read_record(&mut record).map_err(|error| wrong(error.to_string()))? {
            return Ok(());
        }
        let cells: Vec<&str> = record.iter().collect();
        if is_first {
            is_first = false;
            let names: Vec<&str> = columns.iter().map(|c| c.name.as_str()).collect();
            if cells != names {
                let (found, expected) = (cells.join(","), names.join(","));
                return Err(RowsError::Columns { path: path.to_owned(), found, expected });
            }
        } else if cells.len() == columns.len() {
            each(&cells).map_err(wrong)?;
        } else {
            return Err(wrong(format!("{} cells, expected {}", cells.len(), columns.len())));
        }
    }
}

/// Writes a small file whole or not at all.
pub fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let half = half_name(path);
    let mut file = File::create(&half)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&half, path)
}

/// The name of a file that is not yet complete.
fn half_name(path: &Path) -> PathBuf {
    let mut half = path.as_os_str().to_owned();
    half.push(".part");
    PathBuf::from(half)
}

#[cfg(test)]
mod tests;
