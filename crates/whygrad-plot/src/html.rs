//! stub
use crate::figure::Figure;
use crate::format::Look;
/// stub
pub fn render(_figure: &Figure, _look: &Look) -> String { String::new() }
/// stub
#[derive(Default)]
pub struct Section;
impl Section {
/// stub
pub fn new(_h: &str)->Self{Section}
/// stub
pub fn text(self,_h: &str)->Self{Section}
/// stub
pub fn figure(self,_h: Figure)->Self{Section}
}
/// stub
pub fn page(_t: &str, _s: &[Section]) -> String { String::new() }
