//! What can be drawn: plain data, filled by the caller and read by every renderer.

/// One picture.
#[derive(Clone, Debug, PartialEq)]
pub enum Figure {
    /// Curves and dots over one horizontal axis.
    Lines(Lines),
    /// A value over the plane, such as the output of a network with two inputs.
    Map(Map),
    /// A value in every cell of a table, such as a rate over two settings.
    Cells(Cells),
    /// A value over the plane, seen from the side as a landscape.
    Surface(Surface),
    /// Nodes in layers and the connections between them.
    Network(Network),
    /// Several figures side by side.
    Panels(Panels),
}

impl Figure {
    /// Returns the title as the caller wrote it.
    pub fn title(&self) -> &str {
        match self {
            Figure::Lines(lines) => &lines.title,
            Figure::Map(map) => &map.title,
            Figure::Cells(cells) => &cells.title,
            Figure::Surface(surface) => &surface.map.title,
            Figure::Network(network) => &network.title,
            Figure::Panels(panels) => &panels.title,
        }
    }
}

impl From<Lines> for Figure {
    fn from(lines: Lines) -> Self {
        Figure::Lines(lines)
    }
}

impl From<Map> for Figure {
    fn from(map: Map) -> Self {
        Figure::Map(map)
    }
}

impl From<Cells> for Figure {
    fn from(cells: Cells) -> Self {
        Figure::Cells(cells)
    }
}

impl From<Surface> for Figure {
    fn from(surface: Surface) -> Self {
        Figure::Surface(surface)
    }
}

impl From<Network> for Figure {
    fn from(network: Network) -> Self {
        Figure::Network(network)
    }
}

impl From<Panels> for Figure {
    fn from(panels: Panels) -> Self {
        Figure::Panels(panels)
    }
}

/// Curves and dots over one horizontal axis: a loss over epochs, a function and a path on it.
///
/// A series may hold millions of points: every renderer thins it to what a column can show, and
/// keeps the lowest and highest point of each column. A point with a coordinate that is not finite
/// (or not positive on a logarithmic axis) is a gap, and is counted in the words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lines {
    /// What the picture shows; may be empty.
    pub title: String,
    /// What runs to the right, such as `epoch`.
    pub x_label: String,
    /// What runs upwards, such as `loss`.
    pub y_label: String,
    /// Whether equal steps to the right are equal factors.
    pub x_log: bool,
    /// Whether equal steps upwards are equal factors.
    pub y_log: bool,
    /// Words in place of numbers to the right: x is then the index of a name, from 0, and `x_log` and `x_reach` have
    /// no say. Empty for numbers.
    pub x_names: Vec<String>,
    /// Whether only whole numbers have a meaning to the right, as with epochs: no tick is put between them.
    pub x_whole: bool,
    /// Ends that the horizontal axis reaches at least.
    pub x_reach: Option<(f64, f64)>,
    /// Ends that the vertical axis reaches at least, such as 0 and 100 for a share in percent. Nothing is added to them.
    pub y_reach: Option<(f64, f64)>,
    /// The curves, the first one drawn lowest.
    pub series: Vec<Series>,
    /// Vertical lines at places worth a name.
    pub marks: Vec<Mark>,
    /// Sentences that belong to the picture: written below it, and told with the words.
    pub notes: Vec<String>,
}

/// One named sequence of points, in the order in which it is drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// The name in the legend and the words; may be empty when it is the only one.
    pub name: String,
    /// The points `(x, y)`. A path may turn back, so x need not increase.
    pub points: Vec<(f64, f64)>,
    /// Whether the points are joined.
    pub style: Style,
    /// The low and the high end of an interval around each point, drawn as bars, or as a band where the bars would
    /// touch. Points beyond the last bar have none.
    pub bars: Vec<(f64, f64)>,
    /// Whether the words pass over it, because a note or another series tells what it shows. What of it cannot be drawn is
    /// named all the same.
    pub silent: bool,
}

impl Series {
    /// Returns a series whose points are joined.
    pub fn line(name: impl Into<String>, points: Vec<(f64, f64)>) -> Self {
        Series { name: name.into(), points, style: Style::Line, ..Series::default() }
    }

