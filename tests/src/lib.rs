//! What the end-to-end tests share: the real lifecycle without an engine, the real pack with one.
// Tests start programs and read the environment; the SDK's ports are not meant for them. And a test has
// nothing better to do than to panic.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::expect_used, clippy::missing_panics_doc)]

pub mod files;
pub mod git_server;
pub mod http;
pub mod image;
pub mod lifecycle;
pub mod member;
pub mod outcome;
pub mod pack;
pub mod parity;
pub mod postgres;
pub mod probe;
pub mod registry;
pub mod run_image;
pub mod tools;
