//! A figure's data as one table, to be read by one call such as `pandas.read_csv`.
//!
//! The first line names the columns. Numbers have as many digits as they need to be read back the same; what is not a
//! number is an empty field. Names with commas, quotes or line breaks are quoted (source: RFC 4180).
//!
//! | figure | columns |
//! |---|---|
//! | [`Figure::Lines`] | `series,x,y`, and `low,high` where intervals are drawn. Marks are left out |
//! | [`Figure::Map`], [`Figure::Surface`] | `kind,name,x,y,value`: a row of kind `map` for every sample, then rows of kind `point`, `path`, `border`, and of the kinds of the spots; `distance` where paths have it |
//! | [`Figure::Cells`] | `column,row,value` |
//! | [`Figure::Network`] | `kind,from_layer,from_node,to_layer,to_node,from,to,value`: a row of kind `weight` for every link and one of kind `bias` for every node with a bias. Layers and nodes count from 0 |
//! | [`Figure::Panels`] | `panel,title` and the columns of all its figures; panels count from 1 |

use std::borrow::Cow;

use crate::figure::{Cells, Figure, Lines, Map, Network, PathKind, SpotKind};

/// Writes a figure's data as CSV with `\n` at the end of every line.
///
/// ```
/// use whygrad_plot::{Figure, Lines, Series, csv};
///
/// let lines = Lines { series: vec![Series::line("loss", vec![(0.0, 0.1), (1.0, f64::NAN)])], ..Lines::default() };
/// assert_eq!(csv::render(&Figure::Lines(lines)), "series,x,y\nloss,0,0.1\nloss,1,\n");
/// ```
pub fn render(figure: &Figure) -> String {
    let table = table(figure);
    let mut out = table.header.join(",") + "\n";
    for row in table.rows {
        for (index, cell) in row.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            cell.write(&mut out);
        }
        out.push('\n');
    }
    out
}

/// The data of a figure row by row.
pub(crate) struct Table<'a> {
    /// The names of the columns.
    pub(crate) header: Vec<&'static str>,
    /// The rows, each as long as the header.
    pub(crate) rows: Box<dyn Iterator<Item = Vec<Cell<'a>>> + 'a>,
}

/// One field of a table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    Text(Cow<'a, str>),
    Number(f64),
    Count(usize),
    Empty,
}

impl<'a> Cell<'a> {
    fn text(text: &'a str) -> Self {
        Cell::Text(Cow::Borrowed(text))
    }

    pub(crate) fn write(&self, out: &mut String) {
        match self {
            Cell::Text(text) => out.push_str(&quoted(text)),
            Cell::Number(value) => out.push_str(&shortest(*value)),
            Cell::Count(count) => out.push_str(&count.to_string()),
            Cell::Empty => {}
        }
    }
}

/// Returns a number with the fewest digits that read back the same. What is not finite is empty if it is not a number,
/// else `inf` with its sign.
pub(crate) fn shortest(value: f64) -> String {
    if value.is_nan() {
        return String::new();
    }
    if value != 0.0 && value.is_finite() && !(1e-5..1e16).contains(&value.abs()) {
        return format!("{value:e}");
    }
    format!("{value}")
}

/// Returns a field in quotes where it needs them.
fn quoted(text: &str) -> Cow<'_, str> {
    // Blanks at the ends are part of a field, but some readers cut them off.
    let is_plain = !text.contains([',', '"', '\n', '\r']) && text.trim() == text;
    if is_plain { Cow::Borrowed(text) } else { Cow::Owned(format!("\"{}\"", text.replace('"', "\"\""))) }
}

/// Returns the table of a figure.
pub(crate) fn table(figure: &Figure) -> Table<'_> {
    match figure {
        Figure::Lines(lines) => lines_table(lines),
        Figure::Map(map) => map_table(map),
        Figure::Surface(surface) => map_table(&surface.map),
        Figure::Cells(cells) => cells_table(cells),
        Figure::Network(network) => network_table(network),
        Figure::Panels(panels) => panels_table(&panels.figures),
    }
}

fn lines_table(lines: &Lines) -> Table<'_> {
    let has_bars = lines.series.iter().any(|series| !series.bars.is_empty());
    let mut header = vec!["series", "x", "y"];
    if has_bars {
        header.extend(["low", "high"]);
    }
    let rows = lines.series.iter().flat_map(move |series| {
        series.points.iter().enumerate().map(move |(index, &(x, y))| {
            // An index of a name stands for the name.
            let name = if x >= 0.0 && x.fract() == 0.0 { lines.x_names.get(x as usize) } else { None };
            let place = name.map_or(Cell::Number(x), |name| Cell::text(name));
            let mut row = vec![Cell::text(&series.name), place, Cell::Number(y)];
            if has_bars {
                let bar = series.bars.get(index);
                row.extend(
                    bar.map_or([Cell::Empty, Cell::Empty], |b| [Cell::Number(b.0), Cell::Number(b.1)]),
                );
            }
            row
        })
    });
    Table { header, rows: Box::new(rows) }
}

