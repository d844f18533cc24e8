//! What runs when the image starts, before the JVM: one process for all steps, in the order in which Paketo's many
//! helpers run.

mod application;
mod container;
mod debug;
mod diagnosis;
mod heap;
mod length_8;
mod memory;
mod options;
mod processors;
mod security;
#[cfg(test)]
mod testing;

use std::path::Path;

use libpack::Result;
use libpack::bindings::vcap;
use libpack::component::Helper;
use libpack::components::ca_certificates;
use libpack::context::BuildCx;
use libpack::env::Scope;

use crate::class_count::Inventory;
use container::Container;

/// A kind of application switches its helpers on by these names.
pub const ACCESS_LOGGING: &str = "access-logging-support";
/// Spring's own and archives of classes.
pub const PERFORMANCE: &str = "performance";
/// Service bindings for Spring.
pub const SPRING_CLOUD_BINDINGS: &str = "spring-cloud-bindings";

/// All helpers by name, in their order.
pub const HELPERS: [(&str, Helper); 20] = [
    (vcap::HELPER, vcap::helper),
    (ca_certificates::HELPER, ca_certificates::helper),
    ("exit-on-out-of-memory", |variables| heap::exit_when_full(variables, &Container::real())),
    ("active-processor-count", |variables| processors::count(variables, &Container::real())),
    ("debug-8", |variables| debug::java_8(variables, &Container::real())),
    ("debug-9", |variables| debug::java_9(variables, &Container::real())),
    ("java-opts", |variables| diagnosis::java_opts(variables, &Container::real())),
    ("jfr", |variables| diagnosis::flight_recorder(variables, &Container::real())),
    ("jmx", |variables| diagnosis::management(variables, &Container::real())),
    ("jvm-heap", |variables| heap::dump(variables, &Container::real())),
    ("link-local-dns", |variables| security::link_local_dns(variables, &Container::real())),
    ("memory-calculator", |variables| memory::calculate(variables, &Container::real())),
    ("nmt", |variables| diagnosis::native_memory(variables, &Container::real())),
    ("security-providers-classpath-8", |variables| security::classpath_8(variables, &Container::real())),
    ("security-providers-classpath-9", |variables| security::classpath_9(variables, &Container::real())),
    ("security-providers-configurer", |variables| security::providers(variables, &Container::real())),
    (ACCESS_LOGGING, |variables| application::access_log(variables, &Container::real())),
    (PERFORMANCE, |variables| application::performance(variables, &Container::real())),
    (SPRING_CLOUD_BINDINGS, |variables| application::spring_bindings(variables, &Container::real())),
    ("options-length-8", |variables| length_8::limit(variables, &Container::real())),
];

/// Those that do not fit every JVM: from which Java version on, and up to which. Paketo's `nmt` fits Java 8 too.
const OF_VERSIONS: [(&str, u64, u64); 6] = [
    ("active-processor-count", 0, 16),
    ("debug-8", 0, 8),
    ("debug-9", 9, u64::MAX),
    ("security-providers-classpath-8", 0, 8),
    ("security-providers-classpath-9", 9, u64::MAX),
    ("options-length-8", 0, 8),
];

/// Joins the helpers of a JVM of that major version, and says where the application lies.
pub fn join(cx: &BuildCx<'_>, java_major: u64) -> Result<()> {
    for name in of_version(java_major) {
        cx.helper(name)?;
    }
    cx.env(Scope::Launch).default(memory::PATH, cx.app());
    if cx.setting("BP_JAVA_NMT_ENABLED").is_some() && !cx.settings().lenient_flag("BP_JAVA_NMT_ENABLED").0 {
        cx.env(Scope::Launch).default("BPL_JAVA_NMT_ENABLED", "false");
    }
    Ok(())
}

fn of_version(java_major: u64) -> Vec<&'static str> {
    let by_others = [ca_certificates::HELPER, ACCESS_LOGGING, PERFORMANCE, SPRING_CLOUD_BINDINGS];
    let fits = |name: &&str| {
        let range = OF_VERSIONS.iter().find(|(one, ..)| one == name);
        range.is_none_or(|(_, first, last)| (*first..=*last).contains(&java_major))
    };
    HELPERS.iter().map(|(name, _)| *name).filter(|name| !by_others.contains(name)).filter(fits).collect()
}

/// The facts of an application folder that the launch need not find out again: variables for the image, by name.
/// `folder` must look as it will in the image, links and what they lead to.
pub fn application_facts(folder: &Path) -> Result<Vec<(&'static str, String)>> {
    let inventory = Inventory::of(folder)?;
    Ok(vec![(memory::COUNT, inventory.count().to_string()), (memory::FINGERPRINT, inventory.fingerprint())])
}

/// How many threads the memory calculator plans with, unless the user says otherwise.
pub fn plan_threads(cx: &BuildCx<'_>, count: u64) {
    let count = count.to_string();
    cx.env(Scope::Launch).default(memory::THREADS, &count).default(memory::APPLICATION_THREADS, &count);
}
