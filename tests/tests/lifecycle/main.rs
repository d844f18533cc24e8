//! The real phases of the lifecycle on folders, with a registry in memory and no engine.
// A test starts programs and has nothing better to do than to panic.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::expect_used)]

mod go;
mod java;
mod launch;
mod layers;
mod node;
mod plans;
mod sample;
