//! From the executable's name to a phase: `detect` and `build` by libcnb's runtime, `seed` for the
//! packager, every other name as a launch helper. The only file that knows libcnb's runtime.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr as _;
use std::sync::Arc;

use libcnb::build::{BuildContext, BuildResult, BuildResultBuilder};
use libcnb::data::build_plan::{BuildPlan, BuildPlanBuilder, Require};
use libcnb::data::launch as protocol;
use libcnb::detect::{DetectContext, DetectResult, DetectResultBuilder};
use libcnb::generic::{GenericMetadata, GenericPlatform};

use crate::bindings::Bindings;
use crate::component::{Buildpack, Helper};
use crate::components::ca_certificates;
use crate::context::Surroundings;
use crate::descriptor::Descriptor;
use crate::exec::Processes;
use crate::launch::Launch;
use crate::phase::{BuildInput, Detected, SeedInput};
use crate::plan::{Alternative, Entry};
use crate::report::report;
use crate::source::HttpFetch;
use crate::world::{Output, SystemClock, Variables, World};
use crate::{Error, Result, phase, users};

/// Runs the phase that the executable's name asks for. One executable may host several buildpacks; the
/// id in the `buildpack.toml` beside it picks one.
pub fn serve(buildpacks: &[Buildpack]) -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let program = PathBuf::from(arguments.first().cloned().unwrap_or_default());
    match program.file_name().and_then(|name| name.to_str()) {
        Some("detect" | "build") => run_phase(buildpacks, &program, &arguments),
        Some("seed") => make_seed(buildpacks, &arguments).map_or_else(|error| fail(&error), |()| ExitCode::SUCCESS),
        _ => run_helpers(&buildpacks.iter().flat_map(|one| &one.helpers).copied().collect::<Vec<_>>(), &program),
    }
}

/// The whole of an executable that only helps at launch: the list is the buildpack's own.
pub fn launch(helpers: &[(&'static str, Helper)]) -> ExitCode {
    run_helpers(helpers, &PathBuf::from(std::env::args_os().next().unwrap_or_default()))
}

fn run_phase(buildpacks: &[Buildpack], program: &Path, arguments: &[OsString]) -> ExitCode {
    let variables = Variables::of_process();
    if let Some(complete) = complete_target(&variables) {
        return start_again(program, arguments, &complete);
    }
    let descriptor = buildpack_folder(&variables).and_then(|folder| Descriptor::read(&folder));
    match descriptor.and_then(|descriptor| choose(buildpacks, &descriptor)) {
        Ok(buildpack) => {
            libcnb::libcnb_runtime(&Adapter { buildpack, variables });
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error),
    }
}

/// libcnb refuses to run without the target's variables, which the specification calls optional and old
/// lifecycles leave out or empty. Setting them in place is `unsafe`, so the executable starts again.
fn complete_target(variables: &Variables) -> Option<Variables> {
    let target = crate::target::Target::from_variables(variables);
    let wanted = [
        ("CNB_TARGET_OS", target.os),
        ("CNB_TARGET_ARCH", target.arch),
        ("CNB_TARGET_DISTRO_NAME", String::new()),
        ("CNB_TARGET_DISTRO_VERSION", String::new()),
    ];
    let mut complete = variables.clone();
    let mut changed = false;
    for (name, value) in wanted {
        if variables.get(name).is_none() || (variables.text(name) != Some(value.clone()) && !value.is_empty()) {
            complete.set(name, value);
            changed = true;
        }
    }
    changed.then_some(complete)
}

#[allow(clippy::disallowed_methods)]
fn start_again(program: &Path, arguments: &[OsString], variables: &Variables) -> ExitCode {
    use std::os::unix::process::CommandExt as _;
    let executable = std::env::current_exe().unwrap_or_else(|_| program.to_path_buf());
    let error = std::process::Command::new(executable)
        .arg0(program)
        .args(arguments.iter().skip(1))
        .env_clear()
        .envs(variables.iter())
        .exec();
    fail(&Error::bug("serve/start-again", "could not start the buildpack again").because(error))
}

fn choose<'a>(buildpacks: &'a [Buildpack], descriptor: &Descriptor) -> Result<&'a Buildpack> {
    let id = &descriptor.buildpack.id;
    buildpacks.iter().find(|one| one.id == *id).ok_or_else(|| {
        Error::bug("serve/unknown-id", format!("this executable is no buildpack called {id}"))
            .hint("The id in buildpack.toml must be one that the executable was built for.")
    })
}

