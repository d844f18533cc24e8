//! The container engine: the one that answers, or our own with its data in the state folder.

use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::debian;
use crate::digest;
use crate::home::{Home, make_folder, read, write};
use crate::progress::{note, step};
use crate::shell::{Call, call};

const DEFAULT_SOCKET: &str = "/var/run/docker.sock";
const PATIENCE: Duration = Duration::from_mins(1);

/// An engine that answers.
#[derive(Debug, Clone)]
pub struct Engine {
    /// `DOCKER_HOST`, when the clients would not find the engine without it.
    pub host: Option<String>,
}

impl Engine {
    /// The engine that answers, if one does.
    pub fn find(home: &Home) -> Option<Self> {
        let candidates = [None, own_host(home)];
        candidates.into_iter().map(|host| Self { host }).find(|engine| engine.version().is_some())
    }

    /// A call of the `docker` client to this engine.
    pub fn docker(&self) -> Call {
        self.reach(call("docker"))
    }

    /// Tells a call where the engine is.
    pub fn reach(&self, call: Call) -> Call {
        match &self.host {
            Some(host) => call.env("DOCKER_HOST", host),
            None => call,
        }
    }

    fn version(&self) -> Option<String> {
        self.docker().args(["version", "--format", "{{.Server.Version}}"]).output().ok()
    }
}

/// The engine that answers; started here when none does.
pub fn ensure(home: &Home) -> Result<Engine> {
    if let Some(engine) = Engine::find(home) {
        let whose = if own_process(home).is_some() { "ours" } else { "not ours, left as it is" };
        note("engine", &format!("docker {} answers ({whose})", engine.version().unwrap_or_default()));
        return Ok(engine);
    }
    if let Some(host) = std::env::var_os("DOCKER_HOST").filter(|host| !host.is_empty()) {
        bail!("DOCKER_HOST is {} and no engine answers there: start it, or unset DOCKER_HOST", host.display());
    }
    debian::ensure("dockerd", &["docker.io", "iptables"])?;
    debian::ensure("docker", &["docker.io"])?;
    if !debian::is_root()? {
        bail!("no engine answers: start one, or run `cargo xtask setup` as root to let it start its own");
    }
    let (folder, socket) = (home.join("engine"), choose_socket(home));
    let host = format!("unix://{}", socket.display());
    let engine = Engine { host: (socket != Path::new(DEFAULT_SOCKET)).then(|| host.clone()) };
    step("engine", &format!("start dockerd at {host}"), || {
        write(&folder.join("host"), &host)?;
        let child = start(home, &host)?;
        wait(&engine, child, &folder.join("log"))
    })?;
    note("engine", &format!("its log is {}; `cargo xtask setup --stop` ends it", folder.join("log").display()));
    Ok(engine)
}

/// Ends the engine that `ensure` started, and only that one.
pub fn stop(home: &Home) -> Result<()> {
    let Some(process) = own_process(home) else {
        note("engine", "none of ours is running");
        return Ok(());
    };
    step("engine", &format!("stop dockerd (process {process})"), || {
        // The shell's own `kill`: a minimal Debian has no program of that name.
        call("sh").args(["-c", "kill -TERM \"$1\"", "sh", &process]).run()?;
        let start = Instant::now();
        while own_process(home).is_some() {
            if start.elapsed() > PATIENCE {
                bail!("dockerd (process {process}) is still there after {} s", PATIENCE.as_secs());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    })
}

fn start(home: &Home, host: &str) -> Result<Child> {
    let folder = home.join("engine");
    make_folder(&folder)?;
    let log_path = folder.join("log");
    let log = File::create(&log_path).with_context(|| format!("cannot write {}", log_path.display()))?;
    let call = call("setsid")
        .arg("dockerd")
        .args(["--host", host])
        .arg("--data-root")
        .arg(folder.join("data"))
        // Sockets lie in it, and their paths must stay below 108 bytes wherever the workspace is.
        .arg("--exec-root")
        .arg(Path::new("/run/libpack").join(short_name(home)))
        .arg("--pidfile")
        .arg(folder.join("pid"))
        // No bridge: containers use the host's network, and the machine's packet filter stays as it is.
        .args(["--bridge=none", "--iptables=false", "--ip-forward=false"]);
    let mut command = call.command();
    command.stdout(log.try_clone()?).stderr(log);
    command.spawn().with_context(|| format!("cannot start `{call}`"))
}

fn wait(engine: &Engine, mut child: Child, log: &Path) -> Result<()> {
    let start = Instant::now();
    while engine.version().is_none() {
        let ended = child.try_wait()?;
        if ended.is_some() || start.elapsed() > PATIENCE {
            let text = read(log).unwrap_or_default();
            let lines: Vec<&str> = text.lines().collect();
            let last = lines[lines.len().saturating_sub(8)..].join("\n  | ");
            let what = ended.map_or_else(|| "does not answer".to_owned(), |status| format!("ended with {status}"));
            bail!("dockerd {what}; the end of {}:\n  | {last}", log.display());
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}

/// The default socket, unless somebody holds it who did not answer as an engine.
fn choose_socket(home: &Home) -> PathBuf {
    match UnixStream::connect(DEFAULT_SOCKET) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => {
            DEFAULT_SOCKET.into()
        }
        _ => Path::new("/run/libpack").join(format!("{}.sock", short_name(home))),
    }
}

/// Where our own engine answers, while it runs.
fn own_host(home: &Home) -> Option<String> {
    own_process(home)?;
    let host = read(&home.join("engine/host")).ok()?;
    (host != format!("unix://{DEFAULT_SOCKET}")).then_some(host)
}

/// The id of our own engine's process. A process that took over the id of a dead engine does not count.
fn own_process(home: &Home) -> Option<String> {
    let process = read(&home.join("engine/pid")).ok()?.trim().to_owned();
    let line = std::fs::read(format!("/proc/{process}/cmdline")).ok()?;
    let data = home.join("engine/data");
    let ours = line.split(|byte| *byte == 0).any(|word| word == data.as_os_str().as_encoded_bytes());
    ours.then_some(process)
}

fn short_name(home: &Home) -> String {
    digest::of([home.path().as_os_str().as_encoded_bytes()])[..12].to_owned()
}
