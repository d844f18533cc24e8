//! The rows of a measurement.

use anyhow::Result;
use serde::Serialize;

use super::phases::{Phases, round};
use super::{Output, Scenario};

/// Stands before an app's name where the builder does nothing.
pub const FLOOR: &str = "floor:";
/// Stands behind an app's name where the builder has no seeds.
pub const UNSEEDED: &str = ":unseeded";

/// One app in one scenario. Times are seconds, medians unless said otherwise.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    pub app: String,
    pub builder: String,
    pub scenario: Scenario,
    pub output: Output,
    pub seconds: f64,
    /// How many times as long as the floor took.
    pub floor_ratio: Option<f64>,
    pub phases: Phases,
    /// Every build, in its order.
    pub runs: Vec<f64>,
}

/// Sets each row in relation to the floor of the same app, scenario and output.
pub fn add_floor_ratios(rows: &mut [Row]) {
    let floors: Vec<Row> = rows.iter().filter(|row| row.app.starts_with(FLOOR)).cloned().collect();
    for row in rows {
        let app = row.app.strip_prefix(FLOOR).unwrap_or(&row.app);
        let app = app.strip_suffix(UNSEEDED).unwrap_or(app);
        let same = floors.iter().find(|floor| {
            let of = floor.app.strip_prefix(FLOOR);
            of == Some(app) && floor.scenario == row.scenario && floor.output == row.output
        });
        row.floor_ratio = same.map(|floor| round(row.seconds / floor.seconds));
    }
}

/// The rows as JSON.
pub fn json(rows: &[Row]) -> Result<String> {
    Ok(serde_json::to_string_pretty(rows)? + "\n")
}

/// The rows as a table for people.
pub fn print(rows: &[Row]) {
    println!("\n{:<16} {:<11} {:<9} {:>8} {:>7}  phases", "app", "scenario", "output", "seconds", "floor");
    for row in rows {
        let ratio = row.floor_ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.1} ×"));
        let phases =
            row.phases.iter().map(|(name, seconds)| format!("{name} {seconds:.2}")).collect::<Vec<_>>().join(", ");
        let (scenario, output) = (lower(row.scenario), lower(row.output));
        println!("{:<16} {scenario:<11} {output:<9} {:>8.2} {ratio:>7}  {phases}", row.app, row.seconds);
    }
    println!();
}

fn lower(value: impl std::fmt::Debug) -> String {
    format!("{value:?}").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(app: &str, scenario: Scenario, output: Output, seconds: f64) -> Row {
        Row {
            app: app.into(),
            builder: "builder".into(),
            scenario,
            output,
            seconds,
            floor_ratio: None,
            phases: Phases::new(),
            runs: vec![seconds],
        }
    }

    #[test]
    fn a_row_is_compared_with_the_floor_of_its_own_app_scenario_and_output() {
        let mut rows = [
            row("floor:node", Scenario::Source, Output::Engine, 2.0),
            row("floor:node", Scenario::Source, Output::Registry, 1.0),
            row("node", Scenario::Source, Output::Registry, 3.0),
            row("node:unseeded", Scenario::Source, Output::Engine, 8.0),
            row("node", Scenario::Cold, Output::Engine, 9.0),
            row("other", Scenario::Source, Output::Engine, 9.0),
        ];
        add_floor_ratios(&mut rows);
        let ratios = rows.map(|row| row.floor_ratio);
        assert_eq!(ratios, [Some(1.0), Some(1.0), Some(3.0), Some(4.0), None, None]);
    }

    #[test]
    fn rows_are_json_with_the_names_of_the_command_line() {
        let text = json(&[row("floor:npm", Scenario::Unchanged, Output::Engine, 0.5)]).unwrap();
        assert!(text.contains(r#""scenario": "unchanged""#) && text.contains(r#""output": "engine""#), "{text}");
    }
}
