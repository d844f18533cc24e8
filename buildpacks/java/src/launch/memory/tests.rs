use std::path::Path;

use super::super::testing::{Place, options};
use super::*;

const V1: &str = "/sys/fs/cgroup/memory/memory.limit_in_bytes";
const V2: &str = "/sys/fs/cgroup/memory.max";
const GIB: (&str, &str) = (V1, "1073741824\n");
const STRICT_ON: (&str, &str) = (STRICT, "true");

/// An image with an empty application and a JVM of 100 classes.
fn place(files: &[(&str, &str)]) -> Place {
    Place::with(&[&[("/workspace/notes.txt", "")], files].concat())
}

fn run(place: &Place, pairs: &[(&str, &str)]) -> Result<Set> {
    let usual = [(PATH, "@/workspace"), ("BPI_JVM_CLASS_COUNT", "100")];
    calculate(&place.variables(&[&usual, pairs].concat()), &place.container())
}

fn flags_of(files: &[(&str, &str)], pairs: &[(&str, &str)]) -> String {
    options(&run(&place(files), pairs).unwrap())
}

/// All five flags, for a heap and a metaspace in KiB.
fn all(heap: u64, metaspace: u64) -> String {
    format!(
        "-XX:MaxDirectMemorySize=10M -Xmx{heap}K -XX:MaxMetaspaceSize={metaspace}K -XX:ReservedCodeCacheSize=240M -Xss1M"
    )
}

#[test]
fn the_containers_and_applications_of_paketos_tests() {
    let adjusted = |value| flags_of(&[GIB], &[("BPL_JVM_CLASS_ADJUSTMENT", value)]);
    assert_eq!(flags_of(&[GIB], &[]), all(522_705, 13_870));
    for value in ["10", "110%"] {
        assert_eq!(adjusted(value), all(522_688, 13_887));
    }
    for value in ["-40", "60%"] {
        assert_eq!(adjusted(value), all(522_785, 13_790));
    }
    assert_eq!(flags_of(&[GIB], &[("BPL_JVM_HEAD_ROOM", "10")]), all(417_848, 13_870));
    assert_eq!(flags_of(&[GIB], &[("BPL_JVM_HEADROOM", "10")]), all(417_848, 13_870));
    assert_eq!(flags_of(&[GIB], &[("BPL_JVM_HEADROOM", "10"), ("BPL_JVM_HEAD_ROOM", "0")]), all(522_705, 13_870));
    assert_eq!(flags_of(&[GIB], &[("BPL_JVM_LOADED_CLASS_COUNT", "100")]), all(522_337, 14_238));
    assert_eq!(flags_of(&[GIB], &[("BPL_JVM_THREAD_COUNT", "100")]), all(676_305, 13_870));
    assert_eq!(flags_of(&[(V1, "10737418240\n")], &[]), all(9_959_889, 13_870));
    assert_eq!(flags_of(&[(V2, "11811160064\n")], &[]), all(11_008_465, 13_870));
    assert_eq!(flags_of(&[(V1, "70368744177665")], &[]), all(68_718_950_865, 13_870));
    assert_eq!(
        flags_of(&[GIB], &[("JAVA_TOOL_OPTIONS", "-XX:MaxMetaspaceSize=20000K")]),
        "-XX:MaxMetaspaceSize=20000K -XX:MaxDirectMemorySize=10M -Xmx516576K -XX:ReservedCodeCacheSize=240M -Xss1M"
    );
}

#[test]
fn measured_containers_of_real_applications() {
    let of = |limit, threads, classes| {
        flags_of(&[(V2, limit)], &[("BPL_JVM_THREAD_COUNT", threads), ("BPL_JVM_LOADED_CLASS_COUNT", classes)])
    };
    assert_eq!(of("2147483648", "50", "15803"), all(1_686_770, 103_181));
    assert_eq!(of("1953124K", "250", "28339"), all(1_266_938, 174_185));
    assert_eq!(of("536870912", "50", "9305"), all(150_712, 66_375));
}

#[test]
fn a_small_container_fails_with_the_switch_and_starts_without() {
    let bare = [("BPL_JVM_LOADED_CLASS_COUNT", "9305"), STRICT_ON];
    let small = place(&[(V2, "536870912")]);
    let error = run(&small, &bare).unwrap_err();
    assert_eq!(error.id(), "java/memory");
    assert!(error.causes()[0].contains("fixed memory regions require 578375K which is greater than 512M available"));
    let set = run(&small, &bare[..1]).unwrap();
    assert!(options(&set).contains("-XX:ReservedCodeCacheSize=120M -Xss512K"));
    assert_eq!(set[LOW_MEMORY], "true");
    assert!(!run(&place(&[GIB]), &bare[..1]).unwrap().contains_key(LOW_MEMORY));
}

/// The number that the build found for the kind of application is nobody's wish.
#[test]
fn the_builds_number_of_threads_may_shrink_and_the_users_may_not() {
    let small = [(V2, "268435456")];
    let of = |found| {
        let pairs = [(THREADS, "200"), (APPLICATION_THREADS, found), ("BPL_JVM_LOADED_CLASS_COUNT", "9305")];
        flags_of(&small, &pairs)
    };
    // 256 - 10 - 60 - 64.8 (classes) and 50 or 200 stacks of 256K.
    assert!(of("200").contains("-Xmx111288K"), "{}", of("200"));
    assert!(of("250").contains("-Xmx72888K"), "{}", of("250"));
}

