//! Pages: what every one has, and what none has.

use whygrad_plot::{Figure, Lines, Look, Map, Panels, Series, Surface, html};

fn loss() -> Figure {
    let points = (0..500).map(|k| (f64::from(k), (-f64::from(k) / 50.0).exp())).collect();
    let (x_label, y_label) = ("epoch".into(), "loss".into());
    Lines {
        title: "Loss </script> & more".into(),
        x_label,
        y_label,
        series: vec![Series::line("a<b", points)],
        ..Lines::default()
    }
    .into()
}

fn valley() -> Map {
    let values =
        (0..100).map(|k| f64::from((k % 10 - 5) * (k % 10 - 5) + (k / 10 - 5) * (k / 10 - 5))).collect();
    Map {
        title: "Valley".into(),
        x: (0.0, 1.0),
        y: (0.0, 1.0),
        columns: 10,
        rows: 10,
        values,
        ..Map::default()
    }
}

fn report() -> String {
    let surface = Figure::Surface(Surface { map: valley(), turn: 30.0, tilt: 30.0 });
    let panels = Panels { figures: vec![loss(), Figure::Map(valley())], columns: 2, ..Panels::default() };
    let first = html::Section::new("Run <7>").text("Seed & all.").html("<b>as it is</b>").figure(loss());
    html::page(
        "A <report>",
        &[first, html::Section::new("").code("train\n  -o x").figure(surface).figure(panels.into())],
    )
}

#[test]
fn a_page_asks_for_nothing_from_outside() {
    let page =
        report().replace("http://www.w3.org/2000/svg", "").replace("http://www.w3.org/1998/Math/MathML", "");
    assert!(!page.contains("http:") && !page.contains("https:") && !page.contains("src=\""));
    assert!(page.contains("default-src 'none'"));
    assert!(page.contains("<html lang=\"en\">") && page.contains("width=device-width"));
}

#[test]
fn texts_cannot_break_out_and_html_stays_as_it_is() {
    let page = report();
    assert!(page.contains("<h1>A &lt;report&gt;</h1>") && page.contains("<h2>Run &lt;7&gt;</h2>"));
    assert!(page.contains("<p>Seed &amp; all.</p>") && page.contains("<b>as it is</b>"));
    assert!(page.contains("<pre tabindex=\"0\">train\n  -o x</pre>"));
    assert!(page.contains("\"name\":\"a\\u003cb\""));
    assert_eq!(page.matches("<script").count(), page.matches("</script>").count());
}

#[test]
fn every_name_on_a_page_is_there_once() {
    let page = report();
    let mut names: Vec<&str> =
        page.split(" id=\"").skip(1).filter_map(|rest| rest.split_once('"').map(|(name, _)| name)).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert!(count > 20);
    assert_eq!(names.len(), count);
}

#[test]
fn a_drawing_is_there_once_for_both_grounds_and_its_words_and_data_stand_below() {
    let page = html::render(&Figure::Map(valley()), &Look::default());
    assert_eq!(page.matches("<svg ").count(), 2, "one wide, one narrow");
    assert!(page.contains("prefers-color-scheme: dark) { :root{--") && page.contains("fill=\"var(--ffffff-"));
    assert!(page.contains("<figcaption>The value runs from 0 "));
    assert!(page.contains("<th scope=\"col\">value</th>"));
    assert!(page.contains(
        "download=\"picture-1.csv\" href=\"data:text/csv;charset=utf-8,kind,name,x,y,value%0Amap,,0,0,50%0A"
    ));
    assert_eq!(page.matches("<script>").count(), 0, "what stands still needs no script");
}

#[test]
fn values_over_decades_are_drawn_on_both_axes() {
    let page = html::render(&loss(), &Look::default());
    assert!(
        page.contains("class=\"drawing wide first\"") && page.contains("class=\"drawing narrow second\"")
    );
    let flat = Lines { series: vec![Series::line("", vec![(0.0, 1.0), (1.0, 2.0)])], ..Lines::default() };
    assert!(!html::render(&flat.into(), &Look::default()).contains("wide second"));
}
