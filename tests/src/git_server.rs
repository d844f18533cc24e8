//! A git repository behind a login, on the loopback: git's own CGI program with an HTTP server in front.

use std::io::{BufRead as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tempfile::TempDir;
use tiny_http::{Header, Request, Response, Server};

use crate::files;

/// A running server. It ends with the value.
pub struct GitServer {
    server: Arc<Server>,
    worker: Option<std::thread::JoinHandle<()>>,
    _root: TempDir,
}

impl GitServer {
    /// Serves a repository called `private.git` with one commit and a tag, to who knows the password of `me`.
    pub fn start(content: &Path, tag: &str, password: &'static str) -> Self {
        let root = files::scratch();
        commit(content, &root.path().join("private.git"), tag);
        let server = Arc::new(Server::http("127.0.0.1:0").expect("a port on the loopback"));
        let (taken, folder) = (Arc::clone(&server), root.path().to_path_buf());
        let worker = std::thread::spawn(move || {
            while let Ok(request) = taken.recv() {
                answer(request, &folder, password);
            }
        });
        Self { server, worker: Some(worker), _root: root }
    }

    /// `http://127.0.0.1:<port>/`.
    pub fn address(&self) -> String {
        format!("http://{}/", self.server.server_addr().to_ip().expect("an address"))
    }
}

impl Drop for GitServer {
    fn drop(&mut self) {
        self.server.unblock();
        if let Some(worker) = self.worker.take() {
            let _ = worker.join();
        }
    }
}

fn git(folder: &Path, words: &[&str]) {
    let status = Command::new("git")
        .args(["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main"])
        .args(words)
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(status.expect("git").success(), "git {words:?}");
}

fn commit(content: &Path, bare: &Path, tag: &str) {
    let work = files::scratch();
    files::copy(content, &work.path().join("work"));
    let work = work.path().join("work");
    git(&work, &["init"]);
    git(&work, &["add", "."]);
    git(&work, &["commit", "-m", "all"]);
    git(&work, &["tag", tag]);
    git(&work, &["clone", "--bare", ".", bare.to_str().expect("a path")]);
}

fn answer(mut request: Request, root: &Path, password: &str) {
    if !knows(&request, password) {
        let asks = Header::from_bytes("WWW-Authenticate", "Basic realm=\"private\"").expect("a header");
        let _ = request.respond(Response::empty(401).with_header(asks));
        return;
    }
    let mut body = Vec::new();
    let _ = request.as_reader().read_to_end(&mut body);
    let output = cgi(&request, root, &body);
    let mut rest = &*output;
    let (mut status, mut headers) = (200, Vec::new());
    let mut line = String::new();
    while rest.read_line(&mut line).is_ok_and(|read| read > 2) {
        if let Some((name, value)) = line.trim().split_once(": ") {
            if name == "Status" {
                status = value.split(' ').next().and_then(|code| code.parse().ok()).unwrap_or(500);
            } else {
                headers.extend(Header::from_bytes(name, value));
            }
        }
        line.clear();
    }
    let mut response = Response::from_data(rest.to_vec()).with_status_code(status);
    for header in headers {
        response.add_header(header);
    }
    let _ = request.respond(response);
}

/// `me` and the password, in Base64.
fn knows(request: &Request, password: &str) -> bool {
    let given = request.headers().iter().find(|header| header.field.equiv("Authorization"));
    let expected = format!("Basic {}", STANDARD.encode(format!("me:{password}")));
    given.is_some_and(|header| header.value.as_str() == expected)
}

fn cgi(request: &Request, root: &Path, body: &[u8]) -> Vec<u8> {
    let (path, query) = request.url().split_once('?').unwrap_or((request.url(), ""));
    let kind = request.headers().iter().find(|header| header.field.equiv("Content-Type"));
    let protocol = request.headers().iter().find(|header| header.field.equiv("Git-Protocol"));
    let mut child = Command::new("git")
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("PATH_INFO", path)
        .env("QUERY_STRING", query)
        .env("REQUEST_METHOD", request.method().as_str())
        .env("REMOTE_USER", "me")
        .env("CONTENT_TYPE", kind.map(|header| header.value.to_string()).unwrap_or_default())
        .env("CONTENT_LENGTH", body.len().to_string())
        .env("GIT_PROTOCOL", protocol.map(|header| header.value.to_string()).unwrap_or_default())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("git http-backend");
    child.stdin.take().expect("a pipe").write_all(body).expect("a pipe");
    child.wait_with_output().expect("git http-backend").stdout
}

/// A module of one package with a version, for [`GitServer::start`].
pub fn module(path: &str) -> (TempDir, PathBuf) {
    let root = files::scratch();
    let folder = root.path().join("module");
    files::write(&folder.join("go.mod"), format!("module {path}\n\ngo 1.25\n"));
    files::write(
        &folder.join("words.go"),
        "package words\n\n// Secret is known to few.\nconst Secret = \"known to few\"\n",
    );
    (root, folder)
}
