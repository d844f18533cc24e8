//! The rig's resolution of plans against the real detector and builder: who takes part, and which
//! entries reach whom.

use end_to_end::member::{Parts, Planned, in_lifecycle, in_rig};

/// Both say the same of the group.
#[track_caller]
fn same(group: &[Planned]) -> Option<Parts> {
    let (rig, real) = (in_rig(group), in_lifecycle("0.13", group));
    assert_eq!(rig, real, "{group:?}");
    real
}

/// As the Node.js buildpack's: it would rather have its neighbours provide.
fn ours() -> Planned {
    Planned::new("ours", &["ours"], &["ours", "node"])
        .or(&["ours", "node"], &["ours", "node"])
        .or(&["ours", "node", "npm"], &["ours", "node"])
}

fn provider() -> Planned {
    Planned::new("theirs", &["node"], &[])
}

fn consumer(name: &str) -> Planned {
    Planned::new("consumer", &[], &[name])
}

#[test]
fn alone_the_alternative_that_provides_is_taken() {
    let parts = same(&[ours()]).unwrap();
    assert_eq!(parts["plan/ours"], ["node from plan/ours", "ours from plan/ours"]);
}

#[test]
fn a_provider_before_us_gets_our_requirement() {
    let parts = same(&[provider(), ours()]).unwrap();
    assert_eq!(parts["plan/theirs"], ["node from plan/ours"]);
    assert_eq!(parts["plan/ours"], ["ours from plan/ours"]);
}

#[test]
fn a_provider_before_us_that_may_be_left_out_stays_when_it_is_needed() {
    let parts = same(&[provider().optional(), ours()]).unwrap();
    assert_eq!(parts["plan/theirs"], ["node from plan/ours"]);
}

#[test]
fn a_consumer_after_us_makes_us_provide_more() {
    let parts = same(&[ours(), consumer("npm")]).unwrap();
    assert_eq!(parts["plan/ours"], ["node from plan/ours", "npm from plan/consumer", "ours from plan/ours"]);
}

#[test]
fn a_consumer_before_us_is_unmet_and_goes_if_it_may() {
    assert_eq!(same(&[consumer("npm"), ours()]), None);
    let parts = same(&[consumer("npm").optional(), ours()]).unwrap();
    assert!(!parts.contains_key("plan/consumer"));
}

#[test]
fn a_consumer_with_another_way_takes_it_before_us_and_not_after_us() {
    let flexible = || consumer("node").or(&[], &[]);
    let before = same(&[flexible(), ours()]).unwrap();
    assert_eq!(before["plan/ours"], ["node from plan/ours", "ours from plan/ours"]);
    let after = same(&[ours(), flexible()]).unwrap();
    assert_eq!(after["plan/ours"].len(), 3);
}

#[test]
fn of_two_providers_the_earlier_gets_all() {
    let second = Planned::new("second", &["node"], &[]);
    let parts = same(&[provider(), second, ours()]).unwrap();
    assert_eq!(parts["plan/theirs"], ["node from plan/ours"]);
    assert!(parts["plan/second"].is_empty());
}

#[test]
fn a_provider_after_us_that_nobody_needs_fails_the_group_or_goes() {
    assert_eq!(same(&[ours(), provider()]), None);
    assert!(!same(&[ours(), provider().optional()]).unwrap().contains_key("plan/theirs"));
}

#[test]
fn two_copies_of_one_service_do_not_both_act() {
    let copy = |id: &str| Planned::new(id, &["ca-certificates"], &["ca-certificates"]);
    let parts = same(&[copy("one"), copy("two")]).unwrap();
    assert_eq!(parts["plan/one"].len(), 2);
    assert!(parts["plan/two"].is_empty());
}

#[test]
fn of_a_group_that_may_all_be_left_out_somebody_must_stay() {
    assert_eq!(same(&[provider().optional(), consumer("npm").optional()]), None);
}

/// Small plans in every order and optionality: what nobody thought of.
#[test]
fn groups_of_three_resolve_the_same() {
    let plans = [
        Planned::new("a", &["x"], &[]).or(&[], &["y"]),
        Planned::new("b", &["y"], &["x"]).or(&["y"], &[]),
        Planned::new("c", &[], &["y", "x"]).or(&["x"], &["x"]),
    ];
    let mut passed = 0;
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        for optional in 0..8 {
            let member = |at: usize| plans[order[at]].clone().with_optional(optional & (1 << at) != 0);
            passed += usize::from(same(&[member(0), member(1), member(2)]).is_some());
        }
    }
    assert!(passed > 0);
}
