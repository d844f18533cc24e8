//! What the launch image runs.

pub mod line;
