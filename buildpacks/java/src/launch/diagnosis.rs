//! `java-opts`, `jfr`, `jmx` and `nmt`: flags that a variable switches on (paketo-buildpacks/libjvm, `helper`).

use libpack::log::at_launch;
use libpack::settings::parse_bool;
use libpack::world::Variables;

use super::memory::LOW_MEMORY;
use super::options::{Set, append, append_flags, is_on, setting, temporary, warn};

/// What `JAVA_OPTS` says, as many tools do, behind `JAVA_TOOL_OPTIONS`.
pub fn java_opts(variables: &Variables) -> Set {
    let text = variables.text("JAVA_OPTS").filter(|text| !text.is_empty());
    text.map(|text| append(variables, &text)).unwrap_or_default()
}

/// The flight recorder.
pub fn flight_recorder(variables: &Variables) -> Set {
    if !is_on(variables, "BPL_JFR_ENABLED") {
        return Set::new();
    }
    let file = temporary(variables).join("recording.jfr");
    let default = || format!("dumponexit=true,filename={}", file.display());
    let arguments = setting(variables, "BPL_JFR_ARGS").unwrap_or_else(default);
    at_launch(&format!("Enabling Java Flight Recorder with args: {arguments}"));
    append_flags(variables, &[format!("-XX:StartFlightRecording={arguments}")])
}

/// Management from outside. It names the loopback: people reach it through a tunnel of their platform.
pub fn management(variables: &Variables) -> Set {
    if !is_on(variables, "BPL_JMX_ENABLED") {
        return Set::new();
    }
    let port = setting(variables, "BPL_JMX_PORT").unwrap_or_else(|| "5000".to_owned());
    at_launch(&format!("JMX enabled on port {port}"));
    let remote = "-Dcom.sun.management.jmxremote";
    append_flags(
        variables,
        &[
            "-Djava.rmi.server.hostname=127.0.0.1".to_owned(),
            format!("{remote}.authenticate=false"),
            format!("{remote}.ssl=false"),
            format!("{remote}.port={port}"),
            format!("{remote}.rmi.port={port}"),
        ],
    )
}

/// Tracking of native memory: on unless it is switched off, or the container is too small to pay for it.
pub fn native_memory(variables: &Variables) -> Set {
    let wanted = setting(variables, "BPL_JAVA_NMT_ENABLED");
    let default = wanted.is_none() && variables.get(LOW_MEMORY).is_none();
    if !wanted.map_or(default, |value| parse_bool(&value).unwrap_or(false)) {
        return Set::new();
    }
    let level = setting(variables, "BPL_JAVA_NMT_LEVEL").unwrap_or_else(|| "summary".to_owned());
    let level = if matches!(level.as_str(), "summary" | "detail") {
        level
    } else {
        // The JVM does not start with any other word.
        warn(&format!("$BPL_JAVA_NMT_LEVEL={level} is neither summary nor detail: summary is used"));
        "summary".to_owned()
    };
    at_launch("Enabling Java Native Memory Tracking");
    let tracking = format!("-XX:NativeMemoryTracking={level}");
    let mut set = append_flags(variables, &["-XX:+UnlockDiagnosticVMOptions", &tracking, "-XX:+PrintNMTStatistics"]);
    // The launcher of Java before 18 hands the level on by a variable named by its process, which is the first.
    set.insert("NMT_LEVEL_1".to_owned(), level);
    set
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Place, options};
    use super::*;

    type Step = fn(&Variables) -> Set;

    fn run(step: Step, pairs: &[(&str, &str)]) -> String {
        let place = Place::with(&[]);
        options(&step(&place.variables(pairs)))
    }

    #[test]
    fn java_opts_come_last_as_they_are() {
        assert_eq!(run(java_opts, &[("JAVA_OPTS", "-a  '-b c'"), ("JAVA_TOOL_OPTIONS", "-x")]), "-x -a  '-b c'");
        assert_eq!(run(java_opts, &[("JAVA_OPTS", "-a")]), "-a");
        assert_eq!(run(java_opts, &[("JAVA_TOOL_OPTIONS", "-x")]), "");
    }

    #[test]
    fn the_flight_recorder_writes_below_the_temporary_folder_or_as_it_is_told() {
        let on = ("BPL_JFR_ENABLED", "true");
        let of = |arguments| format!("-XX:StartFlightRecording={arguments}");
        assert_eq!(run(flight_recorder, &[on]), of("dumponexit=true,filename=/tmp/recording.jfr"));
        assert_eq!(run(flight_recorder, &[on, ("TMPDIR", "/t")]), of("dumponexit=true,filename=/t/recording.jfr"));
        assert_eq!(run(flight_recorder, &[on, ("BPL_JFR_ARGS", "duration=1m")]), of("duration=1m"));
        assert_eq!(run(flight_recorder, &[("BPL_JFR_ENABLED", "false")]), "");
    }

    #[test]
    fn management_has_one_port() {
        let flags = "-Djava.rmi.server.hostname=127.0.0.1 -Dcom.sun.management.jmxremote.authenticate=false \
                     -Dcom.sun.management.jmxremote.ssl=false -Dcom.sun.management.jmxremote.port=5000 \
                     -Dcom.sun.management.jmxremote.rmi.port=5000";
        let on = ("BPL_JMX_ENABLED", "true");
        assert_eq!(run(management, &[on]), flags);
        assert_eq!(run(management, &[on, ("BPL_JMX_PORT", "5001")]), flags.replace("5000", "5001"));
        assert_eq!(run(management, &[]), "");
    }

    #[test]
    fn native_memory_is_tracked_unless_somebody_says_no_or_memory_is_low() {
        let of =
            |level| format!("-XX:+UnlockDiagnosticVMOptions -XX:NativeMemoryTracking={level} -XX:+PrintNMTStatistics");
        let set = native_memory(&Variables::default());
        assert_eq!((options(&set), set["NMT_LEVEL_1"].as_str()), (of("summary"), "summary"));
        assert_eq!(run(native_memory, &[("BPL_JAVA_NMT_LEVEL", "detail")]), of("detail"));
        assert_eq!(run(native_memory, &[("BPL_JAVA_NMT_LEVEL", "all")]), of("summary"));
        for off in ["false", "no"] {
            assert_eq!(run(native_memory, &[("BPL_JAVA_NMT_ENABLED", off)]), "");
        }
        assert_eq!(run(native_memory, &[(LOW_MEMORY, "true")]), "");
        assert_eq!(run(native_memory, &[(LOW_MEMORY, "true"), ("BPL_JAVA_NMT_ENABLED", "true")]), of("summary"));
    }
}
