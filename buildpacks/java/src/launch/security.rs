//! `link-local-dns`, `security-providers-classpath-8` and `-9`, `security-providers-configurer`: what the JVM reads
//! in its security properties (paketo-buildpacks/libjvm, `helper`).

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use libpack::world::Variables;
use libpack::{Result, fs};

use super::container::Container;
use super::options::{Set, append_flags, setting, temporary, warn};

const PROPERTIES: &str = "JAVA_SECURITY_PROPERTIES";
/// More places than any list of providers has: numbers beyond it only say "last".
const PLACES: usize = 1000;

/// A platform whose name server is link-local answers with addresses that change: the JVM may keep none.
pub fn link_local_dns(variables: &Variables, container: &Container) -> Set {
    let servers = container.text("/etc/resolv.conf").unwrap_or_default();
    let first = servers.lines().find_map(|line| line.trim().strip_prefix("nameserver")?.split_whitespace().next());
    if !first.is_some_and(is_link_local) {
        return Set::new();
    }
    libpack::log::at_launch("JVM DNS caching disabled in lieu of link-local DNS caching");
    add_properties(variables, "\nnetworkaddress.cache.ttl=0\nnetworkaddress.cache.negative.ttl=0\n")
}

fn is_link_local(address: &str) -> bool {
    // An address of this kind may name its network: fe80::1%eth0.
    match address.split('%').next().unwrap_or(address).parse() {
        Ok(IpAddr::V4(address)) => address.is_link_local(),
        Ok(IpAddr::V6(address)) => address.is_unicast_link_local(),
        Err(_) => false,
    }
}

/// Providers' jars for Java 8: their folders are extensions.
pub fn classpath_8(variables: &Variables) -> Set {
    let Some(jars) = setting(variables, "SECURITY_PROVIDERS_CLASSPATH") else { return Set::new() };
    let Some(extensions) = setting(variables, "BPI_JVM_EXT_DIR") else {
        warn("SECURITY_PROVIDERS_CLASSPATH is not used: $BPI_JVM_EXT_DIR must be set");
        return Set::new();
    };
    let folder = |jar: &str| Path::new(jar).parent().unwrap_or(Path::new("")).display().to_string();
    let folders: Vec<_> = std::iter::once(extensions).chain(jars.split(':').map(folder)).collect();
    append_flags(variables, &[format!("-Djava.ext.dirs={}", folders.join(":"))])
}

/// Providers' jars for later Java versions: they are on the class path.
pub fn classpath_9(variables: &Variables) -> Set {
    let Some(jars) = setting(variables, "SECURITY_PROVIDERS_CLASSPATH") else { return Set::new() };
    let before = variables.text("CLASSPATH").filter(|before| !before.is_empty());
    let path = before.map_or_else(|| jars.clone(), |before| format!("{before}:{jars}"));
    Set::from([("CLASSPATH".to_owned(), path)])
}

/// The JVM's own providers with the user's at their places.
pub fn providers(variables: &Variables) -> Set {
    let Some(wanted) = setting(variables, "SECURITY_PROVIDERS") else { return Set::new() };
    let Some(base) = setting(variables, "BPI_JVM_SECURITY_PROVIDERS") else {
        warn("SECURITY_PROVIDERS are not used: $BPI_JVM_SECURITY_PROVIDERS must be set");
        return Set::new();
    };
    let lines: Vec<_> = in_order(&format!("{base} {wanted}"))
        .iter()
        .enumerate()
        .map(|(at, provider)| format!("security.provider.{}={provider}\n", at + 1))
        .collect();
    add_properties(variables, &format!("\n{}", lines.concat()))
}

/// `3|name` goes to the third place and moves who is there, a name alone to the end.
fn in_order(list: &str) -> Vec<String> {
    let mut places: Vec<Option<String>> = Vec::new();
    for word in list.split_whitespace() {
        let numbered = word.split_once('|').and_then(|(at, name)| Some((at.parse::<usize>().ok()?, name)));
        let Some((number, name)) = numbered else {
            places.push(Some(word.to_owned()));
            continue;
        };
        let at = number.clamp(1, PLACES) - 1;
        if places.len() <= at {
            places.resize(at + 1, None);
        }
        if let Some(place @ None) = places.get_mut(at) {
            *place = Some(name.to_owned());
        } else {
            places.insert(at, Some(name.to_owned()));
        }
    }
    places.into_iter().flatten().collect()
}

/// Adds lines to the security properties: to the file of the image, or where that cannot be written (another user,
/// a read-only root), to a copy that the JVM is told of. A container that starts again finds the lines there.
fn add_properties(variables: &Variables, lines: &str) -> Set {
    let Some(path) = setting(variables, PROPERTIES).map(PathBuf::from) else {
        warn(&format!("Security properties cannot be changed: ${PROPERTIES} must be set"));
        return Set::new();
    };
    let before = fs::read_text(&path).unwrap_or_default();
    if before.contains(lines) || fs::append(&path, lines).is_ok() {
        return Set::new();
    }
    match copy(&temporary(variables), &format!("{before}{lines}")) {
        Ok(copy) => {
            let copy = copy.display().to_string();
            let mut set = append_flags(variables, &[format!("-Djava.security.properties={copy}")]);
            set.insert(PROPERTIES.to_owned(), copy);
            set
        }
        Err(error) => {
            let why = error.causes().join(": ");
            warn(&format!("{} cannot be changed, and neither can a copy: {}: {why}", path.display(), error.message()));
            Set::new()
        }
    }
}

