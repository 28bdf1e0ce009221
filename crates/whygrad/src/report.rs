//! Results as JSON documents, figures and texts; every surface says the same.

mod assertion;
mod check;
mod json;
mod messages;
mod odds;
mod onlooker;
mod page;
mod pictures;
mod second_order;
mod why;

pub use assertion::assert_gradient;
pub use check::{check_json, check_text};
pub use json::{evaluation_json, run_json};
pub use messages::{rule_of_right, stop_sentence, term_text};
pub use odds::{
    Screen, Taken, grouped, odds_figure, odds_json, odds_line, odds_text, rate_figure, replays_text,
    settings_json, settings_text,
};
pub use onlooker::Onlooker;
pub use page::{report_html, report_latex};
pub use pictures::{
    Choices, Eye, LandscapeChoices, PictureError, PlaneKind, What, landscape, loss_figure, path_figure,
    picture, side_by_side, spectrum, surface_figure, takes_long, usual_side,
};
pub use second_order::{second_order_json, second_order_text};
pub use why::{spectrum_text, why_json, why_text, wrapped};
