//! An image registry in memory, on the loopback: as much of the OCI distribution specification as the
//! lifecycle needs to look at, push and pull images. It speaks to one test and ends with it.

use std::collections::BTreeMap;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use libpack::checksum::sha256;
use serde_json::{Value, json};
use tiny_http::{Header, Method, Request, Response, Server};

const MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";

/// A running registry.
pub struct Registry {
    server: Arc<Server>,
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    workers: Vec<std::thread::JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    blobs: BTreeMap<String, Arc<Vec<u8>>>,
    /// `<name>:<tag or digest>` → media type, content.
    manifests: BTreeMap<String, (String, Vec<u8>)>,
    uploads: BTreeMap<usize, Vec<u8>>,
    begun: usize,
    pushed: Vec<String>,
}

struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Arc<Vec<u8>>,
}

impl Answer {
    fn new(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Arc::default() }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn body(mut self, body: Arc<Vec<u8>>) -> Self {
        self.body = body;
        self
    }
}

impl Registry {
    /// Starts one on a free port.
    pub fn start() -> Self {
        let server = Arc::new(Server::http("127.0.0.1:0").expect("a port on the loopback"));
        let state = Arc::new(Mutex::new(State::default()));
        let workers = (0..4).map(|_| {
            let (server, state) = (Arc::clone(&server), Arc::clone(&state));
            std::thread::spawn(move || {
                while let Ok(request) = server.recv() {
                    serve(request, &state);
                }
            })
        });
        let workers = workers.collect();
        let inner = server.server_addr().to_ip().expect("an address");
        let address = refuse_tls(inner).expect("a port on the loopback");
        Self { server, address, state, workers }
    }

    /// `127.0.0.1:<port>`.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Puts an image of one empty layer there, with the labels of a run image.
    pub fn put_run_image(&self, name: &str, labels: &Value) {
        let layer = tar::Builder::new(Vec::new()).into_inner().expect("an empty archive");
        let diff_id = digest(&layer);
        let config = json!({
            "architecture": "amd64",
            "os": "linux",
            "config": { "Env": ["PATH=/usr/local/bin:/usr/bin:/bin"], "Labels": labels, "User": "1001:1000" },
            "rootfs": { "type": "layers", "diff_ids": [diff_id] },
            // Another label is another image, also where labels are not looked at.
            "history": [{ "created_by": name }],
        });
        let config = config.to_string().into_bytes();
        let blob =
            |bytes: &[u8], kind: &str| json!({ "mediaType": kind, "size": bytes.len(), "digest": digest(bytes) });
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": blob(&config, "application/vnd.docker.container.image.v1+json"),
            "layers": [blob(&layer, "application/vnd.docker.image.rootfs.diff.tar")],
        });
        let mut state = lock(&self.state);
        for bytes in [layer, config] {
            state.blobs.insert(digest(&bytes), Arc::new(bytes));
        }
        state.put_manifest(name, "latest", MANIFEST, manifest.to_string().into_bytes());
    }

    /// The manifest of `<name>:latest`.
    pub fn manifest(&self, name: &str) -> Option<Value> {
        let state = lock(&self.state);
        let (_, bytes) = state.manifests.get(&format!("{name}:latest"))?;
        serde_json::from_slice(bytes).ok()
    }

    /// A blob by its digest.
    pub fn blob(&self, digest: &str) -> Option<Arc<Vec<u8>>> {
        lock(&self.state).blobs.get(digest).cloned()
    }

    /// Forgets an image, not its blobs: as a registry does until its garbage is collected.
    pub fn forget(&self, name: &str) {
        lock(&self.state).manifests.retain(|reference, _| !reference.starts_with(&format!("{name}:")));
    }

    /// The digests of the blobs that were sent since the last call.
    pub fn take_pushed(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.state).pushed)
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        for _ in &self.workers {
            self.server.unblock();
        }
        for worker in self.workers.drain(..) {
            let _ = worker.join();
        }
    }
}

/// A door before the server that shuts at once when a client tries TLS. Clients do so first, and take up
/// plain HTTP when they are refused, or after 0.3 s of waiting for each look at an image
/// (google/go-containerregistry, pkg/v1/remote/transport/ping.go): the server would keep them waiting.
fn refuse_tls(inner: SocketAddr) -> std::io::Result<SocketAddr> {
    let door = TcpListener::bind("127.0.0.1:0")?;
    let address = door.local_addr()?;
    std::thread::spawn(move || {
        for client in door.incoming().filter_map(Result::ok) {
            std::thread::spawn(move || pass_on(&client, inner));
        }
    });
    Ok(address)
}