    /// Returns a series whose points are drawn one by one.
    pub fn dots(name: impl Into<String>, points: Vec<(f64, f64)>) -> Self {
        Series { name: name.into(), points, style: Style::Dots, ..Series::default() }
    }

    /// Returns the series with an interval around each point.
    pub fn with_bars(mut self, bars: Vec<(f64, f64)>) -> Self {
        self.bars = bars;
        self
    }

    /// Returns the series as one that the words pass over.
    pub fn silent(mut self) -> Self {
        self.silent = true;
        self
    }
}

/// How a series is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// Neighbouring points are joined by straight lines.
    #[default]
    Line,
    /// Each point is a dot.
    Dots,
    /// Each point is the top of a column that stands on zero, as wide as the points are apart: a histogram.
    Columns,
}

/// A vertical line with a name, such as the epoch at which a plateau ends.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mark {
    /// Where the line stands.
    pub x: f64,
    /// What is written beside it.
    pub label: String,
}

/// A value over a rectangle of the plane, sampled on an even grid.
///
/// The samples include the edges: column 0 lies at `x.0` and the last column at `x.1`; row 0 lies
/// at `y.0`, which is drawn at the bottom. A sample that is missing or not finite is a gap.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map {
    /// What the picture shows; may be empty.
    pub title: String,
    /// The name of the input that runs to the right.
    pub x_label: String,
    /// The name of the input that runs upwards.
    pub y_label: String,
    /// The first and last place to the right.
    pub x: (f64, f64),
    /// The lowest and highest place upwards.
    pub y: (f64, f64),
    /// Whether only whole numbers have a meaning to the right, as with epochs: no tick is put between them.
    pub x_whole: bool,
    /// How many samples one row has.
    pub columns: usize,
    /// How many rows there are.
    pub rows: usize,
    /// The samples, row after row, `rows * columns` of them.
    pub values: Vec<f64>,
    /// What the samples are, such as `loss`; may be empty.
    pub value_label: String,
    /// Whether equal steps of colour are equal factors. Samples that are not positive are gaps then.
    pub value_log: bool,
    /// The value at which the two sides part, such as 0.5 for a classifier.
    pub level: Option<f64>,
    /// Whether contour lines are drawn at round values, besides the level.
    pub contours: bool,
    /// Data points to draw on the surface.
    pub points: Vec<MapPoint>,
    /// Ways across the plane: a descent, the line of a hidden unit.
    pub paths: Vec<MapPath>,
    /// Single places with a name: where a path begins and ends, a saddle.
    pub spots: Vec<Spot>,
    /// Sentences that belong to the picture: written below it, and told with the words.
    pub notes: Vec<String>,
    /// The value at which the targets of the points part, where it is not the level: the points are then of two kinds,
    /// though the samples have no two sides. `None` for the level.
    pub classes: Option<f64>,
}

/// A way across a [`Map`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MapPath {
    /// The name in the legend and the words.
    pub name: String,
    /// The points `(x, y)` in the order of the way. What lies beyond the map is cut off.
    pub points: Vec<(f64, f64)>,
    /// How far each point of the way lies from the drawn plane, in the units of the axes. The farther, the paler the
    /// way. Empty where all of it lies in the plane.
    pub distance: Vec<f64>,
    /// The share of the way that the plane holds, from 0 to 1. `None` where the way has nowhere else to be.
    pub held: Option<f64>,
    /// The true value at each point, which differs from the surface beneath where the way is out of the plane. Empty
    /// where it is the surface's.
    pub values: Vec<f64>,
    /// How many epochs have passed at each point. Empty where each point is a step.
    pub epochs: Vec<u64>,
    /// How the way is drawn.
    pub kind: PathKind,
}

/// What a [`MapPath`] is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PathKind {
    /// A sequence of steps: a line with its steps as dots where they are few.
    #[default]
    Steps,
    /// A line that parts the plane, on which what it is named after is undecided: dashed.
    Border,
}

