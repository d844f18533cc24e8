//! The table of `docs/architecture.md`: what comes back of layers, and what is made of it.

use std::path::Path;

use end_to_end::parity::{Between, Decisions, happen, happen_in_rig, real, rig};
use end_to_end::probe;

const APIS: [u32; 3] = [9, 13, 15];

fn executable() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_probe"))
}

/// Builds, lets something happen, builds again: really and in the rig. The decisions are the same, and
/// are returned.
fn rebuild(between: Between, minor: u32) -> Decisions {
    let api = format!("0.{minor}");
    let (mut real, mut rig) = (real(&api, executable()), rig(minor));
    let first = real.build().succeeded();
    assert_eq!(Decisions::of(&first), Decisions::of_rig(&rig.build().unwrap()), "first build, {api}");
    happen(&mut real, between);
    happen_in_rig(&mut rig, between);
    let second = real.build().succeeded();
    let decisions = Decisions::of(&second);
    assert_eq!(decisions, Decisions::of_rig(&rig.build().unwrap()), "{between:?}, {api}\n{}", second.all());
    decisions
}

/// The same for each Platform API: which layers are made.
fn made(between: Between, expected: &[&str]) {
    for minor in APIS {
        let decisions = rebuild(between, minor);
        let made: Vec<_> = decisions.made.iter().map(String::as_str).collect();
        assert_eq!(made, expected, "{between:?}, 0.{minor}");
    }
}

const ALL: [&str; 7] = ["all", "both", "image", "kept", "shared", "tools", "writer"];

#[test]
fn with_image_and_cache_only_what_the_build_sees_is_made() {
    made(Between::Nothing, &["shared", "tools"]);
}
