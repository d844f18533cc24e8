//! Logins for private modules.

use super::{failure, module_app};

#[test]
fn a_netrc_binding_reaches_go_and_nothing_else() {
    let mut rig = module_app();
    rig.binding("git", "netrc", &[(".netrc", "machine git.example login me password s3cret")]);
    let built = rig.build().unwrap();
    let netrc = built.children[0].env.text("NETRC").unwrap();
    assert!(netrc.ends_with("/bindings/git/.netrc"), "{netrc}");
    assert!(!built.log.contains("s3cret") && !built.tree().contains("s3cret"));
    assert!(rig.build().unwrap().ran.is_empty(), "a login shapes nothing");
}

#[test]
fn a_netrc_binding_without_its_file_is_named() {
    let mut rig = module_app();
    insta::assert_snapshot!("netrc_without_its_file", failure(rig.binding("git", "netrc", &[("password", "s3cret")])));
}

#[test]
fn git_credentials_reach_go() {
    let mut rig = module_app();
    rig.binding(
        "git",
        "git-credentials",
        &[("credentials", "protocol=https\nhost=git.example\nusername=me\npassword=s3cret\n")],
    );
    let built = rig.build().unwrap();
    assert!(built.children[0].env.text("GIT_CONFIG_GLOBAL").is_some());
    assert!(!built.log.contains("s3cret"), "{}", built.log);
    assert!(!built.tree().contains("s3cret"));
}
