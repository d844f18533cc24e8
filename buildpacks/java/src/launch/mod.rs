//! What runs when the image starts, before the JVM.

use libpack::Result;
use libpack::component::Helper;
use libpack::components::ca_certificates;
use libpack::context::BuildCx;

/// All helpers by name, in their order.
pub const HELPERS: [(&str, Helper); 1] = [(ca_certificates::HELPER, ca_certificates::helper)];

/// Lets those helpers run at launch that a JVM of that major version needs.
pub fn join(cx: &BuildCx<'_>, java_major: u64) -> Result<()> {
    let _ = (cx, java_major);
    Ok(())
}
