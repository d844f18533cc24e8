//! What runs when the image starts, before the JVM: one process for all steps, in the order in which Paketo's many
//! helpers run.

mod application;
mod certificates;
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

use crate::application::tomcat_options as tomcat;
use crate::class_count::Inventory;
use container::Container;

/// Spring's own and archives of classes.
pub const PERFORMANCE: &str = "performance";
/// Service bindings for Spring.
pub const SPRING_CLOUD_BINDINGS: &str = "spring-cloud-bindings";

/// All helpers by name, in their order.
pub const HELPERS: [(&str, Helper); 22] = [
    (vcap::HELPER, vcap::helper),
    (ca_certificates::HELPER, ca_certificates::helper),
    ("exit-on-out-of-memory", |variables| Ok(heap::exit_when_full(variables))),
    ("active-processor-count", |variables| Ok(processors::count(variables, &Container::real()))),
    ("debug-8", |variables| Ok(debug::java_8(variables))),
    ("debug-9", |variables| Ok(debug::java_9(variables, &Container::real()))),
    ("java-opts", |variables| Ok(diagnosis::java_opts(variables))),
    ("jfr", |variables| Ok(diagnosis::flight_recorder(variables))),
    ("jmx", |variables| Ok(diagnosis::management(variables))),
    ("jvm-heap", |variables| Ok(heap::dump(variables, &Container::real()))),
    ("link-local-dns", |variables| Ok(security::link_local_dns(variables, &Container::real()))),
    ("memory-calculator", |variables| memory::calculate(variables, &Container::real())),
    ("nmt", |variables| Ok(diagnosis::native_memory(variables))),
    ("openssl-certificate-loader", |variables| Ok(certificates::load(variables))),
    ("security-providers-classpath-8", |variables| Ok(security::classpath_8(variables))),
    ("security-providers-classpath-9", |variables| Ok(security::classpath_9(variables))),
    ("security-providers-configurer", |variables| Ok(security::providers(variables))),
    (tomcat::ACCESS_LOGGING, tomcat::access_logging),
    (tomcat::CATALINA_OPTIONS, tomcat::catalina_options),
    (PERFORMANCE, |variables| Ok(application::performance(variables, &Container::real()))),
    (SPRING_CLOUD_BINDINGS, |variables| Ok(application::spring_bindings(variables))),
    ("options-length-8", |variables| Ok(length_8::limit(variables))),
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

/// Joins the helpers of a JVM of that major version.
pub fn join(cx: &BuildCx<'_>, java_major: u64) -> Result<()> {
    for name in of_version(java_major) {
        cx.helper(name)?;
    }
    if cx.setting("BP_JAVA_NMT_ENABLED").is_some() && !cx.settings().lenient_flag("BP_JAVA_NMT_ENABLED").0 {
        cx.env(Scope::Launch).default("BPL_JAVA_NMT_ENABLED", "false");
    }
    Ok(())
}

fn of_version(java_major: u64) -> Vec<&'static str> {
    let by_others =
        [ca_certificates::HELPER, tomcat::ACCESS_LOGGING, tomcat::CATALINA_OPTIONS, PERFORMANCE, SPRING_CLOUD_BINDINGS];
    let fits = |name: &&str| {
        let range = OF_VERSIONS.iter().find(|(one, ..)| one == name);
        range.is_none_or(|(_, first, last)| (*first..=*last).contains(&java_major))
    };
    HELPERS.iter().map(|(name, _)| *name).filter(|name| !by_others.contains(name)).filter(fits).collect()
}

/// The facts of an application folder that the launch need not find out again: variables for the image, by name.
/// `folder` holds what it will in the image, itself or behind links. `linked` are archives, below it, that come from
/// somewhere else and may not be there yet: the start looks at them itself.
pub fn application_facts<'a>(
    folder: &Path,
    linked: impl IntoIterator<Item = &'a Path>,
) -> Result<Vec<(String, String)>> {
    let mut inventory = Inventory::of(folder)?;
    let linked: Vec<_> = linked.into_iter().collect();
    inventory.leave_out(linked.iter().copied());
    let names: Vec<_> = linked.iter().map(|path| path.to_string_lossy()).collect();
    let facts = [
        (memory::COUNT, inventory.count().to_string()),
        (memory::FINGERPRINT, inventory.fingerprint()),
        (memory::LINKED, names.join(":")),
    ];
    let said = facts.into_iter().filter(|(_, value)| !value.is_empty());
    Ok(said.map(|(name, value)| (name.to_owned(), value)).collect())
}

/// How many threads the memory calculator plans with, unless the user says otherwise.
pub fn plan_threads(cx: &BuildCx<'_>, count: u64) {
    let count = count.to_string();
    cx.env(Scope::Launch).default(memory::THREADS, &count).default(memory::APPLICATION_THREADS, &count);
}
