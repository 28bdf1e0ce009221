//! The error function for languages whose library has none, after fdlibm's `s_erf.c`.
//!
//! Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at `SunPro`, a Sun
//! Microsystems, Inc. business. Permission to use, copy, modify, and distribute this software is
//! freely granted, provided that this notice is preserved.
//!
//! Four ranges of |x|, each with a quotient of two polynomials; good to 1e-15.

use super::expression::float;

/// Numerator below 0.84375.
const PP: &[f64] = &[
    0.12837916709551256,
    -0.3250421072470015,
    -0.02848174957559851,
    -0.005770270296489442,
    -2.3763016656650163e-05,
];
/// Denominator below 0.84375.
const QQ: &[f64] = &[
    1.0,
    0.39791722395915535,
    0.0650222499887673,
    0.005081306281875766,
    0.00013249473800432164,
    -3.960228278775368e-06,
];
/// Numerator below 1.25.
const PA: &[f64] = &[
    -0.0023621185607526594,
    0.41485611868374833,
    -0.3722078760357013,
    0.31834661990116175,
    -0.11089469428239668,
    0.035478304325618236,
    -0.002166375594868791,
];
/// Denominator below 1.25.
const QA: &[f64] = &[
    1.0,
    0.10642088040084423,
    0.540397917702171,
    0.07182865441419627,
    0.12617121980876164,
    0.01363708391202905,
    0.011984499846799107,
];
/// Numerator below 1/0.35.
const RA: &[f64] = &[
    -0.009864944034847148,
    -0.6938585727071818,
    -10.558626225323291,
    -62.375332450326006,
    -162.39666946257347,
    -184.60509290671104,
    -81.2874355063066,
    -9.814329344169145,
];
/// Denominator below 1/0.35.
const SA: &[f64] = &[
    1.0,
    19.651271667439257,
    137.65775414351904,
    434.56587747522923,
    645.3872717332679,
    429.00814002756783,
    108.63500554177944,
    6.570249770319282,
    -0.0604244152148581,
];
/// Numerator beyond.
const RB: &[f64] = &[
    -0.0098649429247001,
    -0.799283237680523,
    -17.757954917754752,
    -160.63638485582192,
    -637.5664433683896,
    -1025.0951316110772,
    -483.5191916086514,
];
/// Denominator beyond.
const SB: &[f64] = &[
    1.0,
    30.33806074348246,
    325.7925129965739,
    1536.729586084437,
    3199.8582195085955,
    2553.0504064331644,
    474.52854120695537,
    -22.44095244658582,
];

/// The notice, line by line.
const NOTICE: [&str; 4] = [
    "The error function, after fdlibm's s_erf.c, good to 1e-15.",
    "Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at SunPro, a Sun",
    "Microsystems, Inc. business. Permission to use, copy, modify, and distribute this software is",
    "freely granted, provided that this notice is preserved.",
];

const RUST: &str = r"fn erf(x: f64) -> f64 {
    fn polynomial(x: f64, coefficients: &[f64]) -> f64 {
        coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
    }
    let size = x.abs();
    if x.is_nan() || size >= 6.0 {
        return if x.is_nan() { x } else { x.signum() };
    }
    if size < 0.84375 {
        let p = polynomial(x * x, &[@PP@]);
        let q = polynomial(x * x, &[@QQ@]);
        return x + x * (p / q);
    }
    if size < 1.25 {
        let p = polynomial(size - 1.0, &[@PA@]);
        let q = polynomial(size - 1.0, &[@QA@]);
        return x.signum() * (0.845062911510467529297 + p / q);
    }
    let s = 1.0 / (x * x);
    let ratio = if size < 1.0 / 0.35 {
        let r = polynomial(s, &[@RA@]);
        r / polynomial(s, &[@SA@])
    } else {
        let r = polynomial(s, &[@RB@]);
        r / polynomial(s, &[@SB@])
    };
    x.signum() * (1.0 - (-x * x - 0.5625 + ratio).exp() / size)
}
";

const JAVASCRIPT: &str = r"function erf(x) {
    const polynomial = (x, coefficients) => coefficients.reduceRight((sum, c) => sum * x + c, 0);
    const size = Math.abs(x);
    if (!(size < 6)) return Math.sign(x);
    if (size < 0.84375) {
        const p = polynomial(x * x, [@PP@]);
        const q = polynomial(x * x, [@QQ@]);
        return x + x * (p / q);
    }
    if (size < 1.25) {
        const p = polynomial(size - 1, [@PA@]);
        const q = polynomial(size - 1, [@QA@]);
        return Math.sign(x) * (0.845062911510467529297 + p / q);
    }
    const s = 1 / (x * x);
    let ratio;
    if (size < 1 / 0.35) {
        const r = polynomial(s, [@RA@]);
        ratio = r / polynomial(s, [@SA@]);
    } else {
        const r = polynomial(s, [@RB@]);
        ratio = r / polynomial(s, [@SB@]);
    }
    return Math.sign(x) * (1 - Math.exp(-x * x - 0.5625 + ratio) / size);
}
";

const JULIA: &str = r"function erf(x)
    size = abs(x)
    if !(size < 6.0)
        return sign(x)
    elseif size < 0.84375
        p = evalpoly(x * x, (@PP@))
        q = evalpoly(x * x, (@QQ@))
        return x + x * (p / q)
    elseif size < 1.25
        p = evalpoly(size - 1.0, (@PA@))
        q = evalpoly(size - 1.0, (@QA@))
        return sign(x) * (0.845062911510467529297 + p / q)
    end
    s = 1.0 / (x * x)
    if size < 1.0 / 0.35
        r = evalpoly(s, (@RA@))
        ratio = r / evalpoly(s, (@SA@))
    else
        r = evalpoly(s, (@RB@))
        ratio = r / evalpoly(s, (@SB@))
    end
    return sign(x) * (1.0 - exp(-x * x - 0.5625 + ratio) / size)
end
";

/// Puts the coefficients into a function's text, and the notice before it.
fn filled(template: &str, comment: &str) -> String {
    let tables =
        [("PP", PP), ("QQ", QQ), ("PA", PA), ("QA", QA), ("RA", RA), ("SA", SA), ("RB", RB), ("SB", SB)];
    let notice: Vec<String> = NOTICE.iter().map(|line| format!("{comment} {line}")).collect();
    let mut text = format!("{}\n{template}", notice.join("\n"));
    for (name, coefficients) in tables {
        let lines: Vec<String> = coefficients
            .chunks(3)
            .map(|line| line.iter().map(|&c| float(c)).collect::<Vec<_>>().join(", "))
            .collect();
        let list = format!("\n            {},\n        ", lines.join(",\n            "));
        text = text.replace(&format!("@{name}@"), &list);
    }
    text
}

/// For Rust.
pub(super) fn rust() -> String {
    filled(RUST, "//")
}

/// For JavaScript.
pub(super) fn javascript() -> String {
    filled(JAVASCRIPT, "//")
}

/// For Julia.
pub(super) fn julia() -> String {
    filled(JULIA, "#")
}
