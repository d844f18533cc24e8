//! `performance` and `spring-cloud-bindings`: what Spring's applications switch on at launch
//! (paketo-buildpacks/spring-boot, `helper`).

use libpack::log::at_launch;
use libpack::settings::parse_bool;
use libpack::world::Variables;

use super::container::Container;
use super::options::{Set, append_flags, is_on, setting, warn};

/// Where an archive of loaded classes lies in the app folder, from what kind of training it is, and its flag.
const ARCHIVES: [(&str, &str); 2] =
    [("application.jsa", "-XX:SharedArchiveFile="), ("application.aot", "-XX:AOTCache=")];

/// What Spring's build prepared, and an archive of loaded classes that lies in the app folder. One that is not there is
/// named in the log, and the app starts without it.
pub fn performance(variables: &Variables, container: &Container) -> Set {
    let mut added = Vec::new();
    if is_on(variables, "BPL_SPRING_AOT_ENABLED") {
        at_launch("Spring AOT Enabled, contributing -Dspring.aot.enabled=true to JAVA_TOOL_OPTIONS");
        added.push("-Dspring.aot.enabled=true".to_owned());
    }
    if ["BPL_JVM_AOTCACHE_ENABLED", "BPL_JVM_CDS_ENABLED"].iter().any(|name| is_on(variables, name)) {
        match ARCHIVES.iter().find(|(file, _)| container.has(file)) {
            Some((file, flag)) => added.push(format!("{flag}{file}")),
            None => at_launch(
                "Neither application.jsa nor application.aot is there: the app starts without an archive of its classes",
            ),
        }
    }
    if added.is_empty() { Set::new() } else { append_flags(variables, &added) }
}

/// Whether Spring Cloud Bindings reads the service bindings.
pub fn spring_bindings(variables: &Variables) -> Set {
    let deprecated = "BPL_SPRING_CLOUD_BINDINGS_ENABLED";
    let mut on = !is_on(variables, "BPL_SPRING_CLOUD_BINDINGS_DISABLED");
    if let Some(value) = setting(variables, deprecated) {
        warn(&format!("${deprecated} is deprecated, use $BPL_SPRING_CLOUD_BINDINGS_DISABLED"));
        on = on && parse_bool(&value).unwrap_or(true);
    }
    if on {
        at_launch("Spring Cloud Bindings Enabled");
    }
    append_flags(variables, &[format!("-Dorg.springframework.cloud.bindings.boot.enable={on}")])
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Place, options};
    use super::*;

    type Step = fn(&Variables, &Container) -> Set;

    fn run(step: Step, pairs: &[(&str, &str)], files: &[(&str, &str)]) -> String {
        let place = Place::with(files);
        options(&step(&place.variables(pairs), &place.container()))
    }

    #[test]
    fn bindings_are_on_until_they_are_switched_off() {
        let of = |on| format!("-Dorg.springframework.cloud.bindings.boot.enable={on}");
        let disabled = "BPL_SPRING_CLOUD_BINDINGS_DISABLED";
        let enabled = "BPL_SPRING_CLOUD_BINDINGS_ENABLED";
        assert_eq!(run(|variables, _| spring_bindings(variables), &[], &[]), of(true));
        assert_eq!(run(|variables, _| spring_bindings(variables), &[(disabled, "true")], &[]), of(false));
        assert_eq!(run(|variables, _| spring_bindings(variables), &[(disabled, "yes")], &[]), of(true), "no boolean");
        assert_eq!(run(|variables, _| spring_bindings(variables), &[(enabled, "false")], &[]), of(false));
        assert_eq!(
            run(|variables, _| spring_bindings(variables), &[(enabled, "maybe")], &[]),
            of(true),
            "no reason not to start"
        );
        assert_eq!(
            run(|variables, _| spring_bindings(variables), &[(enabled, "true"), (disabled, "true")], &[]),
            of(false)
        );
    }

    #[test]
    fn an_archive_of_classes_is_used_where_it_lies() {
        let (jsa, aot) = (("/workspace/application.jsa", ""), ("/workspace/application.aot", ""));
        let on = ("BPL_JVM_AOTCACHE_ENABLED", "true");
        assert_eq!(run(performance, &[on], &[jsa, aot]), "-XX:SharedArchiveFile=application.jsa");
        assert_eq!(run(performance, &[on], &[aot]), "-XX:AOTCache=application.aot");
        assert_eq!(run(performance, &[("BPL_JVM_CDS_ENABLED", "1")], &[aot]), "-XX:AOTCache=application.aot");
        assert_eq!(run(performance, &[on], &[]), "", "the app starts without it");
        assert_eq!(run(performance, &[("BPL_JVM_AOTCACHE_ENABLED", "false")], &[aot]), "");
        let both = run(performance, &[on, ("BPL_SPRING_AOT_ENABLED", "true"), ("JAVA_TOOL_OPTIONS", "-x")], &[aot]);
        assert_eq!(both, "-x -Dspring.aot.enabled=true -XX:AOTCache=application.aot");
    }
}
