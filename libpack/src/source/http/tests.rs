use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use super::*;
use crate::Blame;

/// A server on the loopback that gives each connection the next answer, and keeps what it was asked.
struct Server {
    address: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn new(answers: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let answers: Vec<String> = answers.iter().map(|answer| answer.replace("{self}", &address)).collect();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = requests.clone();
        std::thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut request = String::new();
                while !request.ends_with("\r\n\r\n") {
                    reader.read_line(&mut request).unwrap();
                }
                seen.lock().unwrap().push(request.to_lowercase());
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        Self { address, requests }
    }

    fn uri(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn fetch_with(variables: &[(&str, &str)]) -> HttpFetch {
    HttpFetch::new(&variables.iter().copied().collect()).unwrap().user_agent("acme/node", "1.2.3")
}

fn get(uri: &str) -> Result<Box<dyn Read + Send>> {
    fetch_with(&[]).get(uri)
}

fn refused(uri: &str) -> Error {
    get(uri).err().expect("it must be refused")
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnode";

#[test]
fn a_body_comes_whole_and_the_server_knows_who_asks() {
    let server = Server::new(&[OK]);
    assert_eq!(std::io::read_to_string(get(&server.uri("/x")).unwrap()).unwrap(), "node");
    let request = server.requests().remove(0);
    assert!(request.contains("user-agent: acme/node/1.2.3"), "{request}");
    assert!(request.contains("accept-encoding: identity"), "{request}");
}

#[test]
fn an_archive_that_the_server_calls_encoded_arrives_as_it_lies_there() {
    let body = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnode";
    assert_eq!(std::io::read_to_string(get(&Server::new(&[body]).uri("/x.tgz")).unwrap()).unwrap(), "node");
}

#[test]
fn a_body_that_is_shorter_than_promised_is_an_error() {
    let server = Server::new(&["HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nnode"]);
    let outcome = std::io::read_to_string(get(&server.uri("/x")).unwrap());
    assert!(outcome.is_err(), "{outcome:?}");
    let chunked =
        Server::new(&["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n4\r\nnode\r\n"]);
    let outcome = std::io::read_to_string(get(&chunked.uri("/x")).unwrap());
    assert!(outcome.is_err(), "{outcome:?}");
}

#[test]
fn a_status_that_is_no_success_is_named_with_the_address() {
    for status in ["404 Not Found", "403 Forbidden", "500 Oops", "304 Not Modified"] {
        let server = Server::new(&[&format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")]);
        let error = refused(&server.uri("/x").replace("http://", "http://user:s3cret@"));
        assert_eq!(error.id(), "fetch/status");
        assert_eq!(error.blame() == Blame::Network, status.starts_with('5'), "{status} passes");
        assert!(error.message().contains(&status[..3]) && error.message().contains("/x"), "{error}");
        assert!(!error.message().contains("s3cret"));
    }
}

#[test]
fn redirects_are_followed_but_passwords_stay_behind() {
    let moved = "HTTP/1.1 302 Found\r\nLocation: {self}/there\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let nearby = moved.replace("{self}/there", "../here?a=b");
    let server = Server::new(&[moved, &nearby, OK]);
    let uri = server.uri("/a/b").replace("http://", "http://user:s3cret@");
    assert_eq!(std::io::read_to_string(get(&uri).unwrap()).unwrap(), "node");
    let requests = server.requests();
    assert!(requests[0].contains("authorization: basic"), "{}", requests[0]);
    assert!(requests[1].starts_with("get /there ") && !requests[1].contains("authorization"), "{}", requests[1]);
    assert!(requests[2].starts_with("get /../here?a=b "), "{}", requests[2]);
}

#[test]
fn a_circle_of_redirects_ends() {
    let moved = "HTTP/1.1 302 Found\r\nLocation: {self}/again\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let error = refused(&Server::new(&[moved; MOST_REDIRECTS + 1]).uri("/x"));
    assert_eq!(error.id(), "fetch/redirect");
}

#[test]
fn nobody_is_sent_from_https_to_http_or_to_a_file() {
    assert_eq!(redirect("https://example.com/a", "https://other.example/b").unwrap(), "https://other.example/b");
    assert_eq!(redirect("http://example.com/a", "https://example.com/b").unwrap(), "https://example.com/b");
    assert_eq!(redirect("https://u:p@example.com/a/b?q", "c").unwrap(), "https://example.com/a/c");
    assert_eq!(redirect("https://example.com/a", "//other.example/b").unwrap(), "https://other.example/b");
    for location in ["http://example.com/b", "HTTP://example.com/b", "file:///etc/passwd", "ftp://example.com"] {
        assert_eq!(redirect("https://u:p4ss@example.com/a", location).unwrap_err().id(), "fetch/redirect");
    }
    let downgrade = redirect("https://u:p4ss@example.com/a", "http://example.com").unwrap_err();
    assert!(!downgrade.message().contains("p4ss"));
    let to_file = Server::new(&["HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n"]);
    assert_eq!(refused(&to_file.uri("/x")).id(), "fetch/redirect");
}

#[test]
fn an_unreachable_site_is_named_and_the_proxy_too() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = refused(&format!("http://127.0.0.1:{port}/x"));
    assert_eq!(error.id(), "fetch/unreachable");
    assert!(error.message().contains("127.0.0.1"), "{error}");
    let proxy = format!("http://user:s3cret@127.0.0.1:{port}");
    let error = fetch_with(&[("HTTP_PROXY", &proxy)]).get("http://site.example/x").err().unwrap();
    assert_eq!(error.id(), "fetch/unreachable");
    assert!(error.message().contains(&format!("http://user:***@127.0.0.1:{port}")), "{error}");
    let error = fetch_with(&[("HTTP_PROXY", "ftp://x:s3cret@y")]).get("http://site.example/x").err().unwrap();
    assert!(error.id() == "fetch/proxy" && !error.message().contains("s3cret"), "{error:?}");
}

#[test]
fn requests_go_through_the_proxy_that_the_variables_name() {
    let server = Server::new(&["HTTP/1.1 407 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"]);
    let fetch = fetch_with(&[("http_proxy", &server.address.replace("http://", "http://user:s3cret@"))]);
    let error = fetch.get("http://site.example/x").err().unwrap();
    assert_eq!(error.id(), "fetch/unreachable");
    assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    let request = server.requests().remove(0);
    assert!(
        request.starts_with("connect site.example:80 ") && request.contains("proxy-authorization: basic"),
        "{request}"
    );
}

#[test]
fn a_site_that_never_answers_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("http://{}/x", listener.local_addr().unwrap());
    let error = fetch_with(&[("BP_RESPONSE_HEADER_TIMEOUT", "1")]).get(&uri).err().unwrap();
    assert_eq!(error.id(), "fetch/unreachable");
    assert!(error.message().contains("timeout"), "{error}");
}

#[test]
fn timeouts_are_numbers() {
    for name in ["BP_DIALER_TIMEOUT", "BP_RESPONSE_HEADER_TIMEOUT"] {
        for value in ["soon", "", "1.5", "-1"] {
            let error = HttpFetch::new(&[(name, value)].into_iter().collect()).err().unwrap();
            assert_eq!(error.id(), "fetch/timeout");
            assert!(error.message().contains(name));
        }
    }
    assert_eq!(seconds(&Variables::default(), "BP_DIALER_TIMEOUT", 6).unwrap(), Some(Duration::from_secs(6)));
    let zero: Variables = [("BP_DIALER_TIMEOUT", "0")].into_iter().collect();
    assert_eq!(seconds(&zero, "BP_DIALER_TIMEOUT", 6).unwrap(), None);
}

#[test]
fn files_are_served_and_other_addresses_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("with space");
    crate::fs::write(&path, "node").unwrap();
    let uri = format!("file://{}", path.display()).replace(' ', "%20");
    assert_eq!(std::io::read_to_string(get(&uri).unwrap()).unwrap(), "node");
    assert_eq!(refused(&uri.replace("with", "without")).id(), "fetch/file");
    for uri in ["ftp://example.com", "example.com/x", "", "file://host/x", "https://", "http://exa mple.com"] {
        assert_eq!(refused(uri).id(), "fetch/uri", "{uri}");
    }
}

#[test]
fn a_certificate_file_that_cannot_be_used_is_named_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("roots.pem");
    for content in [None, Some("no certificate")] {
        if let Some(content) = content {
            crate::fs::write(&file, content).unwrap();
        }
        let fetch = fetch_with(&[("SSL_CERT_FILE", file.to_str().unwrap())]);
        let error = fetch.get("https://127.0.0.1:1/x").err().unwrap();
        assert_eq!(error.id(), "fetch/certificates");
        assert!(error.message().contains("roots.pem"), "{error}");
    }
}
