//! whygrad

pub mod init;
pub mod random;
