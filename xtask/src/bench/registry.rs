//! An image registry on the loopback for the time of a measurement.

use std::fs::File;
use std::net::TcpStream;
use std::process::Child;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::json;
use tempfile::TempDir;

use crate::home::{Home, make_folder, read, write};
use crate::http::free_port;
use crate::setup::engine::Engine;
use crate::setup::{images, registry};
use crate::shell::call;

/// Ends with its owner, and takes what was pushed along.
pub struct Registry {
    process: Child,
    /// `127.0.0.1:port`.
    pub address: String,
    _storage: TempDir,
}

impl Registry {
    /// Starts one and gives it the run image, which an image that is published there needs.
    pub fn start(home: &Home, engine: &Engine) -> Result<Self> {
        let program = registry::program(home)?;
        make_folder(home.path())?;
        let storage = tempfile::tempdir_in(home.path())?;
        let port = free_port()?;
        let address = format!("127.0.0.1:{port}");
        let config = storage.path().join("registry.yml");
        // JSON is YAML, and escapes paths.
        let settings = json!({
            "version": 0.1,
            "log": { "level": "warn" },
            "storage": { "filesystem": { "rootdirectory": storage.path().join("images") } },
            "http": { "addr": address },
        });
        write(&config, settings.to_string())?;
        let log_path = storage.path().join("log");
        let log = File::create(&log_path)?;
        let call = call(program).arg("serve").arg(&config);
        let mut command = call.command();
        command.stdout(log.try_clone()?).stderr(log);
        let process = command.spawn().with_context(|| format!("cannot start `{call}`"))?;
        let mut registry = Self { process, address, _storage: storage };
        let start = Instant::now();
        while TcpStream::connect(&registry.address).is_err() {
            if registry.process.try_wait()?.is_some() || start.elapsed() > Duration::from_secs(20) {
                bail!("the registry does not answer:\n{}", read(&log_path)?);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let run = registry.run_image();
        engine.docker().args(["tag", images::RUN, &run]).run()?;
        let pushed = engine.docker().args(["push", "--quiet", &run]).run();
        engine.docker().args(["image", "rm", &run]).run()?;
        pushed?;
        Ok(registry)
    }

    /// The run image as the registry names it.
    pub fn run_image(&self) -> String {
        format!("{}/{}", self.address, images::RUN)
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
