//! Ready-made components: what every language shares.

pub mod ca_certificates;
pub mod git;
pub mod procfile;
