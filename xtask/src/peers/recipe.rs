//! Starting values and data of the work, from a stated recipe, as files of plain little-endian numbers.
//!
//! Each file is drawn from a key of its own: seed 7, folded by the number in `write` below. XOR nets
//! start from uniform(-3, 3) (W1, W3), or from normal weights with deviations 1, 0.1 (biases) and
//! sqrt(1/32), with a last bias of 0 (W2). Layers of W4 and W5 start from uniform(-b, b), b = 1/sqrt(inputs).
//! W4 has 20,000 rows of 8 normal inputs x, and y = sin(x·w) + x₀x₁/2 + 0.05 noise for a normal w. W5 has
//! 60,000 rows of 784 numbers max(0, normal), and the class where (x - mean of x)·T is largest, for a normal T.

use std::path::Path;

use anyhow::{Context, Result};
use whygrad::random::{Key, Seed, Source, Stream};

use super::work::{NETS, WORKS};

/// Rows of W4.
pub const ROWS_OF_W4: usize = 20_000;
/// Rows of W5, of which the whole batches are used.
pub const ROWS_OF_W5: usize = 60_000;
/// The file that is written last, with the version of the recipe.
const DONE: (&str, &str) = ("recipe.txt", "3\n");

/// Writes the files into a folder, where they are not there yet.
///
/// # Errors
/// Where a file cannot be written.
pub fn write(folder: &Path) -> Result<()> {
    let done = folder.join(DONE.0);
    if std::fs::read_to_string(&done).is_ok_and(|text| text == DONE.1) {
        return Ok(());
    }
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let put = |name: &str, numbers: &[f64]| put(folder, name, numbers);
    // This one learns: many starts of so small a net end on a plateau, where little moves.
    put("w1", &uniform(&mut stream(48), 3.0, 9))?;
    put("w2", &start_of_w2(&mut stream(2)))?;
    put("w3", &uniform(&mut stream(3), 3.0, 9 * NETS))?;
    // Its w is short, so that the sine is learned within the epoch.
    let (inputs, targets) = rows_of_w4(&mut stream(96));
    put("w4_x", &inputs)?;
    put("w4_y", &targets)?;
    for (index, work) in WORKS.iter().enumerate().filter(|(_, work)| work.batch.is_some()) {
        let mut stream = stream(10 + index as u64);
        for (layer, pair) in work.sizes().windows(2).enumerate() {
            let bound = 1.0 / (pair[0] as f64).sqrt();
            let name = work.name.to_lowercase();
            put(&format!("{name}_W{layer}"), &uniform(&mut stream, bound, pair[0] * pair[1]))?;
            put(&format!("{name}_b{layer}"), &uniform(&mut stream, bound, pair[1]))?;
        }
    }
    let (inputs, classes) = rows_of_w5(&mut stream(5));
    save(folder, "w5_x.f32", inputs.iter().flat_map(|x| x.to_le_bytes()))?;
    save(folder, "w5_y.i64", classes.iter().flat_map(|y| y.to_le_bytes()))?;
    std::fs::write(&done, DONE.1).with_context(|| format!("{} cannot be written", done.display()))
}

fn stream(index: u64) -> Stream {
    Key::from_seed(Seed(7)).fold(index).stream()
}

fn uniform(stream: &mut Stream, bound: f64, count: usize) -> Vec<f64> {
    (0..count).map(|_| stream.uniform(-bound, bound)).collect()
}

fn normal(stream: &mut Stream, deviation: f64, count: usize) -> Vec<f64> {
    (0..count).map(|_| stream.normal(0.0, deviation)).collect()
}

/// W (32 x 2), b, v, c.
fn start_of_w2(stream: &mut Stream) -> Vec<f64> {
    let mut all = normal(stream, 1.0, 64);
    all.extend(normal(stream, 0.1, 32));
    all.extend(normal(stream, (1.0_f64 / 32.0).sqrt(), 32));
    all.push(0.0);
    all
}

fn rows_of_w4(stream: &mut Stream) -> (Vec<f64>, Vec<f64>) {
    let weights = normal(stream, 1.0, 8);
    let inputs = normal(stream, 1.0, 8 * ROWS_OF_W4);
    let target = |x: &[f64]| {
        let sum: f64 = x.iter().zip(&weights).map(|(x, w)| x * w).sum();
        libm::sin(sum) + 0.5 * x[0] * x[1] + stream.normal(0.0, 0.05)
    };
    let targets = inputs.chunks(8).map(target).collect();
    (inputs, targets)
}

