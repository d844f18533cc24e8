//! What the real launcher makes of an image: environment and start lines.

use std::path::Path;

use end_to_end::parity::{real, rig};
use end_to_end::probe;

/// Variables of the launcher's own, and those that only one of the two can have.
const NOT_OURS: [&str; 9] = [
    "CNB_STACK_ID",
    "CNB_NO_COLOR",
    "CNB_USER_ID",
    "CNB_GROUP_ID",
    "CNB_TARGET_OS",
    "CNB_TARGET_ARCH",
    "PROBE_HELPED",
    "HOME",
    "PWD",
];

#[test]
fn the_environment_of_the_image_is_the_rigs() {
    let mut real = real("0.13", Path::new(env!("CARGO_BIN_EXE_probe")));
    let outcome = real.build().succeeded();
    let image = outcome.image.as_ref().unwrap();
    image.unpack(real.registry(), real.layers().parent().unwrap(), &[&real.layers(), &real.workspace()]);
    let given = [("PROBE_LIST", "given"), ("PROBE_LATE", ""), ("PATH", "/usr/bin:/bin")];
    let output = real.launcher(None, &["--", "/usr/bin/env"]).envs(given).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("PROBE_HELPED=helper saw "), "{text}");

    let mut rig = rig(13);
    let built = rig.build().unwrap();
    let expected = built.environment(&given);
    let mut lines: Vec<_> = expected
        .iter()
        .map(|(name, value)| format!("{}={}", name.to_string_lossy(), value.to_string_lossy()))
        .map(|line| rig.normalise(&line))
        .collect();
    lines.sort();
    let ours = |line: &&str| !NOT_OURS.iter().any(|name| line.starts_with(&format!("{name}=")));
    let mut seen: Vec<_> = text.lines().filter(ours).map(|line| outcome.normalise(line, probe::ID)).collect();
    seen.sort();
    assert_eq!(seen, lines);
}
