//! Tables, word for word.

use whygrad_plot::{
    Cells, Figure, Lines, Link, Map, MapPath, MapPoint, Network, NetworkLayer, NetworkNode, Panels, Series,
    Spot, SpotKind, csv,
};

fn lines() -> Lines {
    let points = vec![(0.0, 1.0 / 3.0), (1.0, f64::NAN), (2.0, 1e-300)];
    let bars = vec![(0.25, 0.5)];
    Lines { series: vec![Series::line("sgd, plain", points).with_bars(bars)], ..Lines::default() }
}

#[test]
fn numbers_read_back_the_same_names_are_quoted_and_what_is_no_number_is_empty() {
    let expected = "series,x,y,low,high\n\
                    \"sgd, plain\",0,0.3333333333333333,0.25,0.5\n\
                    \"sgd, plain\",1,,,\n\
                    \"sgd, plain\",2,1e-300,,\n";
    assert_eq!(csv::render(&Figure::Lines(lines())), expected);
}

#[test]
fn words_on_the_axis_stand_in_place_of_their_index() {
    let x_names = vec!["adam".to_owned(), "a \"b\"".to_owned()];
    let series = vec![Series::dots("", vec![(0.0, 5.0), (1.0, 6.0), (2.0, 7.0)])];
    let lines = Lines { x_names, series, ..Lines::default() };
    assert_eq!(csv::render(&lines.into()), "series,x,y\n,adam,5\n,\"a \"\"b\"\"\",6\n,2,7\n");
}

#[test]
fn a_map_is_a_row_for_each_sample_and_then_what_lies_on_it() {
    let map = Map {
        x: (0.0, 2.0),
        y: (0.0, 1.0),
        columns: 3,
        rows: 2,
        values: vec![0.0, 1.0, f64::NAN, 3.0, 4.0, 5.0],
        points: vec![MapPoint { x: 1.0, y: 0.5, value: 1.0, aside: false }],
        paths: vec![MapPath {
            name: "descent".into(),
            points: vec![(0.0, 0.0), (0.5, 0.0)],
            distance: vec![0.0, 0.25],
            values: vec![0.1],
            ..MapPath::default()
        }],
        spots: vec![Spot {
            x: 0.0,
            y: 1.0,
            kind: SpotKind::Saddle,
            label: "saddle".into(),
            ..Spot::default()
        }],
        ..Map::default()
    };
    let expected = "kind,name,x,y,value,distance\n\
                    map,,0,0,0,\nmap,,1,0,1,\nmap,,2,0,,\nmap,,0,1,3,\nmap,,1,1,4,\nmap,,2,1,5,\n\
                    point,,1,0.5,1,\n\
                    path,descent,0,0,0.1,0\npath,descent,0.5,0,0.5,0.25\n\
                    saddle,saddle,0,1,3,\n";
    assert_eq!(csv::render(&map.into()), expected);
}

#[test]
fn cells_and_networks_are_told_by_their_names() {
    let names = |names: [&str; 2]| names.map(String::from).to_vec();
    let cells =
        Cells { columns: names(["a", "b"]), rows: names(["1", "2"]), values: vec![5.0], ..Cells::default() };
    assert_eq!(csv::render(&cells.into()), "column,row,value\na,1,5\nb,1,\na,2,\nb,2,\n");
    let layer = |label: &str, bias| NetworkLayer {
        nodes: vec![NetworkNode { label: label.into(), bias }],
        ..NetworkLayer::default()
    };
    let links = vec![Link { from: (0, 0), to: (1, 0), weight: -2.5 }];
    let network =
        Network { layers: vec![layer("x", None), layer("y", Some(0.5))], links, ..Network::default() };
    let expected = "kind,from_layer,from_node,to_layer,to_node,from,to,value\n\
                    weight,0,0,1,0,x,y,-2.5\nbias,,,1,0,,y,0.5\n";
    assert_eq!(csv::render(&network.into()), expected);
}

#[test]
fn panels_are_one_table_with_the_columns_of_all() {
    let names = vec!["a".to_owned()];
    let cells = Cells {
        title: "rates".into(),
        columns: names.clone(),
        rows: names,
        values: vec![5.0],
        ..Cells::default()
    };
    let series = vec![Series::line("loss", vec![(0.0, 1.0)])];
    let figures = vec![Lines { series, ..Lines::default() }.into(), cells.into()];
    let panels = Panels { figures, columns: 2, ..Panels::default() };
    let expected = "panel,title,series,x,y,column,row,value\n1,,loss,0,1,,,\n2,rates,,,,a,a,5\n";
    assert_eq!(csv::render(&panels.into()), expected);
}
