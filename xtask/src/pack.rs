//! Calls of `pack` that leave the user's own settings and caches of pack alone.

use crate::home::Home;
use crate::setup::engine::Engine;
use crate::shell::{Call, call, find};

/// `pack` to this engine; images built with another `key` get other cache volumes.
pub fn pack(home: &Home, engine: &Engine, key: &str) -> Call {
    let own = home.join("tools/bin/pack");
    let program = if own.is_file() { own } else { find("pack").unwrap_or(own) };
    engine.reach(call(program)).env("PACK_HOME", home.join("pack")).env("PACK_VOLUME_KEY", key).arg("--no-color")
}
