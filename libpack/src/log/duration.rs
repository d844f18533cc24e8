use std::time::Duration;

/// A duration as Go prints it, to the millisecond: `2.517s`, `1ms`, `1m2.5s` (what Paketo's logs show).
pub fn go_duration(duration: Duration) -> String {
    let milliseconds = duration.as_millis();
    if milliseconds < 1000 {
        return format!("{milliseconds}ms");
    }
    let (minutes, rest) = (milliseconds / 60_000, milliseconds % 60_000);
    let seconds = format!("{}.{:03}", rest / 1000, rest % 1000);
    let seconds = seconds.trim_end_matches('0').trim_end_matches('.');
    match (minutes / 60, minutes % 60) {
        (0, 0) => format!("{seconds}s"),
        (0, minutes) => format!("{minutes}m{seconds}s"),
        (hours, minutes) => format!("{hours}h{minutes}m{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_in_go() {
        let shown = |milliseconds| go_duration(Duration::from_millis(milliseconds));
        assert_eq!(shown(1), "1ms");
        assert_eq!(shown(2517), "2.517s");
        assert_eq!(shown(62_500), "1m2.5s");
        assert_eq!(shown(60_000), "1m0s");
        assert_eq!(shown(3_600_000), "1h0m0s");
    }
}
