//! whygrad-engine
