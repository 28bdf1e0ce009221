//! whygrad
