use super::super::regions::Amount;
use super::*;

fn regions(total: i64, threads: Amount, classes: i64, flags: &[&str]) -> Regions {
    let flags: Vec<_> = flags.iter().map(|flag| (*flag).to_owned()).collect();
    Regions::new(Size(total * MIB), 0, threads, classes, &flags)
}

fn of(total: i64, threads: i64, classes: i64) -> Regions {
    regions(total, Amount::default(threads), classes, &[])
}

fn words(error: &Error) -> String {
    error.causes().join(": ")
}

#[test]
fn paketos_words_and_order_of_checks_with_the_strict_switch() {
    let fixed = plan(&of(512, 250, 9_305), true).unwrap_err();
    assert_eq!(fixed.message(), "unable to calculate memory configuration");
    let parts = "-XX:MaxDirectMemorySize=10M, -XX:MaxMetaspaceSize=66375K, -XX:ReservedCodeCacheSize=240M, -Xss1M * 250 threads";
    assert_eq!(
        words(&fixed),
        format!("fixed memory regions require 578375K which is greater than 512M available for allocation: {parts}")
    );
    let mut half = of(1024, 250, 9_305);
    half.headroom_percent = 50;
    assert_eq!(
        words(&plan(&half, true).unwrap_err()),
        format!(
            "non-heap memory regions require 1102663K which is greater than 1G available for allocation: 512M headroom, {parts}"
        )
    );
    let large = regions(1024, Amount::default(250), 9_305, &["-Xmx1G"]);
    assert_eq!(
        words(&plan(&large, true).unwrap_err()),
        format!(
            "all memory regions require 1626951K which is greater than 1G available for allocation: -Xmx1G, 0 headroom, {parts}"
        )
    );
}

#[test]
fn what_the_switch_refuses_runs_with_smaller_regions() {
    let plan = plan(&of(512, 250, 9_305), false).unwrap();
    let flags = plan.regions.flags(plan.heap);
    assert_eq!(
        flags,
        [
            "-XX:MaxDirectMemorySize=10M",
            "-Xmx260792K",
            "-XX:MaxMetaspaceSize=66375K",
            "-XX:ReservedCodeCacheSize=120M",
            "-Xss512K"
        ]
    );
    assert_eq!(
        plan.less,
        [
            "-XX:ReservedCodeCacheSize=120M instead of 240M",
            "-Xss512K instead of 1M",
            "memory for 125 threads instead of 250"
        ]
    );
}

#[test]
fn a_container_that_holds_the_usual_regions_keeps_them() {
    for (total, threads, classes) in [(1024, 250, 9_305), (2048, 50, 15_803), (600, 250, 9_305)] {
        let usual = of(total, threads, classes);
        let expected = plan(&usual, true).unwrap();
        assert_eq!(plan(&usual, false).unwrap(), expected, "{total}");
        assert!(expected.less.is_empty() && expected.heap >= USEFUL_HEAP);
    }
    // Paketo's heap would be 2.2 MiB here.
    let tight = of(567, 250, 9_305);
    assert!(plan(&tight, true).unwrap().heap < 3 * MIB);
    assert!(plan(&tight, false).unwrap().heap > 100 * MIB);
}

#[test]
fn what_the_user_said_stays() {
    let flags = ["-XX:ReservedCodeCacheSize=64M", "-Xss512k"];
    let plan = plan(&regions(256, Amount::user(60), 9_305, &flags), false).unwrap();
    assert_eq!((plan.regions.code_cache.value, plan.regions.stack.value), (64 * MIB, MIB / 2));
    assert_eq!(plan.regions.threads.value, 60);
    assert_eq!(plan.heap, (256 - 64 - 30 - 10) * MIB - 67_969_000);
    assert_eq!(plan.regions.flags(plan.heap).len(), 3);
}

/// What the hint says is enough, each way by itself.
fn follow(usual: &Regions, hint: &str) -> Vec<Regions> {
    let after = |start: &str| {
        let rest = hint.split_once(start)?.1;
        let end = rest.find([' ', ',']).unwrap_or(rest.trim_end_matches('.').len());
        Some(rest[..end].to_owned())
    };
    let size = |start| after(start).map(|text| Size::parse(&text).unwrap());
    let mut ways = Vec::new();
    ways.extend(size("the container at least ").map(|total| Regions { total, ..usual.clone() }));
    ways.extend(size("-XX:MaxMetaspaceSize=").map(|size| Regions { metaspace: Amount::user(size.0), ..usual.clone() }));
    ways.extend(
        after("BPL_JVM_THREAD_COUNT=")
            .map(|text| Regions { threads: Amount::user(text.parse().unwrap()), ..usual.clone() }),
    );
    ways.extend(size("set -Xmx").map(|size| Regions { heap: Some(size.0), ..usual.clone() }));
    ways
}

/// A JVM that prints a line, Tomcat, a small and a large Spring application.
#[test]
fn small_containers_run_or_say_exactly_what_to_set() {
    let mut failed = 0;
    for total in [16, 64, 96, 128, 256, 512] {
        for (threads, classes) in [(250, 6_700), (250, 9_305), (50, 14_906), (250, 28_339)] {
            for flags in [&[][..], &["-Xmx48m"], &["-Xss2m", "-XX:ReservedCodeCacheSize=100m"]] {
                let usual = regions(total, Amount::default(threads), classes, flags);
                match plan(&usual, false) {
                    Ok(plan) => {
                        assert!(plan.heap >= USEFUL_HEAP, "{total} {classes}: {plan:?}");
                        assert!(plan.regions.non_heap() + plan.heap <= total * MIB);
                    }
                    Err(error) => {
                        failed += 1;
                        let hint = error.next_step().unwrap();
                        let ways = follow(&usual, hint);
                        assert!(!ways.is_empty(), "{hint}");
                        for way in ways {
                            let plan = plan(&way, false).unwrap_or_else(|error| panic!("{hint}: {error:?}"));
                            assert!(plan.heap >= USEFUL_HEAP, "{hint}");
                        }
                    }
                }
            }
        }
    }
    assert!(failed > 10, "{failed}");
}

#[test]
fn the_least_container_is_named_exactly() {
    let hint = plan(&of(64, 250, 6_700), false).unwrap_err().next_step().unwrap().to_owned();
    insta::assert_snapshot!(hint, @"Give the container at least 100M, or set JAVA_TOOL_OPTIONS=-XX:MaxMetaspaceSize=23M if the app needs no more for its classes.");
    let least = follow(&of(64, 250, 6_700), &hint)[0].total.0 / MIB;
    assert!(plan(&of(least - 1, 250, 6_700), false).is_err());
}

#[test]
fn a_number_of_threads_that_does_not_fit_is_named() {
    let hint = plan(&regions(1024, Amount::user(2000), 9_305, &[]), false).unwrap_err().next_step().unwrap().to_owned();
    insta::assert_snapshot!(hint, @"Give the container at least 2323M, or set BPL_JVM_THREAD_COUNT=701.");
    let hint = plan(&of(512, 250, 9_305), true).unwrap_err().next_step().unwrap().to_owned();
    insta::assert_snapshot!(hint, @"Give the container at least 573M, or unset BPL_JVM_STRICT_MEMORY, so that the regions shrink with the container.");
}