fn map_table(map: &Map) -> Table<'_> {
    let has_distance = map.paths.iter().any(|path| !path.distance.is_empty());
    let row =
        move |kind: &'static str, name: &'_ str, (x, y): (f64, f64), value: f64, distance: Option<f64>| {
            let name = Cell::Text(Cow::Owned(name.to_owned()));
            let mut row = vec![Cell::text(kind), name, Cell::Number(x), Cell::Number(y), Cell::Number(value)];
            if has_distance {
                row.push(distance.map_or(Cell::Empty, Cell::Number));
            }
            row
        };
    let place = |(low, high): (f64, f64), index: usize, count: usize| {
        let share = index as f64 / (count.max(2) - 1) as f64;
        low * (1.0 - share) + high * share
    };
    let samples = (0..map.rows).flat_map(move |line| {
        (0..map.columns).map(move |column| {
            let at = (place(map.x, column, map.columns), place(map.y, line, map.rows));
            row("map", "", at, map.sample(column, line), None)
        })
    });
    let points = map.points.iter().map(move |point| row("point", "", (point.x, point.y), point.value, None));
    let paths = map.paths.iter().flat_map(move |path| {
        let kind = if path.kind == PathKind::Border { "border" } else { "path" };
        path.points.iter().enumerate().map(move |(index, &at)| {
            let value = path.values.get(index).copied().unwrap_or_else(|| map.at(at.0, at.1));
            row(kind, &path.name, at, value, path.distance.get(index).copied())
        })
    });
    let spots = map.spots.iter().map(move |spot| {
        row(spot_name(spot.kind), &spot.label, (spot.x, spot.y), map.at(spot.x, spot.y), None)
    });
    let mut header = vec!["kind", "name", "x", "y", "value"];
    if has_distance {
        header.push("distance");
    }
    Table { header, rows: Box::new(samples.chain(points).chain(paths).chain(spots)) }
}

/// Returns the word for a kind of spot.
fn spot_name(kind: SpotKind) -> &'static str {
    match kind {
        SpotKind::Plain => "spot",
        SpotKind::Start => "start",
        SpotKind::End => "end",
        SpotKind::Minimum => "minimum",
        SpotKind::Saddle => "saddle",
        SpotKind::Flat => "flat",
        SpotKind::Maximum => "maximum",
    }
}

fn cells_table(cells: &Cells) -> Table<'_> {
    let rows = cells.places().map(|(column, row)| {
        let value = cells.value(column, row).map_or(Cell::Empty, Cell::Number);
        vec![Cell::text(&cells.columns[column]), Cell::text(&cells.rows[row]), value]
    });
    Table { header: vec!["column", "row", "value"], rows: Box::new(rows) }
}

fn network_table(network: &Network) -> Table<'_> {
    let label = |(layer, node): (usize, usize)| {
        let found = network.layers.get(layer).and_then(|layer| layer.nodes.get(node));
        found.map_or(Cell::Empty, |node| Cell::text(&node.label))
    };
    let links = network.links.iter().map(move |link| {
        let ends = [link.from.0, link.from.1, link.to.0, link.to.1].map(Cell::Count);
        let mut row = vec![Cell::text("weight")];
        row.extend(ends);
        row.extend([label(link.from), label(link.to), Cell::Number(link.weight)]);
        row
    });
    let nodes = network.layers.iter().enumerate().flat_map(|(layer, nodes)| {
        nodes.nodes.iter().enumerate().filter_map(move |(index, node)| Some((layer, index, node.bias?)))
    });
    let biases = nodes.map(move |(layer, node, bias)| {
        let mut row = vec![Cell::text("bias"), Cell::Empty, Cell::Empty];
        row.extend([
            Cell::Count(layer),
            Cell::Count(node),
            Cell::Empty,
            label((layer, node)),
            Cell::Number(bias),
        ]);
        row
    });
    let header = vec!["kind", "from_layer", "from_node", "to_layer", "to_node", "from", "to", "value"];
    Table { header, rows: Box::new(links.chain(biases)) }
}

/// One table of all figures: a row has a field for every column of any of them.
fn panels_table(figures: &[Figure]) -> Table<'_> {
    let mut header = vec!["panel", "title"];
    let mut places = Vec::new();
    for figure in figures {
        // A panel of panels has these columns too; its own are the outer ones.
        let columns = table(figure).header;
        let place_of = |name: &&'static str| {
            header.iter().skip(2).position(|known| known == name).map_or_else(
                || {
                    header.push(name);
                    header.len() - 1
                },
                |index| index + 2,
            )
        };
        places.push(columns.iter().map(place_of).collect::<Vec<usize>>());
    }
    let width = header.len();
    let rows = figures.iter().zip(places).enumerate().flat_map(move |(index, (figure, places))| {
        table(figure).rows.map(move |cells| {
            let mut row = vec![Cell::Empty; width];
            (row[0], row[1]) = (Cell::Count(index + 1), Cell::text(figure.title()));
            for (place, cell) in places.iter().zip(cells) {
                row[*place] = cell;
            }
            row
        })
    });
    Table { header, rows: Box::new(rows) }
}
