//! whygrad-plot