/// Until one side closes. Whatever fails, the client sees a closed connection and says so.
fn pass_on(client: &TcpStream, inner: SocketAddr) -> Option<()> {
    const TLS_HANDSHAKE: u8 = 0x16;
    let mut first = [0];
    if client.peek(&mut first).ok()? == 0 || first[0] == TLS_HANDSHAKE {
        return None;
    }
    let server = TcpStream::connect(inner).ok()?;
    let (mut from_client, mut to_server) = (client.try_clone().ok()?, server.try_clone().ok()?);
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut from_client, &mut to_server);
        to_server.shutdown(Shutdown::Write)
    });
    let _ = std::io::copy(&mut &server, &mut &*client);
    client.shutdown(Shutdown::Both).ok()
}

fn serve(mut request: Request, state: &Mutex<State>) {
    let mut body = Vec::new();
    let whole = request.as_reader().read_to_end(&mut body).is_ok();
    let kind = request.headers().iter().find(|header| header.field.equiv("Content-Type"));
    let kind = kind.map(|header| header.value.to_string()).unwrap_or_default();
    let method = request.method().clone();
    let answer = if whole { lock(state).answer(&method, request.url(), &kind, body) } else { Answer::new(400) };
    let length = answer.body.len();
    let body = if method == Method::Head { Vec::new() } else { answer.body.to_vec() };
    let headers = answer.headers.into_iter().filter_map(|(name, value)| Header::from_bytes(name, value).ok());
    let mut response = Response::from_data(body).with_status_code(answer.status).with_chunked_threshold(usize::MAX);
    headers.for_each(|header| response.add_header(header));
    if method == Method::Head {
        let reader = std::io::empty();
        let mut head = Response::new(answer.status.into(), response.headers().to_vec(), reader, Some(length), None);
        head = head.with_chunked_threshold(usize::MAX);
        // A client that went away needs no answer.
        let _ = request.respond(head);
        return;
    }
    let _ = request.respond(response);
}

impl State {
    fn answer(&mut self, method: &Method, url: &str, kind: &str, body: Vec<u8>) -> Answer {
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let Some(path) = path.strip_prefix("/v2/") else { return Answer::new(404) };
        if path.is_empty() {
            return Answer::new(200);
        }
        if let Some((name, upload)) = path.split_once("/blobs/uploads/") {
            return self.upload(method, name, upload, query, body);
        }
        if let Some((_, digest)) = path.split_once("/blobs/") {
            return match self.blobs.get(digest) {
                Some(blob) => Answer::new(200).with("Docker-Content-Digest", digest).body(Arc::clone(blob)),
                None => Answer::new(404),
            };
        }
        let Some((name, reference)) = path.split_once("/manifests/") else { return Answer::new(404) };
        if *method == Method::Put {
            self.put_manifest(name, reference, kind, body);
            return Answer::new(201);
        }
        match self.manifests.get(&format!("{name}:{reference}")) {
            Some((kind, bytes)) => Answer::new(200)
                .with("Content-Type", kind)
                .with("Docker-Content-Digest", digest(bytes))
                .body(Arc::new(bytes.clone())),
            // Clients tell "not there" from "not allowed" by the code.
            None => Answer::new(404).body(Arc::new(br#"{"errors":[{"code":"MANIFEST_UNKNOWN"}]}"#.to_vec())),
        }
    }

    fn put_manifest(&mut self, name: &str, reference: &str, kind: &str, bytes: Vec<u8>) {
        for reference in [reference, &digest(&bytes)] {
            self.manifests.insert(format!("{name}:{reference}"), (kind.to_owned(), bytes.clone()));
        }
    }

    fn upload(&mut self, method: &Method, name: &str, upload: &str, query: &str, body: Vec<u8>) -> Answer {
        if *method == Method::Post {
            self.begun += 1;
            self.uploads.insert(self.begun, Vec::new());
            return Answer::new(202).with("Location", format!("/v2/{name}/blobs/uploads/{}", self.begun));
        }
        let Some(bytes) = upload.parse().ok().and_then(|upload| self.uploads.get_mut(&upload)) else {
            return Answer::new(404);
        };
        bytes.extend(body);
        if *method != Method::Put {
            let range = format!("0-{}", bytes.len().saturating_sub(1));
            return Answer::new(202)
                .with("Location", format!("/v2/{name}/blobs/uploads/{upload}"))
                .with("Range", range);
        }
        let bytes = std::mem::take(bytes);
        let digest = digest(&bytes);
        if query.replace("%3A", ":") != format!("digest={digest}") {
            return Answer::new(400);
        }
        self.pushed.push(digest.clone());
        self.blobs.insert(digest.clone(), Arc::new(bytes));
        Answer::new(201).with("Docker-Content-Digest", digest)
    }
}

fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", sha256(bytes).hex())
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
