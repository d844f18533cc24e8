//! A real database server (`postgres`) on the loopback, with one database behind a password.

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::http::free_port;
use crate::pack::succeed;
use crate::{files, tools};

/// `nobody`: the server refuses to run as root, and to make files for somebody whom the machine does not know.
const USER: (u32, u32) = (65_534, 65_534);
const PATIENCE: Duration = Duration::from_secs(60);

/// The database and its user.
pub const NAME: &str = "shop";
/// The password of the user.
pub const PASSWORD: &str = "s3cret-of-the-shop";

/// A server that ends with the value.
pub struct Postgres {
    server: Child,
    port: u16,
    _folder: TempDir,
}

impl Postgres {
    /// Makes a database of its own and serves it.
    pub fn start() -> Self {
        let folder = files::scratch();
        chown(folder.path(), Some(USER.0), Some(USER.1)).expect("root's right");
        files::write(&folder.path().join("password"), PASSWORD);
        let data = folder.path().join("data");
        let port = free_port();
        let mut make = program("initdb", &folder);
        make.args(["--auth=scram-sha-256", "--locale=C", "--encoding=UTF8", "--username", NAME, "--pgdata"]).arg(&data);
        succeed(make.arg("--pwfile").arg(folder.path().join("password")));
        let mut serve = program("postgres", &folder);
        serve.arg("-D").arg(&data).args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1", "-k"]);
        let serve = serve.arg(folder.path()).args(["-c", "fsync=off"]).stdout(Stdio::null()).stderr(Stdio::null());
        let server = Self { server: serve.spawn().expect("postgres"), port, _folder: folder };
        server.wait();
        server.client("postgres", &format!("create database {NAME}")).expect("a database");
        server
    }

    /// Where it listens on the loopback.
    pub fn port(&self) -> u16 {
        self.port
    }

    fn wait(&self) {
        let start = Instant::now();
        while self.client("postgres", "select 1").is_none() {
            assert!(start.elapsed() < PATIENCE, "the server does not answer");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn client(&self, database: &str, statement: &str) -> Option<()> {
        let mut client = Command::new(tools::required("LIBPACK_POSTGRES").join("psql"));
        client.args(["-h", "127.0.0.1", "-U", NAME, "-d", database, "-c", statement, "-p", &self.port.to_string()]);
        client.env("PGPASSWORD", PASSWORD).output().ok().filter(|output| output.status.success()).map(drop)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn program(name: &str, folder: &TempDir) -> Command {
    let mut command = Command::new(tools::required("LIBPACK_POSTGRES").join(name));
    command.uid(USER.0).gid(USER.1).current_dir(folder.path()).env("HOME", folder.path());
    command
}
