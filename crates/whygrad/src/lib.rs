//! whygrad

pub mod random;
