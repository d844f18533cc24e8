//! `access-logging-support`, `performance` and `spring-cloud-bindings`: what kinds of applications switch on at launch
//! (paketo-buildpacks/apache-tomcat, spring-boot, `helper`).

use libpack::Result;
use libpack::log::at_launch;
use libpack::settings::parse_bool;
use libpack::world::Variables;

use super::container::Container;
use super::options::{Set, append_flags, is_on, setting, warn};

/// Where an archive of loaded classes lies in the app folder, from what kind of training it is, and its flag.
const ARCHIVES: [(&str, &str); 2] =
    [("application.jsa", "-XX:SharedArchiveFile="), ("application.aot", "-XX:AOTCache=")];

/// Tomcat's access log. Paketo switches it on by any value, also `false`; here a no is a no.
pub fn access_log(variables: &Variables, _: &Container) -> Result<Set> {
    let said = variables.text("BPL_TOMCAT_ACCESS_LOGGING_ENABLED");
    let on = said.is_some_and(|value| parse_bool(value.trim()).unwrap_or(true));
    if !on {
        return Ok(Set::new());
    }
    at_launch("Tomcat Access Logging enabled");
    Ok(append_flags(variables, &["-Daccess.logging.enabled=true"]))
}

/// What Spring's build and a training run prepared. An archive that is not there, or that the JVM finds to be of
/// another one, is named in the log and the app starts without it.
pub fn performance(variables: &Variables, container: &Container) -> Result<Set> {
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
    Ok(if added.is_empty() { Set::new() } else { append_flags(variables, &added) })
}

/// Whether Spring Cloud Bindings reads the service bindings.
pub fn spring_bindings(variables: &Variables, _: &Container) -> Result<Set> {
    let deprecated = "BPL_SPRING_CLOUD_BINDINGS_ENABLED";
    let mut on = !is_on(variables, "BPL_SPRING_CLOUD_BINDINGS_DISABLED");
    if let Some(value) = setting(variables, deprecated) {
        warn(&format!("${deprecated} is deprecated, use $BPL_SPRING_CLOUD_BINDINGS_DISABLED"));
        on = on && parse_bool(&value).unwrap_or(true);
    }
    if on {
        at_launch("Spring Cloud Bindings Enabled");
    }
    Ok(append_flags(variables, &[format!("-Dorg.springframework.cloud.bindings.boot.enable={on}")]))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Place, options};
    use super::*;

    type Step = fn(&Variables, &Container) -> Result<Set>;

    fn run(step: Step, pairs: &[(&str, &str)], files: &[(&str, &str)]) -> String {
        let place = Place::with(files);
        options(&step(&place.variables(pairs), &place.container()).unwrap())
    }

    #[test]
    fn the_access_log_is_on_when_it_is_set_and_not_denied() {
        let on = "-Daccess.logging.enabled=true";
        let name = "BPL_TOMCAT_ACCESS_LOGGING_ENABLED";
        for (value, expected) in [("true", on), ("", on), ("y", on), ("false", ""), ("0", "")] {
            assert_eq!(run(access_log, &[(name, value)], &[]), expected, "{value}");
        }
        assert_eq!(run(access_log, &[], &[]), "");
    }

    #[test]
    fn bindings_are_on_until_they_are_switched_off() {
        let of = |on| format!("-Dorg.springframework.cloud.bindings.boot.enable={on}");
        let disabled = "BPL_SPRING_CLOUD_BINDINGS_DISABLED";
        let enabled = "BPL_SPRING_CLOUD_BINDINGS_ENABLED";
        assert_eq!(run(spring_bindings, &[], &[]), of(true));
        assert_eq!(run(spring_bindings, &[(disabled, "true")], &[]), of(false));
        assert_eq!(run(spring_bindings, &[(disabled, "yes")], &[]), of(true), "no boolean");
        assert_eq!(run(spring_bindings, &[(enabled, "false")], &[]), of(false));
        assert_eq!(run(spring_bindings, &[(enabled, "maybe")], &[]), of(true), "no reason not to start");
        assert_eq!(run(spring_bindings, &[(enabled, "true"), (disabled, "true")], &[]), of(false));
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