fn buildpack_folder(variables: &Variables) -> Result<PathBuf> {
    variables.get("CNB_BUILDPACK_DIR").map(PathBuf::from).ok_or_else(|| {
        Error::bug("serve/no-folder", "CNB_BUILDPACK_DIR is not set").hint("Start detect and build by a lifecycle.")
    })
}

/// `seed <buildpack folder> <seed id> <dependency version> <out folder>`: what `libpack package` runs once.
fn make_seed(buildpacks: &[Buildpack], arguments: &[OsString]) -> Result<()> {
    let [_, folder, id, version, out] = arguments else {
        return Err(Error::user("seed/arguments", "a seed is made from four arguments")
            .hint("Write: seed <buildpack folder> <seed id> <dependency version> <out folder>."));
    };
    let text = |argument: &OsString| argument.to_string_lossy().into_owned();
    let (folder, variables) = (PathBuf::from(folder), Variables::of_process());
    let descriptor = Descriptor::read(&folder)?;
    let buildpack = choose(buildpacks, &descriptor)?;
    let world = world(HttpFetch::new(&variables)?);
    let (id, version, out) = (text(id), text(version), out.into());
    phase::seed(buildpack, SeedInput { buildpack: folder, descriptor, id, version, out }, &variables, world)
}

fn fail(error: &Error) -> ExitCode {
    Stdout.write(&report(error));
    ExitCode::FAILURE
}

