//! The component `jvm`: a JDK to build with, and what the image runs on (paketo-buildpacks/libjvm).

mod jdk;

use libpack::Result;
use libpack::component::{Component, Verdict};
use libpack::context::{BuildCx, DetectCx};
use libpack::plan::Plan;

pub use jdk::Jdk;

/// The layer of the JDK, and the plan's name.
pub const JDK: &str = "jdk";
/// The layer of the runtime, and the plan's name.
pub const JRE: &str = "jre";

/// The JVM.
pub struct Jvm;

impl Component for Jvm {
    fn name(&self) -> &'static str {
        "jvm"
    }

    fn detect(&self, _cx: &DetectCx<'_>) -> Result<Verdict> {
        // Later buildpacks may want a JDK that we do not need: richest first, since an unused one fails us.
        Ok(Plan::new().provides(JRE).alternatives([&[JDK], &[]]).into())
    }

    fn build(&self, _cx: &BuildCx<'_>) -> Result<()> {
        Ok(())
    }
}
