//! Until when the makers of Spring Boot mend a line for everybody (spring.io, "Spring Boot support").

use jiff::Timestamp;
use libpack::context::BuildCx;

use super::number;

/// A line, and the last day of its open-source support.
const ENDS: [(&str, &str); 9] = [
    ("2.7", "2023-06-30"),
    ("3.0", "2023-12-31"),
    ("3.1", "2024-06-30"),
    ("3.2", "2024-12-31"),
    ("3.3", "2025-06-30"),
    ("3.4", "2025-12-31"),
    ("3.5", "2026-06-30"),
    ("4.0", "2026-12-31"),
    ("4.1", "2027-07-31"),
];

/// Warns of a line that is no longer mended.
pub fn warn(cx: &BuildCx<'_>, version: &str) {
    // A clock that no calendar knows says nothing.
    let Ok(now) = Timestamp::try_from(cx.world().clock.now()) else { return };
    if let Some(message) = ended(version, &now.strftime("%Y-%m-%d").to_string()) {
        cx.log().warning(message);
    }
}

/// The message for a version on a day.
fn ended(version: &str, today: &str) -> Option<String> {
    let number = number(version)?;
    let line = format!("{}.{}", number.major(), number.minor());
    let (_, last) = ENDS.iter().find(|(known, _)| *known == line)?;
    (today > *last).then(|| {
        format!("The open-source support of Spring Boot {line} ended on {last}: no fixes come for this application, also of vulnerabilities. Move it to a newer line.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_mended_until_its_last_day() {
        assert!(ended("3.3.2", "2025-07-01").is_some_and(|text| text.contains("Spring Boot 3.3 ended on 2025-06-30")));
        for (version, day) in
            [("3.3.2", "2025-06-30"), ("4.1.0-RC1", "2026-01-01"), ("9.9.9", "2099-01-01"), ("x", "2099-01-01")]
        {
            assert_eq!(ended(version, day), None, "{version}");
        }
    }
}