/// Runs the helpers that the layer lists, each seeing what the ones before it set.
fn run_helpers(helpers: &[(&'static str, Helper)], program: &Path) -> ExitCode {
    match helper_output(helpers, program, Variables::of_process()).and_then(|output| hand_over(&output)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Standard output is the app's: a helper speaks on standard error.
            let _ = std::io::stderr().write_all(report(&error).as_bytes());
            ExitCode::FAILURE
        }
    }
}

fn helper_output(helpers: &[(&'static str, Helper)], program: &Path, mut variables: Variables) -> Result<toml::Table> {
    // `<layer>/exec.d/<name>`: the list lies in the layer.
    let layer = program.parent().and_then(Path::parent).unwrap_or(Path::new("."));
    let names = crate::fs::read_text(&layer.join(phase::HELPERS)).map_err(|error| {
        Error::bug("serve/unknown-name", format!("{} is neither detect, build nor a helper", program.display()))
            .because(error)
            .hint("Call it by the links that `libpack package` makes.")
    })?;
    let mut output = toml::Table::new();
    for name in names.lines() {
        let known = helpers.iter().find(|(known, _)| *known == name);
        let Some((_, helper)) = known else { continue };
        for (key, value) in helper(&variables)? {
            variables.set(&key, &value);
            output.insert(key, toml::Value::String(value));
        }
    }
    Ok(output)
}

/// Writes the variables where the launcher reads them: TOML on file descriptor 3 (buildpacks/spec,
/// buildpack.md, "exec.d"). libcnb's writer checks names by regular expressions, which would be half of
/// the executable and most of its time.
fn hand_over(output: &toml::Table) -> Result<()> {
    let failed = |error: std::io::Error| {
        Error::bug("launch/output", "the launcher does not take the variables of the helpers").because(error)
    };
    let mut pipe = std::fs::OpenOptions::new().write(true).open("/dev/fd/3").map_err(failed)?;
    pipe.write_all(output.to_string().as_bytes()).map_err(failed)
}

struct Adapter<'a> {
    buildpack: &'a Buildpack,
    variables: Variables,
}

impl Adapter<'_> {
    fn surroundings(&self, app: &Path, folder: &Path, platform: &Path) -> Result<Surroundings> {
        let descriptor = Descriptor::read(folder)?;
        let identity = &descriptor.buildpack;
        let bound = ca_certificates::paths(&Bindings::read(&self.variables, platform)?);
        let fetch = HttpFetch::new(&self.variables)?.user_agent(&identity.id, &identity.version).trusting(bound);
        Surroundings::new(app, folder, platform, self.variables.clone(), descriptor, world(fetch))
    }
}

/// The real ports.
fn world(fetch: HttpFetch) -> World {
    World {
        fetch: Arc::new(fetch),
        exec: Arc::new(Processes),
        clock: Arc::new(SystemClock),
        output: Arc::new(Stdout),
        home: users::home(),
        in_order: false,
    }
}

impl libcnb::Buildpack for Adapter<'_> {
    type Platform = GenericPlatform;
    type Metadata = GenericMetadata;
    type Error = Error;

    fn detect(&self, context: DetectContext<Self>) -> libcnb::Result<DetectResult, Error> {
        let platform = argument(1);
        let detected = self
            .surroundings(&context.app_dir, &context.buildpack_dir, &platform)
            .and_then(|around| phase::detect(self.buildpack, &around))
            .map_err(libcnb::Error::BuildpackError)?;
        match detected {
            Detected::Pass(alternatives) => DetectResultBuilder::pass().build_plan(plan_file(&alternatives)).build(),
            Detected::Fail(_) => DetectResultBuilder::fail().build(),
        }
    }

    fn build(&self, context: BuildContext<Self>) -> libcnb::Result<BuildResult, Error> {
        let entries = context.buildpack_plan.entries.into_iter();
        let entries = entries.map(|entry| Entry { name: entry.name, metadata: entry.metadata }).collect();
        let helper = context.buildpack_dir.join("bin/helper");
        let whole = || std::env::current_exe().unwrap_or_else(|_| argument(0));
        let executable = if helper.is_file() { helper } else { whole() };
        let input = BuildInput { layers: context.layers_dir, entries, executable };
        let launch = self
            .surroundings(&context.app_dir, &context.buildpack_dir, &argument(2))
            .and_then(|around| phase::build(self.buildpack, around, input))
            .and_then(|launch| launch_file(&launch))
            .map_err(libcnb::Error::BuildpackError)?;
        BuildResultBuilder::new().launch(launch).build()
    }

    fn on_error(&self, error: libcnb::Error<Error>) {
        let error = match error {
            libcnb::Error::BuildpackError(error) => error,
            other => Error::bug("serve/protocol", other.to_string()),
        };
        Stdout.write(&report(&error));
    }
}

fn argument(at: usize) -> PathBuf {
    std::env::args_os().nth(at).map(PathBuf::from).unwrap_or_default()
}

fn plan_file(alternatives: &[Alternative]) -> BuildPlan {
    let mut builder = BuildPlanBuilder::new();
    for (at, alternative) in alternatives.iter().enumerate() {
        if at > 0 {
            builder = builder.or();
        }
        builder = alternative.provides.iter().fold(builder, BuildPlanBuilder::provides);
        for require in &alternative.requires {
            let mut one = Require::new(&require.name);
            one.metadata = require.metadata.clone();
            builder = builder.requires(one);
        }
    }
    builder.build()
}

fn launch_file(launch: &Launch) -> Result<protocol::Launch> {
    let mut file = protocol::Launch::default();
    for process in launch.processes() {
        let kind = protocol::ProcessType::from_str(&process.kind).map_err(|error| {
            Error::user("launch/process-type", format!("{:?} cannot be a process type", process.kind)).because(error)
        })?;
        let mut one = protocol::ProcessBuilder::new(kind, process.command.clone());
        file.processes.push(one.default(process.default).build());
    }
    let labels = launch.labels().iter();
    file.labels = labels.map(|(key, value)| protocol::Label { key: key.clone(), value: value.clone() }).collect();
    let slices = launch.slices().iter();
    file.slices = slices.map(|paths| protocol::Slice { path_globs: paths.clone() }).collect();
    Ok(file)
}

/// Standard output. A reader that is gone is no reason to fail.
struct Stdout;

impl Output for Stdout {
    fn write(&self, text: &str) {
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }
}