/// A place on a [`Map`] with a name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spot {
    /// Its place to the right.
    pub x: f64,
    /// Its place upwards.
    pub y: f64,
    /// What it is, which decides its shape.
    pub kind: SpotKind,
    /// What is written beside it, such as `start` or `saddle, loss 0.125`.
    pub label: String,
    /// The value there, for the words: what the label says in short.
    pub value: Option<f64>,
    /// What the words tell of it besides, such as `flat in 5 of 9 directions`; may be empty.
    pub detail: String,
    /// How far it lies from the drawn plane, in the units of the axes.
    pub distance: f64,
}

/// What a [`Spot`] is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SpotKind {
    /// A place of no further meaning.
    #[default]
    Plain,
    /// Where a path begins.
    Start,
    /// Where a path ends.
    End,
    /// A stationary point that is a minimum.
    Minimum,
    /// A stationary point that falls in one direction and rises in another.
    Saddle,
    /// A stationary point that is flat in some direction.
    Flat,
    /// A stationary point that is a maximum.
    Maximum,
}

/// A [`Map`] as a landscape: its samples are heights. Points, paths and spots stand on it, a path at its own values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Surface {
    /// The heights and what stands on them. The level is drawn as a line on the surface.
    pub map: Map,
    /// How far the landscape is turned about the vertical, in degrees: 0 looks along the upward axis of the map.
    pub turn: f64,
    /// How far the eye is lifted above the plane, in degrees: 0 is from the side, 90 from above.
    pub tilt: f64,
}

/// Nodes in layers, and the weights between them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Network {
    /// What the picture shows; may be empty.
    pub title: String,
    /// The layers from the inputs to the outputs.
    pub layers: Vec<NetworkLayer>,
    /// The connections.
    pub links: Vec<Link>,
    /// Sentences that belong to the picture: written below it, and told with the words.
    pub notes: Vec<String>,
}

/// A layer of a [`Network`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NetworkLayer {
    /// What is written below the layer, such as `tanh`.
    pub name: String,
    /// The nodes that are drawn, from top to bottom.
    pub nodes: Vec<NetworkNode>,
    /// How many further nodes the layer has that are not drawn.
    pub more: usize,
}

/// A node of a [`Network`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NetworkNode {
    /// What is written on or beside it, such as `x1`.
    pub label: String,
    /// Its bias, shown by the colour and width of its edge, if it has one.
    pub bias: Option<f64>,
}

/// A connection of a [`Network`]: its width is the size of the weight, its colour and dashing the sign.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Link {
    /// The layer and the node where it begins, each from 0.
    pub from: (usize, usize),
    /// The layer and the node where it ends, each from 0.
    pub to: (usize, usize),
    /// The weight.
    pub weight: f64,
}

/// Several figures side by side, each with its own title.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Panels {
    /// What they show together; may be empty.
    pub title: String,
    /// The figures, row after row.
    pub figures: Vec<Figure>,
    /// How many stand in one row at most, where there is room for them.
    pub columns: usize,
    /// Sentences that belong to all of them: written below, and told first in the words.
    pub notes: Vec<String>,
    /// Sentences that tell what they show together, in place of the words of each in turn; empty for those.
    pub summary: Vec<String>,
}

/// A data point on a [`Map`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MapPoint {
    /// Its place to the right.
    pub x: f64,
    /// Its place upwards.
    pub y: f64,
    /// Its target, to be compared with the level.
    pub value: f64,
    /// Whether it lies beside the drawn plane, which shows a slice through more inputs: it is drawn smaller, and the
    /// value beneath is not its own.
    pub aside: bool,
}

/// A value in every cell of a table whose columns and rows have names: a rate over two settings, a table of counts.
///
/// Nothing is interpolated, so that the names may be words in any order. A value that is missing or not finite is an
/// empty cell, and is counted in the words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cells {
    /// What the picture shows; may be empty.
    pub title: String,
    /// What the columns differ in.
    pub x_label: String,
    /// What the rows differ in.
    pub y_label: String,
    /// The names of the columns, from left to right.
    pub columns: Vec<String>,
    /// The names of the rows, from the bottom upwards.
    pub rows: Vec<String>,
    /// The values, row after row, `rows * columns` of them.
    pub values: Vec<f64>,
    /// The values at which the colours begin and end, such as 0 and 100 for a share in percent; `None` for the lowest
    /// and the highest value. What lies beyond has the colour of the end.
    pub range: Option<(f64, f64)>,
}