#[test]
fn the_flags_of_the_user_count_as_the_jvm_reads_them() {
    // `a|b` ended the reading in Paketo's calculator, and its own -Xmx won over the user's.
    let before = "-Dhttp.nonProxyHosts=a|b '-Dx=y (z)' -Xmx300m";
    let set = flags_of(&[GIB], &[("JAVA_TOOL_OPTIONS", before)]);
    assert_eq!(set.strip_prefix(before).unwrap(), all(0, 13_870).replace("-Xmx0K ", "").replacen('-', " -", 1));
    let last = flags_of(&[GIB], &[("JAVA_TOOL_OPTIONS", "-Xss2M -Xss1M -Xmx522705K")]);
    assert!(last.ends_with(
        "-Xmx522705K -XX:MaxDirectMemorySize=10M -XX:MaxMetaspaceSize=13870K -XX:ReservedCodeCacheSize=240M"
    ));
    let nothing = "-XX:MaxDirectMemorySize=1M -Xmx1M -XX:MaxMetaspaceSize=1M -XX:ReservedCodeCacheSize=3M -Xss1M";
    assert!(run(&place(&[GIB]), &[("JAVA_TOOL_OPTIONS", nothing)]).unwrap().is_empty());
}

#[test]
fn numbers_that_are_none_are_a_warning_or_with_the_switch_an_error() {
    for (name, value, message) in [
        ("BPL_JVM_HEAD_ROOM", "ten", "unable to convert $BPL_JVM_HEAD_ROOM=ten to integer"),
        ("BPL_JVM_THREAD_COUNT", "1.5", "unable to convert $BPL_JVM_THREAD_COUNT=1.5 to integer"),
        ("BPL_JVM_LOADED_CLASS_COUNT", "x", "unable to convert $BPL_JVM_LOADED_CLASS_COUNT=x to integer"),
        ("BPL_JVM_CLASS_ADJUSTMENT", "-1%", "unable to parse $BPL_JVM_CLASS_ADJUSTMENT -1% as a percentage"),
        ("BPL_JVM_CLASS_ADJUSTMENT", "many", "unable to parse $BPL_JVM_CLASS_ADJUSTMENT many as an integer"),
        ("BPI_JVM_CLASS_COUNT", "", "$BPI_JVM_CLASS_COUNT must be set"),
    ] {
        let error = run(&place(&[GIB]), &[(name, value), STRICT_ON]).unwrap_err();
        assert_eq!((error.id(), error.message()), ("java/memory-setting", message));
        let set = flags_of(&[GIB], &[(name, value)]);
        let expected = if name.starts_with("BPI") { all(469_293, 67_282) } else { all(522_705, 13_870) };
        assert_eq!(set, expected, "{name}");
    }
}

#[test]
fn agents_count_also_those_with_options() {
    let place = place(&[GIB]);
    let names: Vec<_> = (0..1000).map(|number| format!("C{number}.class")).collect();
    let jar = names.iter().fold(libpack::testing::Archive::new(), |archive, name| archive.file(name, "")).zip();
    libpack::fs::write(&place.path().join("agent.jar"), jar).unwrap();
    let of = |agents: &str| place.hide(&options(&run(&place, &[("JAVA_TOOL_OPTIONS", agents)]).unwrap()));
    assert_eq!(
        of("-javaagent:@/agent.jar=a=b:c -javaagent:/gone.jar"),
        format!("-javaagent:@/agent.jar=a=b:c -javaagent:/gone.jar {}", all(520_723, 15_852))
    );
}

#[test]
fn an_application_is_counted_again_only_when_it_changed() {
    let place = place(&[GIB, ("/workspace/A.class", "")]);
    let workspace = place.path().join("workspace");
    let facts = crate::launch::application_facts(&workspace, [Path::new("lib/bindings.jar")]).unwrap();
    assert_eq!(facts[0], (COUNT.to_owned(), "1".to_owned()));
    assert_eq!(facts[2], (LINKED.to_owned(), "lib/bindings.jar".to_owned()));
    let of = || options(&run(&place, &[(COUNT, "900"), (FINGERPRINT, &facts[1].1), (LINKED, &facts[2].1)]).unwrap());
    let counted_at_build = all(520_921, 15_654);
    assert_eq!(of(), counted_at_build);

    // The library of another layer, which the application links to, may come with every version.
    let classes = (0..100).map(|number| format!("C{number}.class"));
    let jar = classes.fold(libpack::testing::Archive::new(), |jar, name| jar.file(&name, "")).zip();
    libpack::fs::write(&workspace.join("lib/bindings.jar"), jar).unwrap();
    assert_eq!(of(), all(520_723, 15_852));

    libpack::fs::write(&workspace.join("B.class"), "").unwrap();
    assert_eq!(of(), all(522_507, 14_068), "100 of the JVM, 2 of the application and 100 of the library");
}
