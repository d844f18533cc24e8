//! The rig's resolution of plans against the real detector and builder.

use end_to_end::member::{Planned, in_lifecycle, in_rig};

/// Both say the same of the group.
#[track_caller]
fn same(group: &[Planned]) -> Option<end_to_end::member::Parts> {
    let (rig, real) = (in_rig(group), in_lifecycle("0.13", group));
    assert_eq!(rig, real, "{group:?}");
    real
}

fn ours() -> Planned {
    Planned::new("ours", &["ours"], &["ours", "node"])
        .or(&["ours", "node"], &["ours", "node"])
        .or(&["ours", "node", "npm"], &["ours", "node"])
}

#[test]
fn alone_the_alternative_that_provides_is_taken() {
    let parts = same(&[ours()]).unwrap();
    assert_eq!(parts["plan/ours"], ["node from plan/ours", "ours from plan/ours"]);
}
