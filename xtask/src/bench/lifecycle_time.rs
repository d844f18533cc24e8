//! How long phases took by the lifecycle's own clock (buildpacks/lifecycle, log/timelog.go).

use std::collections::BTreeMap;

/// A time in seconds.
pub type Seconds = f64;

/// Seconds by phase, as the lifecycle names them: `Detector`, `Restorer`, `Builder` …
pub fn timers(output: &str) -> BTreeMap<String, Seconds> {
    output.lines().filter_map(timer).collect()
}

/// `Timer: Detector ran for 12.3ms and ended at 2026-11-22T20:58:49Z`, after whatever prefix pack gave the line.
fn timer(line: &str) -> Option<(String, Seconds)> {
    let (_, text) = line.split_once("Timer: ")?;
    let (name, rest) = text.split_once(" ran for ")?;
    let (duration, _) = rest.split_once(" and ended")?;
    Some((name.to_owned(), seconds(duration)?))
}

/// Reads a duration as Go prints it: `1m2.5s`, `12.3ms`, `456µs`.
fn seconds(text: &str) -> Option<Seconds> {
    let (mut sum, mut rest) = (0.0, text);
    while !rest.is_empty() {
        let unit_at = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let number: f64 = rest[..unit_at].parse().ok()?;
        let unit_end =
            rest[unit_at..].find(|letter: char| letter.is_ascii_digit()).map_or(rest.len(), |at| at + unit_at);
        sum += number
            * match &rest[unit_at..unit_end] {
                "h" => 3600.0,
                "m" => 60.0,
                "s" => 1.0,
                "ms" => 1e-3,
                "µs" => 1e-6,
                "ns" => 1e-9,
                _ => return None,
            };
        rest = &rest[unit_end..];
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phase_is_timed_where_it_ends() {
        let times = timers(
            "[creator] Timer: Detector started at 2026-11-22T20:58:49Z\n\
             [creator] Timer: Detector ran for 1m2.5s and ended at 2026-11-22T20:59:51Z\n\
             Timer: Builder ran for 12.5ms and ended at 2026-11-22T20:59:52Z\n",
        );
        assert_eq!(times.len(), 2);
        assert!((times["Detector"] - 62.5).abs() < 1e-9);
        assert!((times["Builder"] - 0.0125).abs() < 1e-9);
    }

    #[test]
    fn every_unit_of_go_is_read() {
        for (text, expected) in [("1h0m0s", 3600.0), ("456µs", 0.000_456), ("7ns", 7e-9)] {
            let read = seconds(text).unwrap();
            assert!((read - expected).abs() < 1e-12, "{text}: {read}");
        }
        assert_eq!(seconds("soon"), None);
    }
}
