//! What goes into a package, and what stops one.

use indoc::indoc;

use crate::rig::{DESCRIPTOR, Rig, listing};

#[test]
fn include_files_name_all_that_is_packaged() {
    let metadata = indoc! {r#"

        [metadata]
        include-files = ["bin/build", "bin/detect", "buildpack.toml", "share", "linux/amd64/data", "linux/arm64/data"]
        pre-package = "mkdir -p share && echo made > share/made"
    "#};
    let rig = Rig::new(&format!("{DESCRIPTOR}{metadata}"));
    rig.file("share/text", "shared", 0o600);
    rig.file("data", "of no platform", 0o644);
    rig.file("linux/amd64/data", "of amd64", 0o644);
    rig.file("secret", "not named", 0o644);
    rig.package().assert().success();
    let files = listing(&rig.packaged());
    let text = |name: &str| String::from_utf8(files[name].1.clone()).unwrap();
    assert_eq!(text("data"), "of amd64");
    assert_eq!(files["share/text"].0, 0o644);
    assert_eq!(text("share/made"), "made\n");
    assert!(!files.contains_key("secret"));
    assert!(text("buildpack.toml").contains("name = \"Bash\" # a name"), "the rest stays as it was written");
}

#[test]
fn what_is_not_there_or_points_out_is_refused() {
    for (file, id) in [("gone", "package/include-missing"), ("../out", "package/include-outside")] {
        let rig = Rig::new(&format!("{DESCRIPTOR}\n[metadata]\ninclude-files = [\"{file}\"]\n"));
        let said = rig.refused(&[]);
        assert!(said.contains(&format!("error[{id}]")) && said.contains("hint: "), "{said}");
    }
    let rig = Rig::new(DESCRIPTOR);
    std::os::unix::fs::symlink("/etc/passwd", rig.buildpack().join("bin/users")).unwrap();
    assert!(rig.refused(&[]).contains("error[package/file-kind]"));
    assert!(!rig.out().exists(), "nothing half-made");
}

#[test]
fn a_buildpack_without_executables_is_refused() {
    let rig = Rig::new(DESCRIPTOR);
    std::fs::remove_file(rig.buildpack().join("bin/detect")).unwrap();
    assert!(rig.refused(&[]).contains("error[package/no-executable]"));
}

#[test]
fn the_version_is_given_where_the_source_leaves_it_open() {
    for open in ["version = \"{{.version}}\"", ""] {
        let rig = Rig::new(&DESCRIPTOR.replace("version = \"1.2.3\"", open));
        assert!(rig.refused(&[]).contains("error[package/version-missing]"));
        assert!(rig.refused(&["--version", "1.2"]).contains("error[package/version-invalid]"));
        rig.package().args(["--version", "4.5.6"]).assert().success();
        assert_eq!(rig.descriptor()["buildpack"]["version"].as_str(), Some("4.5.6"));
    }
}

#[test]
fn a_package_promises_only_the_targets_that_it_was_made_for() {
    let rig = Rig::new(&format!("{DESCRIPTOR}\n[[targets]]\nos = \"linux\"\narch = \"arm64\"\n"));
    rig.package().args(["--target", "linux/arm64", "--format", "folder"]).assert().success();
    let descriptor = rig.descriptor();
    let targets = descriptor["targets"].as_array().unwrap();
    assert_eq!(targets.len(), 1);
    assert_eq!(targets[0]["arch"].as_str(), Some("arm64"));
    assert!(rig.packaged().join("bin/build").is_file(), "one target is a flat folder");
    assert_eq!(std::fs::read_dir(rig.out()).unwrap().count(), 1, "only the folder was asked for");
    let rig = Rig::new(DESCRIPTOR);
    assert!(rig.refused(&["--target", "linux/arm64"]).contains("error[package/target-unknown]"));
}

#[test]
fn a_folder_that_is_no_package_is_not_replaced() {
    let rig = Rig::new(DESCRIPTOR);
    std::fs::create_dir_all(rig.packaged()).unwrap();
    std::fs::write(rig.packaged().join("thesis.txt"), "years of work").unwrap();
    assert!(rig.refused(&[]).contains("error[package/out-taken]"));
    assert!(rig.packaged().join("thesis.txt").is_file());
}

#[test]
fn a_failing_step_of_the_author_stops_the_package() {
    let rig = Rig::new(&format!("{DESCRIPTOR}\n[metadata]\npre-package = \"echo why it failed; exit 3\"\n"));
    let said = rig.refused(&[]);
    assert!(said.contains("error[package/pre-package]") && said.contains("why it failed"), "{said}");
}
