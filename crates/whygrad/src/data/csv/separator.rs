//! Cutting text into cells: which character separates them, and where each cell begins.

use super::Record;

/// What stands between two cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    Semicolon,
    Tab,
    Bar,
    Comma,
    /// Any run of spaces and tabs.
    Blanks,
}

impl Separator {
    /// The first kind that stands in most of the first lines. A comma comes late, since with a semicolon or a
    /// tab it may be a decimal comma; blanks come last, since they may stand beside any other.
    fn of(text: &str) -> Self {
        let lines: Vec<&str> = text.lines().filter(|line| !is_passed_over(line)).take(50).collect();
        let most = |separator: &Self| {
            let divided = lines.iter().filter(|line| separator.divides(line)).count();
            divided * 2 > lines.len()
        };
        [Self::Semicolon, Self::Tab, Self::Bar, Self::Comma, Self::Blanks]
            .into_iter()
            .find(most)
            .unwrap_or(Self::Comma)
    }

    fn divides(self, line: &str) -> bool {
        let unquoted = line.split('"').step_by(2);
        match self {
            Self::Blanks => line.split_whitespace().nth(1).is_some(),
            _ => unquoted.into_iter().any(|part| part.as_bytes().contains(&self.byte())),
        }
    }

    fn byte(self) -> u8 {
        match self {
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Bar => b'|',
            Self::Comma => b',',
            Self::Blanks => b' ',
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Semicolon => "';'",
            Self::Tab => "tabs",
            Self::Bar => "'|'",
            Self::Comma => "','",
            Self::Blanks => "blanks",
        }
    }

    pub(super) fn decimal_comma(self) -> bool {
        self == Self::Semicolon
    }
}

fn is_passed_over(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || line.starts_with('#')
}

/// A text and its separator.
pub(super) struct Text<'a> {
    whole: &'a str,
    pub(super) separator: Separator,
    /// The bytes of the text, each in its place, as the reader of records understands them: lines to be
    /// passed over are filled with `#`, every line ends with a line feed, and blanks that separate are spaces.
    bytes: Vec<u8>,
}

impl<'a> Text<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut bytes = text.as_bytes().to_vec();
        if !bytes.contains(&b'\n') {
            bytes.iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
        }
        let separator = Separator::of(&String::from_utf8_lossy(&bytes));
        let mut start = 0;
        for line in bytes.split_inclusive_mut(|byte| *byte == b'\n') {
            let end = start + line.len();
            let passed_over = text.get(start..end).is_some_and(is_passed_over);
            if passed_over {
                line.iter_mut().filter(|byte| !matches!(byte, b'\n' | b'\r')).for_each(|byte| *byte = b'#');
            }
            if separator == Separator::Blanks {
                line.iter_mut().filter(|byte| **byte == b'\t').for_each(|byte| *byte = b' ');
            }
            start = end;
        }
        Self { whole: text, separator, bytes }
    }

    /// Hands over one record after the other.
    pub(super) fn each_record(&self, mut take: impl FnMut(Record<'_>)) {
        let mut reader = ::csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .comment(Some(b'#'))
            .delimiter(self.separator.byte())
            .from_reader(&self.bytes[..]);
        let mut record = ::csv::StringRecord::new();
        // The bytes are in memory and are UTF-8 outside comments, and records may differ in length: no error
        // is left that the reader could give.
        while let Ok(true) = reader.read_record(&mut record) {
            let cells = record.iter().map(unwrapped);
            let cells: Vec<&str> = match self.separator {
                Separator::Blanks => cells.filter(|cell| !cell.is_empty()).collect(),
                _ => cells.collect(),
            };
            if cells.is_empty() {
                continue;
            }
            let (byte, line) =
                record.position().map_or((0, 1), |at| (at.byte() as usize, at.line() as usize));
            let start = self.record_start(byte);
            let line = line + self.line_ends(byte, start);
            let place = |index: usize| {
                let cell = self.cell_start(start, index);
                let before = self.whole.get(..cell).unwrap_or_default();
                let column = before.rsplit(['\n', '\r']).next().unwrap_or_default().chars().count() + 1;
                (line + self.line_ends(start, cell), column)
            };
            take(Record { cells, line, place: &place });
        }
    }

    fn line_ends(&self, from: usize, to: usize) -> usize {
        self.bytes.get(from..to).unwrap_or_default().split(|byte| *byte == b'\n').count() - 1
    }

    /// Where the record begins that the reader found from this byte on: after empty lines and comments.
    fn record_start(&self, mut byte: usize) -> usize {
        loop {
            match self.bytes.get(byte) {
                Some(b'\n' | b'\r') => byte += 1,
                Some(b'#') => {
                    let length = self.bytes[byte..].iter().position(|byte| *byte == b'\n');
                    byte = length.map_or(self.bytes.len(), |length| byte + length + 1);
                }
                _ => return byte,
            }
        }
    }

    /// Where a cell of the record begins that begins at this byte.
    fn cell_start(&self, mut byte: usize, index: usize) -> usize {
        byte = self.after_blanks(byte);
        for _ in 0..index {
            let mut quoted = self.bytes.get(byte) == Some(&b'"');
            byte += usize::from(quoted);
            while let Some(found) = self.bytes.get(byte) {
                if *found == b'"' {
                    quoted = !quoted;
                } else if *found == self.separator.byte() && !quoted {
                    break;
                }
                byte += 1;
            }
            byte = self.after_blanks((byte + 1).min(self.bytes.len()));
        }
        byte
    }

    fn after_blanks(&self, byte: usize) -> usize {
        let rest = self.bytes.get(byte..).unwrap_or_default();
        byte + rest.iter().take_while(|byte| **byte == b' ').count()
    }
}

/// The cell without blanks around it, and without quotes that blanks before them hid from the reader.
fn unwrapped(cell: &str) -> &str {
    let cell = cell.trim();
    cell.strip_prefix('"').and_then(|cell| cell.strip_suffix('"')).unwrap_or(cell).trim()
}
