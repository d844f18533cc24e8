use super::*;

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn put(&self, path: &str, content: impl AsRef<[u8]>) -> &Self {
        fs::write(&self.0.path().join(path), content).unwrap();
        self
    }

    fn read(&self, setting: Option<&str>) -> Result<Procfile> {
        let variables: Variables = setting.map(|value| (SETTING, value)).into_iter().collect();
        let bindings = Bindings::read(&variables, &self.0.path().join("platform"))?;
        Procfile::read(&variables, &self.0.path().join("app"), &bindings)
    }

    fn lines(&self, setting: Option<&str>) -> Vec<String> {
        let procfile = self.read(setting).unwrap();
        let lines = procfile.processes.iter();
        lines.map(|process| format!("{}={}", process.kind, process.line)).collect()
    }
}

fn of(kinds: &[&str]) -> Procfile {
    let process = |kind: &&str| ProcfileProcess { kind: (*kind).to_owned(), line: "x".into() };
    Procfile { processes: kinds.iter().map(process).collect(), setting_beside_file: false }
}

#[test]
fn for_each_type_the_binding_wins_over_the_file_and_the_file_over_the_setting() {
    let place = Place::new();
    assert!(place.lines(None).is_empty() && place.lines(Some("")).is_empty());
    assert_eq!(place.lines(Some("env")), ["web=env"]);
    place.put("app/Procfile", "worker: file\n");
    assert_eq!(place.lines(Some("env")), ["web=env", "worker=file"]);
    place.put("app/Procfile", "web: file\nworker: file\n");
    assert_eq!(place.lines(Some("env")), ["web=file", "worker=file"]);
    place.put("platform/bindings/p/type", "procfile").put("platform/bindings/p/Procfile", "web: binding");
    assert_eq!(place.lines(Some("env")), ["web=binding", "worker=file"]);
    assert!(place.read(Some("env")).unwrap().setting_beside_file);
    assert!(!place.read(None).unwrap().setting_beside_file);
}

#[test]
fn an_empty_file_is_as_good_as_none() {
    let place = Place::new();
    place.put("app/Procfile", "# nothing yet\n");
    assert_eq!(place.read(None).unwrap(), Procfile::default());
    assert!(!place.read(Some("x")).unwrap().setting_beside_file);
}

#[test]
fn a_setting_of_blanks_is_an_empty_command() {
    let error = Place::new().read(Some("  ")).unwrap_err();
    assert_eq!(error.id(), "procfile/empty-command");
    assert_eq!(error.message(), "BP_PROCFILE_DEFAULT_PROCESS has no command for the process `web`");
}

#[test]
fn a_binding_must_have_the_key_and_be_the_only_one() {
    let place = Place::new();
    place.put("platform/bindings/p/type", "Procfile").put("platform/bindings/p/procfile", "web: x");
    let error = place.read(None).unwrap_err();
    assert_eq!(error.id(), "binding/entry-missing");
    assert!(error.message().starts_with("unable to find `Procfile` from binding"), "{error}");
    place.put("platform/bindings/q/type", "Procfile").put("platform/bindings/q/Procfile", "web: x");
    let error = place.read(None).unwrap_err();
    assert!(error.message().starts_with("multiple bindings matched"), "{error}");
}

#[test]
fn an_error_in_a_binding_names_the_binding() {
    let place = Place::new();
    place.put("platform/bindings/p/type", "Procfile").put("platform/bindings/p/Procfile", "web:");
    assert_eq!(
        place.read(None).unwrap_err().message(),
        "line 1 of Procfile of binding `p` has no command for the process `web`"
    );
}

#[test]
fn a_folder_or_a_huge_file_is_refused_unread() {
    let place = Place::new();
    place.put("app/Procfile/x", "");
    assert_eq!(place.read(None).unwrap_err().id(), "procfile/not-a-file");
    let place = Place::new();
    place.put("app/Procfile", "");
    let file = std::fs::File::options().write(true).open(place.0.path().join("app/Procfile"));
    file.unwrap().set_len(LARGEST_FILE + 1).unwrap();
    assert_eq!(place.read(None).unwrap_err().id(), "procfile/too-large");
}

#[test]
fn a_procfile_that_links_to_itself_is_an_error_and_a_dangling_link_is_none() {
    let place = Place::new();
    let app = place.0.path().join("app");
    fs::symlink(Path::new("nowhere"), &app.join("Procfile")).unwrap();
    assert_eq!(place.read(None).unwrap(), Procfile::default());
    fs::symlink(Path::new("Procfile"), &app.join("Procfile")).unwrap();
    assert_eq!(place.read(None).unwrap_err().id(), "procfile/unreadable");
}

#[test]
fn the_default_is_web_in_any_case_then_worker() {
    assert_eq!(of(&["WEB", "worker"]).default_kind(), Some("WEB"));
    assert_eq!(of(&["Web", "web"]).default_kind(), Some("Web"));
    assert_eq!(of(&["release", "worker"]).default_kind(), Some("worker"));
    assert_eq!(of(&["Worker"]).default_kind(), None);
    assert_eq!(of(&[]).default_kind(), None);
}

#[test]
fn a_plain_line_starts_directly_and_the_others_in_a_shell() {
    let process = |line: &str| ProcfileProcess { kind: "web".into(), line: line.into() };
    let words = Start::Words(vec!["node".into(), "server.js".into()]);
    assert_eq!(process("node server.js").start(), words);
    assert_eq!(process("node server.js ").start(), words);
    let line = "node server.js -p $PORT";
    assert_eq!(process(line).start(), Start::Shell(line.into()));
    assert_eq!(process("node 'server.js'").start_directly().unwrap(), words);
    let error = process("node 'canary").start_directly().unwrap_err();
    assert_eq!(error.id(), "procfile/not-words");
    assert_eq!(error.message(), "invalid command line string of the process `web`: it has a quote that is not closed");
}

#[test]
fn programs_tell_whose_a_procfile_is() {
    let place = Place::new();
    place.put("app/Procfile", "a: NODE_ENV=x node x\nb: ./run.mjs\nc: ; x\n");
    let programs: Vec<String> = place.read(None).unwrap().programs().collect();
    assert_eq!(programs, ["node", "./run.mjs"]);
}
