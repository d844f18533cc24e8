//! Ports to the outside: everything that a build reads or does beyond its own folders goes through
//! here, so that the rig can put a fake in each place.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use crate::Result;

/// All ports together. Cloning is cheap; threads share them.
#[derive(Clone)]
pub struct World {
    /// Gets bytes from a URI.
    pub fetch: Arc<dyn Fetch>,
    /// Runs children.
    pub exec: Arc<dyn Exec>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Takes what people read.
    pub output: Arc<dyn Output>,
    /// The home folder of the user that the process runs as, by the user database; none when it is not in there.
    pub home: Option<PathBuf>,
    /// Whether jobs run at once and in order instead of in the background: stable logs for the rig.
    pub in_order: bool,
}

/// Gets bytes from `https`, `http` and `file` URIs.
pub trait Fetch: Send + Sync {
    /// Opens the body. Errors name the URI without its credentials.
    fn get(&self, uri: &str) -> Result<Box<dyn Read + Send>>;
}

/// Runs children.
pub trait Exec: Send + Sync {
    /// Runs to the end. Lines go to `sink` as they come; the outcome carries the whole output.
    /// A child that exits with a failure is not an error here, one that cannot be started is.
    fn run(&self, child: &Child, sink: &mut dyn FnMut(&str)) -> Result<Outcome>;
}

/// A child to be run: argument list, folder and whole environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Child {
    /// The program, looked up in the `PATH` of `env` when it has no slash.
    pub program: OsString,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// The folder that it runs in.
    pub cwd: PathBuf,
    /// Its whole environment: nothing is inherited.
    pub env: Variables,
}

/// How a child ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Exit code; 128 + n for a child that signal n ended.
    pub code: i32,
    /// Both streams, in the order in which they came.
    pub output: String,
}

impl Outcome {
    /// Whether the child exited with 0.
    pub fn success(&self) -> bool {
        self.code == 0
    }
}

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> SystemTime;
}

/// The real clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods)]
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// A time in UTC as RFC 3339 writes it, to the second: `2026-01-01T00:00:00Z`.
pub fn timestamp(time: SystemTime) -> String {
    let time = jiff::Timestamp::try_from(time).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Takes what people read.
pub trait Output: Send + Sync {
    /// Writes the text as it is.
    fn write(&self, text: &str);
}

/// Environment variables, sorted by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Variables(BTreeMap<OsString, OsString>);

impl Variables {
    /// The process's own. The only place that reads them.
    #[allow(clippy::disallowed_methods)]
    pub fn of_process() -> Self {
        std::env::vars_os().collect()
    }

    /// A value, also when it is empty.
    pub fn get(&self, name: impl AsRef<OsStr>) -> Option<&OsStr> {
        self.0.get(name.as_ref()).map(OsString::as_os_str)
    }

    /// A value as text; what is not UTF-8 is replaced.
    pub fn text(&self, name: impl AsRef<OsStr>) -> Option<String> {
        self.get(name).map(|value| value.to_string_lossy().into_owned())
    }

    /// Sets a value.
    pub fn set(&mut self, name: impl Into<OsString>, value: impl Into<OsString>) {
        self.0.insert(name.into(), value.into());
    }

    /// Forgets a value.
    pub fn remove(&mut self, name: impl AsRef<OsStr>) {
        self.0.remove(name.as_ref());
    }

    /// All, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.0.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }
}

impl<K: Into<OsString>, V: Into<OsString>> FromIterator<(K, V)> for Variables {
    fn from_iter<T: IntoIterator<Item = (K, V)>>(pairs: T) -> Self {
        Self(pairs.into_iter().map(|(k, v)| (k.into(), v.into())).collect())
    }
}
