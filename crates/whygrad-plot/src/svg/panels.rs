use super::Page;
use crate::figure::Panels;
pub(super) fn draw(_figure: &Panels, _page: &mut Page) {}
