//! What a component sees.

mod beside;
mod build;
mod dependency;
mod detect;
mod layers;
mod seed;
mod session;
mod surroundings;
mod toolchain;

pub use build::{BuildCx, EnvChanges};
pub use dependency::{Install, Keep};
pub use detect::DetectCx;
pub use layers::{Layer, LayerRequest, NewLayer};
pub use seed::SeedCx;
pub use surroundings::Surroundings;
pub use toolchain::Toolchain;

pub(crate) use session::{Session, State, digest as session_digest};