fn copy(place: &Path, text: &str) -> Result<PathBuf> {
    // It must outlive this program: nobody but the container's end removes it.
    let folder = fs::private_scratch(place)?;
    let path = folder.path().join("java-security.properties");
    fs::write(&path, text)?;
    let _ = folder.keep();
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Place, options};
    use super::*;

    const FILE: &str = "/java-security.properties";
    const NAMED: (&str, &str) = (PROPERTIES, "@/java-security.properties");
    const DNS: &str = "a=b\n\nnetworkaddress.cache.ttl=0\nnetworkaddress.cache.negative.ttl=0\n";

    fn read(place: &Place) -> String {
        fs::read_text(&place.path().join(&FILE[1..])).unwrap()
    }

    fn with_servers(servers: &str) -> String {
        let place = Place::with(&[(FILE, "a=b\n"), ("/etc/resolv.conf", servers)]);
        for _ in 0..2 {
            assert!(link_local_dns(&place.variables(&[NAMED]), &place.container()).is_empty());
        }
        read(&place)
    }

    #[test]
    fn a_link_local_name_server_ends_caching_once_however_often_the_container_starts() {
        assert_eq!(with_servers("search x\nnameserver 169.254.0.1\nnameserver 8.8.8.8\n"), DNS);
        assert_eq!(with_servers("nameserver fe80::1%eth0\n"), DNS);
        for other in ["nameserver 10.0.0.1\nnameserver 169.254.0.1\n", "", "nameserver\n", "nameserver me\n"] {
            assert_eq!(with_servers(other), "a=b\n", "{other}");
        }
        let place = Place::with(&[]);
        assert!(link_local_dns(&Variables::default(), &place.container()).is_empty(), "no file");
    }

    /// java-security.properties belongs to the build's user, the container runs as another one.
    #[test]
    fn what_cannot_be_written_is_copied_and_the_copy_named_once() {
        let place = Place::with(&[("/image/real", "a=b\n"), ("/etc/resolv.conf", "nameserver 169.254.0.1\n")]);
        // Nobody, root neither, can write behind a folder's end; it stands for a file that is not ours.
        let variables = place.variables(&[(PROPERTIES, "@/image"), ("TMPDIR", "@"), ("JAVA_TOOL_OPTIONS", "-x")]);
        let set = link_local_dns(&variables, &place.container());
        let copy = set[PROPERTIES].clone();
        assert_eq!(set["JAVA_TOOL_OPTIONS"], format!("-x -Djava.security.properties={copy}"));
        assert!(fs::read_text(Path::new(&copy)).unwrap().ends_with("negative.ttl=0\n"));
        let mut variables = variables;
        for (name, value) in &set {
            variables.set(name, value);
        }
        variables.set("BPI_JVM_SECURITY_PROVIDERS", "1|A");
        variables.set("SECURITY_PROVIDERS", "B");
        assert!(providers(&variables).is_empty(), "the copy can be written");
        assert!(fs::read_text(Path::new(&copy)).unwrap().ends_with("security.provider.1=A\nsecurity.provider.2=B\n"));
    }

    #[test]
    fn nothing_that_can_be_written_is_no_reason_not_to_start() {
        let place = Place::with(&[("/etc/resolv.conf", "nameserver 169.254.0.1\n")]);
        let variables = place.variables(&[(PROPERTIES, "@/nowhere/file"), ("TMPDIR", "@/nowhere")]);
        assert!(link_local_dns(&variables, &place.container()).is_empty());
        assert!(link_local_dns(&Variables::default(), &place.container()).is_empty());
    }

    #[test]
    fn jars_of_providers_are_extensions_of_java_8_and_on_the_class_path_later() {
        let place = Place::with(&[]);
        let jars = ("SECURITY_PROVIDERS_CLASSPATH", "/a/one.jar:/b/two.jar");
        let variables = place.variables(&[jars, ("BPI_JVM_EXT_DIR", "/jre/lib/ext"), ("CLASSPATH", "/c")]);
        let eight = options(&classpath_8(&variables));
        assert_eq!(eight, "-Djava.ext.dirs=/jre/lib/ext:/a:/b");
        let nine = classpath_9(&variables);
        assert_eq!(nine["CLASSPATH"], "/c:/a/one.jar:/b/two.jar");
        assert_eq!(classpath_9(&place.variables(&[jars]))["CLASSPATH"], jars.1);
        assert!(classpath_8(&place.variables(&[jars])).is_empty());
        assert!(classpath_9(&Variables::default()).is_empty());
    }

    #[test]
    fn providers_go_to_their_places() {
        let place = Place::with(&[(FILE, "")]);
        let list = [("BPI_JVM_SECURITY_PROVIDERS", "3|CHARLIE 1|ALPHA 2|BRAVO"), NAMED];
        let wanted = ("SECURITY_PROVIDERS", "2|DELTA ECHO 10|FOXTROT");
        providers(&place.variables(&[list[0], list[1], wanted]));
        let names: Vec<_> =
            read(&place).lines().filter_map(|line| line.split_once('=').map(|one| one.1.to_owned())).collect();
        assert_eq!(names, ["ALPHA", "DELTA", "BRAVO", "CHARLIE", "ECHO", "FOXTROT"]);
        assert!(read(&place).contains("\nsecurity.provider.2=DELTA\n"));
        assert_eq!(in_order("18446744073709551615|A 0|B 99999999|C"), ["B", "C", "A"]);
        let place = Place::with(&[(FILE, "")]);
        providers(&place.variables(&list));
        assert_eq!(read(&place), "", "nobody asked");
    }
}
