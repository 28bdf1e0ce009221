#[test]
fn show() { for s in [0,1,2,3,4,5,6,7,8,9,13,14,100,101,102,103,104] { println!("{}", crate::case::case(s)); }
 let mut all = std::collections::BTreeMap::new();
 for s in 0..2600 { let c = crate::case::case(s); for w in c.model.source.split(|c: char| !c.is_alphanumeric() && c != '_') { *all.entry(w.to_owned()).or_insert(0) += 1; } }
 for b in whygrad::expr::functions::BUILT_IN { println!("{} {:?}", b.name, all.get(b.name)); } }
