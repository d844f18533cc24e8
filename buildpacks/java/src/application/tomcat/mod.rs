//! A WAR on Tomcat (paketo-buildpacks/apache-tomcat).

use libpack::Result;
use libpack::context::{BuildCx, Surroundings};

use super::{Assembly, Facts, Kind};

/// The kind.
pub struct Tomcat;

impl Kind for Tomcat {
    fn name(&self) -> &'static str {
        "tomcat"
    }

    fn looks_for(&self) -> &'static str {
        "a WAR"
    }

    fn plan_name(&self) -> &'static str {
        "java-app-server"
    }

    fn settings(&self) -> &'static [&'static str] {
        &[]
    }

    fn find(&self, _around: &Surroundings) -> Result<bool> {
        Ok(false)
    }

    fn assemble(&self, _cx: &BuildCx<'_>, _app: &mut Assembly<'_>) -> Result<()> {
        Ok(())
    }

    fn launch(&self, _cx: &BuildCx<'_>, _facts: &Facts) -> Result<()> {
        Ok(())
    }
}
