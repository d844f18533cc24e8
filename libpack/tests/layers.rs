//! What a build says about the layers it makes.

// What is not as expected here ends the test.
#![allow(clippy::unwrap_used)]

use libpack::Result;
use libpack::component::{Buildpack, Component, Verdict, must};
use libpack::context::{BuildCx, DetectCx};
use libpack::layer::Flags;
use libpack::plan::Plan;
use libpack::sbom::{Catalog, Sbom, Subject};
use libpack::testing::Rig;

struct Tool;

impl Component for Tool {
    fn name(&self) -> &'static str {
        "tool"
    }

    fn detect(&self, _: &DetectCx<'_>) -> Result<Verdict> {
        Ok(Plan::new().into())
    }

    fn build(&self, cx: &BuildCx<'_>) -> Result<()> {
        let layer = cx.layer("tool").flags(Flags::LAUNCH);
        layer.create(|layer| {
            layer.describe(Sbom::new(Subject::directory("tool"), Catalog::default()));
            Ok(())
        })?;
        Ok(())
    }
}

fn rig() -> Rig {
    let descriptor = "api = '0.10'
        [buildpack]
        id = 'me/tool'
        version = '1.0.0'
        sbom-formats = ['application/vnd.cyclonedx+json']";
    Rig::new(Buildpack::new("me/tool").group([must(Tool)]), descriptor)
}

#[test]
fn who_switched_sboms_off_reads_so() {
    let log = rig().build().unwrap().log;
    assert!(log.contains("Generating SBOM for /layers/tool"), "{log}");
    let log = rig().env("BP_DISABLE_SBOM", "true").build().unwrap().log;
    assert!(log.contains("Skipping SBOM generation for /layers/tool"), "{log}");
    assert!(!log.contains("Generating SBOM"), "{log}");
}
