//! Asking an app that runs.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Child;
use std::time::{Duration, Instant};

/// How long an app may take to answer: on a machine that compiles beside it, a start of a second takes many.
const PATIENCE: Duration = Duration::from_mins(2);

/// A port of the loopback that nobody listens on.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port on the loopback");
    listener.local_addr().expect("an address").port()
}

/// What the app answers at `/`: status line and all. Asks until it listens.
pub fn get(port: u16) -> String {
    ask(port, || None)
}

/// As [`get`], until `ended` tells how the app came to its end.
fn ask(port: u16, mut ended: impl FnMut() -> Option<String>) -> String {
    let start = Instant::now();
    loop {
        let why = match try_get(port) {
            Ok(answer) if !answer.is_empty() => return answer,
            Ok(_) => "it closes the connection".to_owned(),
            Err(error) => error.to_string(),
        };
        if let Some(end) = ended() {
            panic!("the app does not answer on port {port}: it ended with {end}");
        }
        assert!(start.elapsed() < PATIENCE, "nothing answers on port {port}: {why}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn try_get(port: u16) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// A child that ends with the test.
pub struct Running(pub Child);

impl Running {
    /// What it answers at `/` on that port.
    pub fn get(&mut self, port: u16) -> String {
        ask(port, || self.0.try_wait().expect("a child of ours").map(|status| status.to_string()))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
