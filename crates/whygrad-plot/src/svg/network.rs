use super::Page;
use crate::figure::Network;
pub(super) fn draw(_figure: &Network, _page: &mut Page) {}
