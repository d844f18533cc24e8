//! `debug-8` and `debug-9`: a debugger may attach (paketo-buildpacks/libjvm, `helper/debug_8.go`, `debug_9.go`).

use libpack::log::at_launch;
use libpack::world::Variables;

use super::container::Container;
use super::options::{Set, append_flags, flags, is_on, setting};

/// For Java 8, where a port alone means every address.
pub fn java_8(variables: &Variables) -> Set {
    listen(variables, |port| (format!("port {port}"), port.to_owned()))
}

/// For later Java versions, where a port alone means the loopback.
pub fn java_9(variables: &Variables, container: &Container) -> Set {
    let off = container.text("/sys/module/ipv6/parameters/disable").is_none_or(|text| text.starts_with('1'));
    let host = if off { "0.0.0.0" } else { "*" };
    listen(variables, |port| (format!("address {host}:{port}"), format!("{host}:{port}")))
}

fn listen(variables: &Variables, at: impl Fn(&str) -> (String, String)) -> Set {
    if !is_on(variables, "BPL_DEBUG_ENABLED") {
        return Set::new();
    }
    if flags(variables).iter().any(|flag| flag.contains("-agentlib:jdwp=")) {
        at_launch("Java agent 'jdwp' already configured");
        return Set::new();
    }
    let port = setting(variables, "BPL_DEBUG_PORT").unwrap_or_else(|| "8000".to_owned());
    let suspend = is_on(variables, "BPL_DEBUG_SUSPEND");
    let (place, address) = at(&port);
    let suspended = if suspend { ", suspended on start" } else { "" };
    at_launch(&format!("Debugging enabled on {place}{suspended}"));
    let suspend = if suspend { 'y' } else { 'n' };
    append_flags(
        variables,
        &[format!("-agentlib:jdwp=transport=dt_socket,server=y,address={address},suspend={suspend}")],
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Place, options};
    use super::*;

    const ON: (&str, &str) = ("BPL_DEBUG_ENABLED", "true");

    fn nine(pairs: &[(&str, &str)], files: &[(&str, &str)]) -> String {
        let place = Place::with(files);
        options(&java_9(&place.variables(pairs), &place.container()))
    }

    #[test]
    fn java_8_takes_a_port_and_later_ones_an_address() {
        let place = Place::with(&[]);
        let set = java_8(&place.variables(&[ON]));
        assert_eq!(options(&set), "-agentlib:jdwp=transport=dt_socket,server=y,address=8000,suspend=n");
        let of = |address| format!("-agentlib:jdwp=transport=dt_socket,server=y,address={address},suspend=n");
        let file = "/sys/module/ipv6/parameters/disable";
        assert_eq!(nine(&[ON], &[(file, "0\n")]), of("*:8000"));
        assert_eq!(nine(&[ON], &[(file, "1\n")]), of("0.0.0.0:8000"));
        assert_eq!(nine(&[ON], &[]), of("0.0.0.0:8000"));
    }

    #[test]
    fn port_and_suspension_are_settings_and_a_debugger_of_the_user_stays() {
        let set = nine(&[ON, ("BPL_DEBUG_PORT", "8001"), ("BPL_DEBUG_SUSPEND", "1"), ("JAVA_TOOL_OPTIONS", "-x")], &[]);
        assert_eq!(set, "-x -agentlib:jdwp=transport=dt_socket,server=y,address=0.0.0.0:8001,suspend=y");
        assert_eq!(nine(&[ON, ("JAVA_TOOL_OPTIONS", "-agentlib:jdwp=a")], &[]), "");
        assert_eq!(nine(&[], &[]), "");
        assert_eq!(nine(&[("BPL_DEBUG_ENABLED", "yes")], &[]), "", "no boolean");
    }
}
