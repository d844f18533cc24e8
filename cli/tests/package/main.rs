//! Runs `libpack package` on small bash buildpacks.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests make folders, run the tool and may fail loudly"
)]

mod content;
mod offline;
mod rig;
mod same_bytes;
mod seeds;