fn rows_of_w5(stream: &mut Stream) -> (Vec<f32>, Vec<i64>) {
    let weights = normal(stream, 1.0, 784 * 10);
    let inputs: Vec<f32> = (0..784 * ROWS_OF_W5).map(|_| stream.normal(0.0, 1.0).max(0.0) as f32).collect();
    let scores: Vec<[f64; 10]> = inputs
        .chunks(784)
        .map(|row| {
            let mut sums = [0.0; 10];
            for (x, weights) in row.iter().zip(weights.chunks(10)) {
                sums.iter_mut().zip(weights).for_each(|(sum, w)| *sum += f64::from(*x) * w);
            }
            sums
        })
        .collect();
    let mean = |class: usize| scores.iter().map(|row| row[class]).sum::<f64>() / scores.len() as f64;
    let means: Vec<f64> = (0..10).map(mean).collect();
    let best = |row: &[f64; 10]| {
        let over = |class: &u8| row[usize::from(*class)] - means[usize::from(*class)];
        i64::from((0..10).max_by(|a, b| over(a).total_cmp(&over(b))).unwrap_or(0))
    };
    let classes = scores.iter().map(best).collect();
    (inputs, classes)
}

fn put(folder: &Path, name: &str, numbers: &[f64]) -> Result<()> {
    save(folder, &format!("{name}.f64"), numbers.iter().flat_map(|x| x.to_le_bytes()))?;
    save(folder, &format!("{name}.f32"), numbers.iter().flat_map(|&x| (x as f32).to_le_bytes()))
}

fn save(folder: &Path, file: &str, bytes: impl Iterator<Item = u8>) -> Result<()> {
    std::fs::write(folder.join(file), bytes.collect::<Vec<u8>>())
        .with_context(|| format!("{file} cannot be written"))
}

/// Reads numbers of a file `NAME.f64`.
///
/// # Errors
/// Where it is not there.
pub fn read_f64(folder: &Path, name: &str) -> Result<Vec<f64>> {
    Ok(read(folder, &format!("{name}.f64"))?.iter().map(|&bytes| f64::from_le_bytes(bytes)).collect())
}

/// Reads numbers of a file `NAME.f32`.
///
/// # Errors
/// Where it is not there.
pub fn read_f32(folder: &Path, name: &str) -> Result<Vec<f64>> {
    let numbers = read(folder, &format!("{name}.f32"))?;
    Ok(numbers.iter().map(|&bytes| f64::from(f32::from_le_bytes(bytes))).collect())
}

/// Reads the classes of W5.
///
/// # Errors
/// Where they are not there.
pub fn read_classes(folder: &Path) -> Result<Vec<i64>> {
    Ok(read(folder, "w5_y.i64")?.iter().map(|&bytes| i64::from_le_bytes(bytes)).collect())
}

fn read<const SIZE: usize>(folder: &Path, file: &str) -> Result<Vec<[u8; SIZE]>> {
    let bytes = std::fs::read(folder.join(file)).with_context(|| format!("{file} cannot be read"))?;
    Ok(bytes.as_chunks::<SIZE>().0.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recipe_gives_the_same_numbers_every_time_and_each_file_its_own() {
        assert_eq!(uniform(&mut stream(1), 3.0, 9), uniform(&mut stream(1), 3.0, 9));
        assert_ne!(uniform(&mut stream(1), 3.0, 9), uniform(&mut stream(3), 3.0, 9));
    }

    #[test]
    fn the_net_of_w2_has_129_numbers_and_no_last_bias() {
        let start = start_of_w2(&mut stream(2));
        assert_eq!((start.len(), start[128]), (129, 0.0));
    }

    #[test]
    fn the_targets_of_w4_have_the_spread_of_their_formula() {
        let (_, targets) = rows_of_w4(&mut stream(96));
        let square = targets.iter().map(|y| y * y).sum::<f64>() / targets.len() as f64;
        // About 1/2 of the sine, 1/4 of the product, 1/400 of the noise.
        assert!((0.7..0.8).contains(&square), "{square}");
    }
}
