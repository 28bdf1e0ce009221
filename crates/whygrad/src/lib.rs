//! whygrad

pub mod data;
pub mod init;
pub mod random;
