//! `cargo xtask demo`: from a bare machine to answering apps. Makes the builder and leaves it in the engine, builds the
//! samples, runs them and asks them.

mod image;
mod running;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::home::{Home, workspace};
use crate::pack::pack;
use crate::product::{self, builder, language};
use crate::progress::{note, seconds};
use crate::setup::engine::Engine;
use crate::{setup, trust};
use image::Image;
use running::Running;

/// Marks images and volumes as the demo's.
const MARK: &str = "libpack-demo";
const SAMPLES: [&str; 7] = ["npm", "node-plain", "node-native", "go-mod", "go-worker", "java-plain", "java-spring"];

#[derive(clap::Args)]
pub struct Arguments {
    /// The folder of an app of your own, instead of the samples
    #[arg(long, value_name = "FOLDER")]
    app: Option<PathBuf>,
}

/// What an app did.
struct Outcome {
    image: String,
    built: Duration,
    megabytes: u64,
    answer: String,
}

/// Shows the whole way and sums it up.
pub fn run(arguments: &Arguments) -> Result<()> {
    let apps = match &arguments.app {
        Some(app) => vec![app.canonicalize().with_context(|| format!("no folder {}", app.display()))?],
        None => SAMPLES.iter().map(|sample| workspace().join("samples").join(sample)).collect(),
    };
    let home = Home::find()?;
    let engine = setup::bring(&home)?;
    for language in language::ALL {
        product::offline(language)?;
    }
    builder::make(&home, &engine)?;
    let binding = trust::binding(&home, &engine)?;
    if binding.is_some() {
        note("trust", "builds get the certificates that this machine trusts and the build image does not");
    }
    let outcomes = apps.iter().map(|app| show(&home, &engine, app, binding.as_deref())).collect::<Result<Vec<_>>>()?;
    println!("\n{:<26} {:>9} {:>14}  answer", "image", "built in", "over run image");
    for outcome in &outcomes {
        let Outcome { image, built, megabytes, answer } = outcome;
        println!("{image:<26} {:>9} {:>14}  {answer}", seconds(*built), format!("{megabytes} MB"));
    }
    println!("\nThe builder is {}: pack build my-app --builder {0} --path my-app", builder::IMAGE);
    Ok(())
}

fn show(home: &Home, engine: &Engine, app: &Path, binding: Option<&Path>) -> Result<Outcome> {
    let name = format!("{MARK}/{}", tag(app));
    let call = pack(home, engine, MARK)
        .args(["build", &name, "--builder", builder::IMAGE, "--trust-builder", "--pull-policy", "never"])
        .args(["--network", "host", "--path"])
        .arg(app)
        .args(trust::flags(binding));
    println!("\n$ {call}");
    let start = Instant::now();
    follow(&mut call.command())?;
    let built = start.elapsed();
    let image = Image::inspect(engine, &name)?;
    for process in &image.processes {
        note("process", process);
    }
    note("sbom", &components(&image.components(home, engine)?));
    let megabytes = image.over_run_image(engine)? / 1_000_000;
    note("size", &format!("{megabytes} MB over the run image"));
    let running = Running::start(engine, &name)?;
    let answer = running.answer()?;
    note("answer", &answer);
    Ok(Outcome { image: name, built, megabytes, answer })
}

/// Runs a command whose output people want to see.
fn follow(command: &mut Command) -> Result<()> {
    let status = command.status().context("pack cannot be started")?;
    if !status.success() {
        bail!("pack ended with {status}; what it said is above");
    }
    Ok(())
}

fn components(all: &[String]) -> String {
    const SHOWN: usize = 6;
    let first = all.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = if all.len() > SHOWN { ", …" } else { "" };
    let parts = if all.len() == 1 { "component" } else { "components" };
    format!("{} {parts}: {first}{more}", all.len())
}

/// A folder's name as a part of an image's.
fn tag(app: &Path) -> String {
    let name = app.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let plain: String = name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
    let plain = plain.trim_matches('-').to_owned();
    if plain.is_empty() { "app".to_owned() } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_folder_gives_an_image_a_name() {
        assert_eq!(tag(Path::new("/apps/My Shop_2")), "my-shop-2");
        assert_eq!(tag(Path::new("/")), "app");
    }

    #[test]
    fn a_long_sbom_is_cut_and_counted() {
        let all: Vec<String> = (0..9).map(|number| format!("part {number}")).collect();
        let text = components(&all);
        assert!(text.starts_with("9 components: part 0, ") && text.ends_with("part 5, …"), "{text}");
        assert_eq!(components(&all[..1]), "1 component: part 0");
    }
}
