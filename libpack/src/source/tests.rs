use std::collections::HashMap;
use std::io::Read;
use std::sync::Mutex;
use std::time::SystemTime;

use tempfile::TempDir;

use super::*;
use crate::checksum::sha256;
use crate::world::{Child, Clock, Exec, Fetch, Outcome, Output};

/// Serves bodies by URI and remembers who was asked; an error may come after the body.
#[derive(Default)]
struct Site {
    bodies: HashMap<String, (Vec<u8>, bool)>,
    asked: Mutex<Vec<String>>,
}

impl Fetch for Site {
    fn get(&self, uri: &str) -> Result<Box<dyn Read + Send>> {
        self.asked.lock().unwrap().push(uri.to_owned());
        match self.bodies.get(uri) {
            None => Err(Error::network("fetch/unreachable", "no route")),
            Some((body, true)) => Ok(Box::new(io::Cursor::new(body.clone()))),
            Some((body, false)) => Ok(Box::new(io::Cursor::new(body.clone()).chain(Reset))),
        }
    }
}

struct Reset;

impl Read for Reset {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::ConnectionReset.into())
    }
}

struct Nobody;

impl Exec for Nobody {
    fn run(&self, _: &Child, _: &mut dyn FnMut(&str)) -> Result<Outcome> {
        Err(Error::bug("test/exec", "nothing is run here"))
    }
}

impl Clock for Nobody {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }
}

impl Output for Nobody {
    fn write(&self, _: &str) {}
}

/// A mirror for everything, and one registry.
struct Mirror;

impl Redirect for Mirror {
    fn uri(&self, original: &str) -> Result<Option<String>> {
        Ok(original.strip_prefix("https://example.com").map(|path| format!("https://u:p4ss@mirror.example{path}")))
    }

    fn purl(&self, purl: &str) -> Result<Option<String>> {
        Ok(purl.strip_prefix("pkg:npm/").map(|rest| format!("https://registry.example/{rest}")))
    }
}

const ROW: &str = "https://example.com/node.tgz";

struct Case {
    folder: TempDir,
    sources: Sources,
    site: Arc<Site>,
    log: Vec<String>,
}

