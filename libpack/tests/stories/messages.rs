//! What people read when the core refuses something.

use libpack::launch::Process;
use libpack::layer::Flags;
use libpack::report::report;
use libpack::testing::Rig;
use libpack::{Error, fs};

use super::rig;

fn failing(rig: &mut Rig) -> String {
    let error = rig.build().unwrap_err();
    rig.normalise(&report(&error))
}

#[test]
fn a_command_with_a_quote_is_a_fault_of_the_buildpack() {
    let mut rig = rig(|cx| {
        cx.process(Process::new("web", ["sh", "-c", "a && b"]));
        Ok(())
    });
    insta::assert_snapshot!(failing(&mut rig));
}

#[test]
fn an_unknown_helper_is_a_fault_of_the_buildpack() {
    let mut rig = rig(|cx| cx.helper("nobody"));
    insta::assert_snapshot!(failing(&mut rig));
}

#[test]
fn a_program_that_is_not_there_is_named() {
    let mut rig = rig(|cx| cx.run("make").call().map(drop));
    let error = rig.build().unwrap_err();
    assert_eq!(error.id(), "exec/not-found");
}

#[test]
fn a_mapping_with_two_addresses_for_one_checksum_is_ambiguous() {
    let mut rig = rig(|_| Ok(()));
    let sum = "0".repeat(64);
    rig.binding("a", "dependency-mapping", &[(&sum, "https://one.example/x")]);
    rig.binding("b", "dependency-mapping", &[(&sum, "https://two.example/x")]);
    insta::assert_snapshot!(failing(&mut rig));
}

#[test]
fn a_bad_boolean_of_the_sdk_itself() {
    let mut rig = rig(|_| Ok(()));
    rig.env("BP_DISABLE_SBOM", "yes");
    insta::assert_snapshot!(failing(&mut rig));
}

#[test]
fn a_source_date_that_is_no_number() {
    let mut rig = rig(|_| Ok(()));
    rig.env("SOURCE_DATE_EPOCH", "yesterday");
    insta::assert_snapshot!(failing(&mut rig));
}

#[test]
fn the_first_error_counts_even_when_a_job_failed_too() {
    let mut rig = rig(|cx| {
        let tool = cx.layer("tool").flags(Flags::default()).provide(|_| Err(Error::user("acme/tool", "no tool")))?;
        let _ = tool.ready();
        fs::read_text(&cx.app().join("missing.txt")).map(drop)
    });
    assert_eq!(rig.build().unwrap_err().id(), "fs/failed");
}
