//! `cargo xtask test`: the tests, tier by tier, each with what it needs.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::env::Exports;
use crate::home::{Home, workspace};
use crate::product::language::Language;
use crate::product::{self, builder, cargo};
use crate::progress::{note, seconds};
use crate::setup::lifecycle::Recipe;
use crate::setup::{self, postgres, registry};
use crate::shell::call;
use crate::trust;

/// The package with the tiers that run real tools.
const END_TO_END: &str = "end-to-end";

#[derive(clap::Args)]
pub struct Arguments {
    /// Only these tiers, in their order
    #[arg(long, value_enum, value_delimiter = ',')]
    tier: Vec<Tier>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
enum Tier {
    /// Format and lints
    Lint,
    /// Pure functions and examples in the documentation: no tool, no engine
    Unit,
    /// The phases in process, against a model of the lifecycle: no tool, no engine
    Rig,
    /// The real phases of the lifecycle on a folder: no engine
    Lifecycle,
    /// The real pack, engine and registry
    Pack,
}

const ALL: [Tier; 5] = [Tier::Lint, Tier::Unit, Tier::Rig, Tier::Lifecycle, Tier::Pack];

/// One call of cargo.
type Words = &'static [&'static str];

/// Runs the tiers to the end, whatever fails, and fails at the end.
pub fn run(arguments: &Arguments) -> Result<()> {
    let mut tiers = if arguments.tier.is_empty() { ALL.to_vec() } else { arguments.tier.clone() };
    tiers.sort();
    tiers.dedup();
    let mut results = Vec::new();
    for tier in tiers {
        println!("\n=== {}", tier.name());
        let start = Instant::now();
        let result = tier.run();
        if let Err(error) = &result {
            eprintln!("error: {error:#}");
        }
        results.push((tier, result.is_ok(), start.elapsed()));
    }
    print!("{}", summary(&results));
    let failed: Vec<_> = results.iter().filter(|(_, good, _)| !good).map(|(tier, ..)| tier.name()).collect();
    if failed.is_empty() { Ok(()) } else { bail!("failed: {}", failed.join(", ")) }
}

impl Tier {
    fn name(self) -> &'static str {
        match self {
            Self::Lint => "lint",
            Self::Unit => "unit",
            Self::Rig => "rig",
            Self::Lifecycle => "lifecycle",
            Self::Pack => "pack",
        }
    }

    fn run(self) -> Result<()> {
        let mut failed = Vec::new();
        for exports in self.prepare()? {
            let variables = exports.into_variables();
            let lifecycle = variables.iter().find(|(name, _)| *name == "LIBPACK_LIFECYCLE_DIR");
            if let Some((_, folder)) = lifecycle {
                note("with", &folder.to_string_lossy());
            }
            for words in self.calls() {
                let mut call = call(cargo()).args(*words).dir(&workspace());
                for (name, value) in &variables {
                    call = call.env(name, value);
                }
                note("run", &call.to_string());
                let status = call.command().status().with_context(|| format!("cannot start `{call}`"))?;
                if !status.success() {
                    failed.push(call.to_string());
                }
            }
        }
        if failed.is_empty() { Ok(()) } else { bail!("{} did not pass", failed.join(" and ")) }
    }

    fn calls(self) -> &'static [Words] {
        match self {
            Self::Lint => &[
                &["fmt", "--all", "--check"],
                &["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"],
            ],
            Self::Unit => &[
                &["test", "--workspace", "--no-fail-fast", "--lib", "--bins"],
                &["test", "--workspace", "--no-fail-fast", "--doc"],
            ],
            Self::Rig => &[&["test", "--workspace", "--exclude", END_TO_END, "--no-fail-fast", "--test", "*"]],
            // Of the whole workspace, though one package has them: alone it would have other features of the crates that
            // all use, and compile them again.
            Self::Lifecycle => &[&["test", "--workspace", "--test", "lifecycle"]],
            Self::Pack => &[&["test", "--workspace", "--test", "pack"]],
        }
    }

    /// Brings what the tier needs, and tells where it is: once for each time that the tier runs.
    fn prepare(self) -> Result<Vec<Exports>> {
        if self < Self::Lifecycle {
            return Ok(vec![Exports::default()]);
        }
        let home = Home::find()?;
        let mut exports = Exports::default();
        exports.tools(&home);
        exports.set("LIBPACK_PACKAGE", product::offline(Language::Node)?);
        exports.set("LIBPACK_GO_PACKAGE", product::offline(Language::Go)?);
        exports.set("LIBPACK_JAVA_PACKAGE", product::offline(Language::Java)?);
        if self == Self::Lifecycle {
            let with = |recipe: Recipe| {
                setup::lifecycle::ensure(&home, &recipe)?;
                let mut exports = exports.clone();
                exports.lifecycle(&home, &recipe)?;
                Ok(exports)
            };
            // The tier takes seconds, and a lifecycle of another line has other rules of what it restores.
            return [Recipe::main(), Recipe::older()].map(with).into_iter().collect();
        }
        let engine = setup::bring(&home)?;
        exports.engine(&engine);
        exports.lifecycle(&home, &Recipe::main())?;
        exports.set("LIBPACK_REGISTRY", registry::program(&home)?);
        exports.set("LIBPACK_POSTGRES", postgres::programs()?);
        if let Some(binding) = trust::binding(&home, &engine)? {
            exports.set("LIBPACK_CA_BINDING", binding);
        }
        exports.set("LIBPACK_MINIMAL", product::minimal()?);
        builder::make(&home, &engine)?;
        exports.set("LIBPACK_BUILDER", builder::IMAGE);
        builder::make_older(&home, &engine)?;
        exports.set("LIBPACK_OLDER_BUILDER", builder::OLDER);
        Ok(vec![exports])
    }
}

fn summary(results: &[(Tier, bool, Duration)]) -> String {
    let head = format!("\n{:<10} {:<7} {:>13}\n", "tier", "result", "time");
    let lines = results.iter().map(|(tier, good, time)| {
        let result = if *good { "ok" } else { "FAILED" };
        format!("{:<10} {result:<7} {:>13}\n", tier.name(), seconds(*time))
    });
    std::iter::once(head).chain(lines).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tier_is_summed_up_with_its_time() {
        let results = [(Tier::Lint, true, Duration::from_millis(1_200)), (Tier::Pack, false, Duration::from_secs(75))];
        let text = summary(&results);
        let lines: Vec<Vec<&str>> = text.trim().lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines[1], ["lint", "ok", "1.2", "s"]);
        assert_eq!(lines[2], ["pack", "FAILED", "1", "min", "15", "s"]);
    }

    #[test]
    fn no_test_of_the_workspace_is_left_out() {
        let calls = |tier: Tier| tier.calls().concat().join(" ");
        for option in ["--lib", "--bins", "--doc"] {
            assert!(calls(Tier::Unit).contains(option), "{option}");
        }
        assert!(calls(Tier::Rig).contains("--test *"));
        // What is excluded there is run by the other tiers, target by target.
        let folder = workspace().join("tests/tests");
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.path().file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let known =
                [Tier::Lifecycle, Tier::Pack].into_iter().any(|tier| calls(tier).contains(&format!("--test {name}")));
            assert!(known, "no tier runs tests/tests/{name}");
        }
    }
}
