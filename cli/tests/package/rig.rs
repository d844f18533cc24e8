//! A scratch buildpack, the tool, and a server of downloads.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use assert_cmd::Command;
use sha2::{Digest as _, Sha256};

pub const DESCRIPTOR: &str = r#"# what authors write stays
api = "0.10"

[buildpack]
id = "example/bash"
name = "Bash" # a name
version = "1.2.3"
homepage = "https://example.com"

[[targets]]
os = "linux"
arch = "amd64"
"#;

/// A folder with a bash buildpack, and one for packages beside it.
pub struct Rig {
    pub root: tempfile::TempDir,
}

impl Rig {
    pub fn new(descriptor: &str) -> Self {
        let rig = Self { root: tempfile::tempdir().unwrap() };
        rig.file("buildpack.toml", descriptor, 0o644);
        rig.file("bin/build", "#!/usr/bin/env bash\nexit 0\n", 0o755);
        std::os::unix::fs::symlink("build", rig.buildpack().join("bin/detect")).unwrap();
        rig
    }

    pub fn buildpack(&self) -> PathBuf {
        self.root.path().join("source")
    }

    pub fn out(&self) -> PathBuf {
        self.root.path().join("out")
    }

    /// The packaged folder.
    pub fn packaged(&self) -> PathBuf {
        self.out().join("example_bash")
    }

    pub fn file(&self, name: &str, text: &str, mode: u32) {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.buildpack().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    /// `libpack package` on the folder, with a cache of the rig's own.
    pub fn package(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_libpack"));
        command.arg("package").arg(self.buildpack());
        command.arg("--out").arg(self.out());
        command.env("LIBPACK_CACHE", self.root.path().join("cache"));
        command
    }

    /// What the tool prints when it refuses.
    pub fn refused(&self, args: &[&str]) -> String {
        let output = self.package().args(args).assert().code(1).get_output().stderr.clone();
        String::from_utf8(output).unwrap()
    }

    pub fn descriptor(&self) -> toml::Table {
        let text = std::fs::read_to_string(self.packaged().join("buildpack.toml")).unwrap();
        toml::from_str(&text).unwrap()
    }

    pub fn rows(&self) -> Vec<toml::Value> {
        self.descriptor()["metadata"]["dependencies"].as_array().unwrap().clone()
    }
}

pub fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let digest = Sha256::digest(bytes);
    digest.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

/// Every file and link below a folder, with the mode and content of each.
pub fn listing(folder: &Path) -> BTreeMap<String, (u32, Vec<u8>)> {
    use std::os::unix::fs::PermissionsExt as _;
    let entries = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap);
    let entries = entries.map(|entry| {
        let content = if entry.path_is_symlink() {
            std::fs::read_link(entry.path()).unwrap().into_os_string().into_encoded_bytes()
        } else if entry.file_type().is_file() {
            std::fs::read(entry.path()).unwrap()
        } else {
            Vec::new()
        };
        let name = entry.path().strip_prefix(folder).unwrap().display().to_string();
        (name, (entry.metadata().unwrap().permissions().mode() & 0o7777, content))
    });
    entries.collect()
}

/// A `.cnb`'s files by name.
pub fn read_tar(bytes: impl Read) -> Vec<(tar::Header, String, Vec<u8>)> {
    let mut archive = tar::Archive::new(bytes);
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let name = String::from_utf8(entry.path_bytes().into_owned()).unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        (entry.header().clone(), name, content)
    });
    entries.collect()
}

/// Serves files on the loopback and counts the requests.
pub struct Server {
    pub address: String,
    requests: Arc<AtomicUsize>,
    files: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    /// The last request's `authorization`.
    authorization: Arc<Mutex<Option<String>>>,
}

impl Server {
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let server = Self { address, requests: Arc::default(), files: Arc::default(), authorization: Arc::default() };
        let (requests, files) = (server.requests.clone(), server.files.clone());
        let authorization = server.authorization.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map(Result::unwrap);
                let path = lines.next().unwrap().split(' ').nth(1).unwrap().to_owned();
                let given = lines
                    .take_while(|line| !line.is_empty())
                    .filter_map(|line| {
                        Some(line.split_once(": ")?.1.to_owned())
                            .filter(|_| line.to_lowercase().starts_with("authorization:"))
                    })
                    .last();
                *authorization.lock().unwrap() = given;
                requests.fetch_add(1, Ordering::SeqCst);
                let (status, body) = match files.lock().unwrap().get(&path) {
                    Some(body) => ("200 OK", body.clone()),
                    None => ("404 Not Found", Vec::new()),
                };
                let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
                stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body)).unwrap();
            }
        });
        server
    }

    /// Offers a file and gives its address.
    pub fn offer(&self, path: &str, body: &[u8]) -> String {
        self.files.lock().unwrap().insert(path.to_owned(), body.to_vec());
        format!("{}{path}", self.address)
    }

    pub fn authorization(&self) -> Option<String> {
        self.authorization.lock().unwrap().clone()
    }

    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}
