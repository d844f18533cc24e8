//! What runs when the image starts, before the JVM.

use libpack::component::Helper;
use libpack::components::ca_certificates;

/// All helpers by name, in their order.
pub const HELPERS: [(&str, Helper); 1] = [(ca_certificates::HELPER, ca_certificates::helper)];
