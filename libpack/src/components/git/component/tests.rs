use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use super::*;
use crate::Error;
use crate::component::{Buildpack, must};
use crate::testing::{Built, Rig};
use crate::world::{Outcome, Variables};

const DESCRIPTOR: &str = "api = '0.10'\n[buildpack]\nid = 'acme/git'\nname = 'Git'\nversion = '1.0.0'\n";
const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

const CREDENTIALS: &str = "credentials";

type Look = Box<dyn Fn(&BuildCx<'_>) -> Result<()> + Send + Sync>;

/// A step behind git, which looks at what it left.
struct Later(Look);

impl Component for Later {
    fn name(&self) -> &'static str {
        "later"
    }

    fn detect(&self, _: &DetectCx<'_>) -> Result<Verdict> {
        Ok(Plan::new().into())
    }

    fn build(&self, cx: &BuildCx<'_>) -> Result<()> {
        (self.0)(cx)
    }
}

fn rig_with(look: impl Fn(&BuildCx<'_>) -> Result<()> + Send + Sync + 'static) -> Rig {
    Rig::new(Buildpack::new("acme/git").group([must(Git), must(Later(Box::new(look)))]), DESCRIPTOR)
}

fn rig() -> Rig {
    rig_with(|_| Ok(()))
}

/// Runs the real git as a later step would. Git must not find the repository that this test lies in.
#[allow(clippy::disallowed_methods, reason = "the exec port of the rig is a fake")]
fn git(folder: &Path, variables: &Variables, args: &[&str], input: &str) -> String {
    let mut command = Command::new("git");
    command.args(args).current_dir(folder).env_clear().envs(variables.iter());
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_TERMINAL_PROMPT", "0");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The environment that a later buildpack finds, as the lifecycle makes it.
fn outside(built: &Built) -> String {
    let tree = built.tree();
    tree.lines().filter(|line| line.contains("env.") || line.ends_with(']')).collect::<Vec<_>>().join("\n")
}

#[test]
fn without_git_there_is_nothing_to_do() {
    let error = rig().build().unwrap_err();
    assert!(error.message().contains("there is no .git and no binding of the type git-credentials"), "{error}");
}

#[test]
fn the_commit_becomes_a_label_and_a_default_of_build_and_image() {
    let mut rig = rig_with(|cx| {
        cx.label("seen", &cx.environment().text("REVISION").unwrap_or_default());
        Ok(())
    });
    rig.file(".git/HEAD", "ref: refs/heads/main\n").file(".git/refs/heads/main", &format!("{COMMIT}\n"));
    let built = rig.build().unwrap();
    assert_eq!(built.launch.labels()[REVISION_LABEL], COMMIT);
    assert_eq!((built.launch.labels()["seen"].as_str(), built.variable("REVISION").as_str()), (COMMIT, COMMIT));
    assert_eq!(built.environment(&[("REVISION", "mine")]).text("REVISION").unwrap(), "mine");
    insta::assert_snapshot!(outside(&built), @r"
    environment [build,launch]
      env.build/GIT_CONFIG_GLOBAL.override = /layers/git/gitconfig
      env.build/REVISION.default = 0123456789abcdef0123456789abcdef01234567
      env.launch/REVISION.default = 0123456789abcdef0123456789abcdef01234567
    git [build]
    ");
    assert!(built.ran.is_empty(), "{:?}", built.ran);
}

#[test]
fn a_repository_without_a_commit_is_no_failure() {
    let built = rig().file(".git/HEAD", "ref: refs/heads/main\n").build().unwrap();
    assert!(built.launch.labels().is_empty());
    assert_eq!(built.variable("REVISION"), "");
}

#[test]
fn tables_of_references_are_read_by_git_where_there_is_one() {
    let mut rig = rig();
    rig.file(".git/HEAD", "ref: refs/heads/.invalid\n").file(".git/reftable/tables.list", "");
    assert!(rig.build().unwrap().launch.labels().is_empty());
    rig.exec.teach("git", |child| {
        assert!(child.env.text("GIT_CONFIG_GLOBAL").unwrap().ends_with("git/gitconfig"));
        Outcome { code: 0, output: format!("{COMMIT}\n") }
    });
    let built = rig.build().unwrap();
    assert_eq!(built.launch.labels()[REVISION_LABEL], COMMIT);
    assert_eq!(built.ran, ["git rev-parse --verify HEAD"]);
}

#[test]
fn credentials_reach_later_buildpacks_and_nothing_that_is_kept() {
    let mut rig = rig();
    rig.binding(
        "one",
        BINDING_TYPE,
        &[(CREDENTIALS, "password=canary-secret\n"), ("context", "https://canary-context\n")],
    );
    rig.binding("two", "Git-Credentials", &[(CREDENTIALS, "password=canary-secret\n")]);
    let built = rig.build().unwrap();
    assert!(built.log.contains("Added 2 custom git credential manager(s) to the git config"), "{}", built.log);
    assert!(built.places_of("canary-secret").is_empty(), "{:?}", built.places_of("canary-secret"));
    insta::assert_snapshot!(outside(&built), @r"
    environment [build]
      env.build/GIT_CONFIG_GLOBAL.override = /layers/git/gitconfig
    git [build]
    ");
    let git = built.layer("git").unwrap();
    assert_eq!(git.flags, Flags { build: true, cache: false, launch: false });
    assert!(!built.log.contains("canary"), "{}", built.log);
}

#[test]
fn the_real_git_gets_the_password_for_its_context_and_keeps_the_users_settings() {
    let home = tempfile::tempdir().unwrap();
    fs::write(&home.path().join(".gitconfig"), "[user]\n\tname = \"The user\"\n").unwrap();
    let mut rig = rig_with(|cx| {
        let ask = |host: &str| {
            let input = format!("protocol=https\nhost={host}\n\n");
            git(cx.app(), &cx.environment(), &["credential", "fill"], &input)
        };
        let [here, there] = ["git.example", "other.example"].map(ask);
        assert!(here.contains("username=me\npassword=it's \"mine\""), "{here}");
        assert!(there.contains("could not read Username") || there.contains("terminal prompts disabled"), "{there}");
        let approved = git(cx.app(), &cx.environment(), &["credential", "approve"], &here);
        assert_eq!(approved, "");
        let name = git(cx.app(), &cx.environment(), &["config", "--global", "--includes", "user.name"], "");
        assert_eq!(name, "The user\n");
        let trusted = git(cx.app(), &cx.environment(), &["config", "--global", "safe.directory"], "");
        assert_eq!(Path::new(trusted.trim()), cx.app().canonicalize().unwrap());
        Ok(())
    });
    let credentials = "username=me\npassword=it's \"mine\"\n";
    let entries = [(CREDENTIALS, credentials), ("context", " https://git.example\n")];
    rig.binding("it's \"a\" binding", BINDING_TYPE, &entries);
    rig.env("HOME", &home.path().display().to_string());
    rig.build().unwrap();
}

#[test]
fn the_real_git_names_the_same_commit_in_every_kind_of_repository() {
    let folder = tempfile::tempdir().unwrap();
    let app = folder.path().join("app");
    fs::create_dir(&app).unwrap();
    let variables: Variables =
        [("PATH", "/usr/local/bin:/usr/bin:/bin"), ("HOME", "/nonexistent")].into_iter().collect();
    let run = |at: &Path, args: &[&str]| git(at, &variables, args, "");
    let agrees = |at: &Path| {
        let Revision::Known(commit) = Revision::read(at) else { panic!("nothing is known of {}", at.display()) };
        assert_eq!(run(at, &["rev-parse", "HEAD"]).trim(), commit);
    };
    run(&app, &["init", "--quiet"]);
    assert_eq!(Revision::read(&app), Revision::Unknown);
    let commit = ["-c", "user.name=n", "-c", "user.email=e", "commit", "--quiet", "--allow-empty", "-m", "m"];
    run(&app, &commit);
    agrees(&app);
    run(&app, &["worktree", "add", "--quiet", "-b", "side/branch", "../tree"]);
    run(&folder.path().join("tree"), &commit);
    agrees(&folder.path().join("tree"));
    run(&app, &["pack-refs", "--all"]);
    agrees(&app);
    agrees(&folder.path().join("tree"));
    run(&app, &["checkout", "--quiet", "--detach"]);
    agrees(&app);
}

/// The error of a build with these bindings.
fn refused(bindings: &[&[(&str, &str)]]) -> Error {
    let mut rig = rig();
    for (at, entries) in bindings.iter().enumerate() {
        rig.binding(&format!("b{at}"), BINDING_TYPE, entries);
    }
    rig.build().unwrap_err()
}

#[test]
fn two_bindings_of_one_context_are_named_and_the_context_is_not_shown() {
    let one: &[(&str, &str)] = &[(CREDENTIALS, "x"), ("context", "https://canary@git.example")];
    let error = refused(&[one, one]);
    assert_eq!(error.id(), "git/credentials-ambiguous");
    assert_eq!(error.message(), "the bindings `b0` and `b1` of the type `git-credentials` are for the same context");
    assert_eq!(refused(&[&[(CREDENTIALS, "x")], &[(CREDENTIALS, "y")]]).id(), "git/credentials-ambiguous");
    assert_eq!(refused(&[&[("context", "https://git.example")]]).id(), "binding/entry-missing");
    assert_eq!(refused(&[&[(CREDENTIALS, "x"), ("context", "a\n[core]\neditor=b")]]).id(), "git/context");
}

#[test]
fn a_configuration_that_the_user_named_is_included_in_its_place() {
    let mut rig = rig();
    rig.file(".git/HEAD", COMMIT).env("GIT_CONFIG_GLOBAL", "/etc/mine \"x\"").env("HOME", "/home/cnb");
    let built = rig.build().unwrap();
    let text = fs::read_text(&built.layer("git").unwrap().folder().join(FILE)).unwrap();
    assert!(text.starts_with("[include]\n\tpath = \"/etc/mine \\\"x\\\"\"\n[safe]\n"), "{text}");
}
