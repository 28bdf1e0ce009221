//! Tables as Parquet, in row groups of a bounded size.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use super::{Cell, Column, Kind, half_name};

/// Rows that are held in memory until they are written together.
const GROUP: usize = 1 << 16;

/// A file under way.
pub(super) struct Writing {
    path: PathBuf,
    writer: SerializedFileWriter<File>,
    columns: Vec<Held>,
    rows: usize,
}

/// The cells of a column that are not written yet.
enum Held {
    Counts(Vec<i64>),
    /// The counts that are there, and for each row whether it has one.
    MaybeCounts(Vec<i64>, Vec<i16>),
    Numbers(Vec<f64>),
    Texts(Vec<ByteArray>),
}

fn other(error: ParquetError) -> io::Error {
    io::Error::other(error)
}

impl Writing {
    pub(super) fn begin(path: &Path, columns: &[Column]) -> io::Result<Writing> {
        let fields = columns.iter().map(|column| field(column).map(Arc::new)).collect::<Result<Vec<_>, _>>();
        let schema = fields.and_then(|fields| Type::group_type_builder("rows").with_fields(fields).build());
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let file = File::create(half_name(path))?;
        let writer = SerializedFileWriter::new(file, Arc::new(schema.map_err(other)?), Arc::new(properties));
        let held = columns.iter().map(|column| match column.kind {
            Kind::Count => Held::Counts(Vec::new()),
            Kind::MaybeCount => Held::MaybeCounts(Vec::new(), Vec::new()),
            Kind::Number => Held::Numbers(Vec::new()),
            Kind::Text => Held::Texts(Vec::new()),
        });
        Ok(Writing {
            path: path.to_owned(),
            writer: writer.map_err(other)?,
            columns: held.collect(),
            rows: 0,
        })
    }

    pub(super) fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        for (held, cell) in self.columns.iter_mut().zip(cells) {
            match (held, cell) {
                (Held::Counts(all), Cell::Count(count)) => all.push(whole(*count)?),
                (Held::MaybeCounts(all, there), Cell::Count(count)) => {
                    all.push(whole(*count)?);
                    there.push(1);
                }
                (Held::MaybeCounts(_, there), _) => there.push(0),
                (Held::Numbers(all), Cell::Number(number)) => all.push(*number),
                (Held::Texts(all), Cell::Text(text)) => all.push(ByteArray::from(*text)),
                _ => return Err(io::Error::other("a cell that does not fit its column")),
            }
        }
        self.rows += 1;
        if self.rows == GROUP { self.write_group() } else { Ok(()) }
    }

    fn write_group(&mut self) -> io::Result<()> {
        self.rows = 0;
        let mut group = self.writer.next_row_group().map_err(other)?;
        for held in &mut self.columns {
            let Some(mut column) = group.next_column().map_err(other)? else { break };
            let written = match held {
                Held::Counts(all) => column.typed::<Int64Type>().write_batch(all, None, None),
                Held::MaybeCounts(all, there) => {
                    column.typed::<Int64Type>().write_batch(all, Some(there), None)
                }
                Held::Numbers(all) => column.typed::<DoubleType>().write_batch(all, None, None),
                Held::Texts(all) => column.typed::<ByteArrayType>().write_batch(all, None, None),
            };
            written.map_err(other)?;
            column.close().map_err(other)?;
            match held {
                Held::Counts(all) => all.clear(),
                Held::MaybeCounts(all, there) => {
                    all.clear();
                    there.clear();
                }
                Held::Numbers(all) => all.clear(),
                Held::Texts(all) => all.clear(),
            }
        }
        group.close().map_err(other)?;
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        if self.rows > 0 {
            self.write_group()?;
        }
        self.writer.close().map_err(other)?;
        fs::rename(half_name(&self.path), &self.path)
    }
}

/// Parquet's whole numbers have a sign.
fn whole(count: u64) -> io::Result<i64> {
    i64::try_from(count).map_err(|_| io::Error::other(format!("{count} does not fit 63 bits")))
}

fn field(column: &Column) -> Result<Type, ParquetError> {
    let (physical, repetition) = match column.kind {
        Kind::Count => (Physical::INT64, Repetition::REQUIRED),
        Kind::MaybeCount => (Physical::INT64, Repetition::OPTIONAL),
        Kind::Number => (Physical::DOUBLE, Repetition::REQUIRED),
        Kind::Text => (Physical::BYTE_ARRAY, Repetition::REQUIRED),
    };
    Type::primitive_type_builder(&column.name, physical)
        .with_repetition(repetition)
        .with_logical_type((column.kind == Kind::Text).then_some(LogicalType::String))
        .build()
}