impl Case {
    /// `true` marks a body that comes to its end.
    fn new(bodies: &[(&str, &str, bool)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let target = Target {
            os: "linux".to_owned(),
            arch: "arm64".to_owned(),
            variant: None,
            distro_name: None,
            distro_version: None,
        };
        let sources = Sources::new(folder.path().join("bp"), &target, folder.path().join("scratch"));
        let bodies =
            bodies.iter().map(|(uri, body, whole)| ((*uri).to_owned(), (body.as_bytes().to_vec(), *whole))).collect();
        Self { folder, sources, site: Arc::new(Site { bodies, asked: Mutex::default() }), log: Vec::new() }
    }

    fn carry(self, path: &str, content: &str) -> Self {
        crate::fs::write(&self.folder.path().join("bp").join(path), content).unwrap();
        self
    }

    fn fetch(&mut self, wanted: &Wanted) -> Result<Fetched> {
        let nobody = Arc::new(Nobody);
        let world = World {
            fetch: self.site.clone(),
            exec: nobody.clone(),
            clock: nobody.clone(),
            output: nobody,
            home: None,
            in_order: true,
        };
        let log = &mut self.log;
        self.sources.fetch(wanted, &world, &mut |line| log.push(line.to_owned()))
    }

    fn asked(&self) -> Vec<String> {
        self.site.asked.lock().unwrap().clone()
    }

    fn downloads(&self) -> usize {
        std::fs::read_dir(self.folder.path().join("scratch")).map_or(0, Iterator::count)
    }
}

fn place(uri: &str, content: &str) -> Place {
    Place { uri: Some(uri.to_owned()), checksum: Some(sha256(content.as_bytes())), ..Place::default() }
}

fn wanted(places: &[Place]) -> Wanted {
    Wanted { title: "Node Engine 22.1.0".to_owned(), places: places.to_vec() }
}

fn text(fetched: &Fetched) -> String {
    io::read_to_string(std::fs::File::open(&fetched.path).unwrap()).unwrap()
}

#[test]
fn the_rows_own_address_is_asked_and_the_download_vanishes_with_its_value() {
    let mut case = Case::new(&[(ROW, "node", true)]);
    let fetched = case.fetch(&wanted(&[place(ROW, "node")])).unwrap();
    assert_eq!(text(&fetched), "node");
    assert_eq!(case.log, ["Downloading from https://example.com/node.tgz", "Verifying checksum"]);
    assert_eq!(case.downloads(), 1);
    drop(fetched);
    assert_eq!(case.downloads(), 0);
}

#[test]
fn what_the_buildpack_carries_comes_first_in_every_layout() {
    let hex = sha256(b"node");
    let hex = hex.hex();
    for path in [
        format!("dependencies/{hex}"),
        format!("dependencies/{hex}/node.tgz"),
        format!("dependencies/{hex}/renamed.tgz"),
        format!("linux/arm64/dependencies/{hex}"),
        format!("linux/arm64/dependencies/{hex}/node.tgz"),
    ] {
        let mut case = Case::new(&[(ROW, "node", true)]).carry(&path, "node");
        case.sources = case.sources.map([(hex.to_owned(), "https://mapped.example".to_owned())]).unwrap();
        assert_eq!(text(&case.fetch(&wanted(&[place(ROW, "node")])).unwrap()), "node", "{path}");
        assert!(case.asked().is_empty());
        assert_eq!(case.log[0], "Reusing cached download from buildpack");
    }
}

#[test]
fn a_row_that_packit_rewrote_names_a_file_in_the_buildpack() {
    let mut case = Case::new(&[]).carry("dependencies/any name", "node");
    assert_eq!(text(&case.fetch(&wanted(&[place("file:///dependencies/any%20name", "node")])).unwrap()), "node");
    let error = case.fetch(&wanted(&[place("file:///../secret", "node")])).unwrap_err();
    assert_eq!(error.id(), "dependency/uri");
    let missing = case.fetch(&wanted(&[place("file:///dependencies/gone", "node")])).unwrap_err();
    assert_eq!(missing.id(), "dependency/unreachable");
    assert!(case.asked().is_empty(), "a file of the buildpack is never asked for outside");
}

#[test]
fn a_repacked_archive_is_taken_under_its_own_checksum() {
    let repacked = Place { vendored_checksum: Some(sha256(b"zstd")), ..place(ROW, "node") };
    let mut case = Case::new(&[]).carry(&format!("dependencies/{}", sha256(b"zstd").hex()), "zstd");
    let fetched = case.fetch(&wanted(std::slice::from_ref(&repacked))).unwrap();
    assert_eq!((text(&fetched), fetched.checksum), ("zstd".to_owned(), Some(sha256(b"zstd"))));
    let mut original = Case::new(&[]).carry(&format!("dependencies/{}", sha256(b"node").hex()), "node");
    assert_eq!(text(&original.fetch(&wanted(&[repacked])).unwrap()), "node");
}

#[test]
fn a_damaged_package_is_an_error_and_nothing_is_downloaded_in_its_place() {
    let mut case =
        Case::new(&[(ROW, "node", true)]).carry(&format!("dependencies/{}", sha256(b"node").hex()), "damaged");
    let error = case.fetch(&wanted(&[place(ROW, "node")])).unwrap_err();
    assert_eq!(error.id(), "dependency/checksum");
    assert!(error.message().contains(sha256(b"node").hex()) && error.message().contains(sha256(b"damaged").hex()));
    assert!(case.asked().is_empty());
}

#[test]
fn all_three_keys_of_a_mapping_are_known_and_it_comes_before_the_mirror() {
    let hex = sha256(b"node").hex().to_owned();
    for key in [hex.clone(), hex.to_uppercase(), format!("sha256:{hex}"), format!("SHA256_{hex}")] {
        let mut case = Case::new(&[("file:///mnt/node.tgz", "node", true)]);
        let mappings = [(key, " file:///mnt/node.tgz\n".to_owned()), ("provider".to_owned(), "someone".to_owned())];
        case.sources = case.sources.map(mappings).unwrap().redirect(Arc::new(Mirror));
        assert_eq!(text(&case.fetch(&wanted(&[place(ROW, "node")])).unwrap()), "node");
        assert_eq!(case.asked(), ["file:///mnt/node.tgz"]);
    }
    let twice =
        [(hex.clone(), "https://a.example".to_owned()), (format!("sha256:{hex}"), "https://b.example".to_owned())];
    let error = Case::new(&[]).sources.map(twice).err().unwrap();
    assert_eq!(error.id(), "dependency/mapping");
}

#[test]
fn every_place_is_tried_in_order_and_the_answering_one_tells_its_layout() {
    let package = Place {
        purl: Some("pkg:npm/node@22.1.0".to_owned()),
        checksum: Some(sha256(b"package")),
        layout: Some("npm-node".to_owned()),
        strip_components: 1,
        ..Place::default()
    };
    let mut case = Case::new(&[("https://registry.example/node@22.1.0", "package", true)]);
    case.sources = case.sources.redirect(Arc::new(Mirror));
    let fetched = case.fetch(&wanted(&[place(ROW, "node"), package])).unwrap();
    assert_eq!(
        (text(&fetched).as_str(), fetched.layout.as_deref(), fetched.strip_components),
        ("package", Some("npm-node"), 1)
    );
    assert_eq!(case.asked(), ["https://u:p4ss@mirror.example/node.tgz", ROW, "https://registry.example/node@22.1.0"]);
    assert!(!case.log.concat().contains("p4ss"), "{:?}", case.log);
}

#[test]
fn a_wrong_checksum_stops_everything_and_shows_both_sums() {
    let mut case = Case::new(&[(ROW, "<html>", true), ("https://other.example", "node", true)]);
    let error = case.fetch(&wanted(&[place(ROW, "node"), place("https://other.example", "node")])).unwrap_err();
    assert_eq!(error.id(), "dependency/checksum");
    assert_eq!(
        error.message(),
        format!(
            "the checksum of Node Engine 22.1.0 from {ROW} does not match: expected {}, got {}",
            sha256(b"node"),
            sha256(b"<html>")
        )
    );
    assert_eq!((case.asked().len(), case.downloads()), (1, 0));
}

#[test]
fn places_that_break_off_or_cannot_be_reached_are_all_named_without_their_passwords() {
    let secret = "https://user:s3cret@private.example/node.tgz";
    let mut case = Case::new(&[(ROW, "no", false)]);
    let error = case.fetch(&wanted(&[place(ROW, "node"), place(secret, "node")])).unwrap_err();
    assert_eq!(error.id(), "dependency/unreachable");
    let message = error.message();
    assert!(message.contains("https://example.com/node.tgz broke off after 2 bytes"), "{message}");
    assert!(message.contains("https://user:***@private.example/node.tgz (no route)"), "{message}");
    for word in ["BP_DEPENDENCY_MIRROR", "dependency-mapping", "offline"] {
        assert!(error.next_step().unwrap().contains(word));
    }
    let everything = format!("{error:?}{:?}{:?}", error.causes(), case.log);
    assert!(!everything.contains("s3cret"), "{everything}");
    assert_eq!(case.downloads(), 0);
}

#[test]
fn without_a_checksum_there_is_a_warning() {
    let mut case = Case::new(&[(ROW, "node", true)]);
    let unchecked = Place { checksum: None, ..place(ROW, "node") };
    assert_eq!(case.fetch(&wanted(&[unchecked])).unwrap().checksum, None);
    assert!(case.log.last().unwrap().contains("no checksum"));
}
