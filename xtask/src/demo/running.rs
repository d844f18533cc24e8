//! A container for the time of a question.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::http::{free_port, get};
use crate::setup::engine::Engine;

const PATIENCE: Duration = Duration::from_secs(30);

/// Is removed with its owner.
pub struct Running<'a> {
    engine: &'a Engine,
    container: String,
    port: u16,
}

impl<'a> Running<'a> {
    /// Starts the image's default process, on a port that it is told by `PORT`.
    pub fn start(engine: &'a Engine, image: &str) -> Result<Self> {
        let port = free_port()?;
        let container = engine
            .docker()
            .args(["run", "--detach", "--network", "host", "--env", &format!("PORT={port}"), image])
            .output()?;
        Ok(Self { engine, container, port })
    }

    /// What the app says to a visitor, in one line; any answer of its own counts, but no error of a server.
    pub fn answer(&self) -> Result<String> {
        let start = Instant::now();
        loop {
            match get(self.port) {
                Ok(answer) if answer.status < 500 => {
                    let body = answer.body.split_whitespace().collect::<Vec<_>>().join(" ");
                    let short: String = body.chars().take(100).collect();
                    return Ok(format!("{} {short}", answer.status));
                }
                Ok(answer) => bail!("the app answers {}: {}\n{}", answer.status, answer.body, self.log()),
                Err(_) if start.elapsed() < PATIENCE && self.lives() => {
                    std::thread::sleep(Duration::from_millis(50));
                }
                Err(error) => bail!("the app does not answer on port {}: {error}\n{}", self.port, self.log()),
            }
        }
    }

    fn lives(&self) -> bool {
        let state = self.engine.docker().args(["inspect", "--format", "{{.State.Running}}", &self.container]).output();
        state.is_ok_and(|state| state == "true")
    }

    fn log(&self) -> String {
        let lines = self.engine.docker().args(["logs", "--tail", "20", &self.container]);
        // Both of the app's outputs, in their order.
        let output = lines.command().output();
        output.map_or_else(
            |error| error.to_string(),
            |output| [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat(),
        )
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        // What is left over is a stopped container; the demo's result stands without it.
        let _ = self.engine.docker().args(["rm", "--force", &self.container]).run();
    }
}
