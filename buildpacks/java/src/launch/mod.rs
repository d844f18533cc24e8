//! What runs when the image starts, before the JVM.

use libpack::component::Helper;
use libpack::components::ca_certificates;

use crate::application::tomcat_options as tomcat;

/// All helpers by name, in their order.
pub const HELPERS: [(&str, Helper); 3] = [
    (ca_certificates::HELPER, ca_certificates::helper),
    (tomcat::ACCESS_LOGGING, tomcat::access_logging),
    (tomcat::CATALINA_OPTIONS, tomcat::catalina_options),
];
