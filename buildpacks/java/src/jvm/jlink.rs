//! A runtime that `jlink` makes of a JDK (paketo-buildpacks/libjvm, `jlink.go`).

use std::path::Path;

use libpack::context::{NewLayer, Surroundings};
use libpack::dependency::Dependency;
use libpack::layer::Key;
use libpack::settings::words;
use libpack::{Error, Result, fs};

use super::facts::{BASE_ARCHIVE_OF_LARGE_HEAPS, make_base_archive, modules};
use super::layout::Purpose;

/// The settings.
const ENABLED: &str = "BP_JVM_JLINK_ENABLED";
const ARGUMENTS: &str = "BP_JVM_JLINK_ARGS";
/// What an image's own helpers switch on (debugging, flight recorder, JMX), and what libraries look for at run
/// time and no other module names (paketo-buildpacks/libjvm#432); beside all modules of Java itself.
const MODULES: [&str; 16] = [
    "jdk.charsets",
    "jdk.crypto.cryptoki",
    "jdk.crypto.ec",
    "jdk.httpserver",
    "jdk.jcmd",
    "jdk.jdwp.agent",
    "jdk.jfr",
    "jdk.management",
    "jdk.management.agent",
    "jdk.naming.dns",
    "jdk.net",
    "jdk.nio.mapmode",
    "jdk.security.auth",
    "jdk.security.jgss",
    "jdk.unsupported",
    "jdk.zipfs",
];

/// What `jlink` is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arguments {
    /// As they stand, without `--output`.
    words: Vec<String>,
    /// Whether the default modules are added.
    adds_modules: bool,
}

impl Arguments {
    /// Whether a runtime of its own is wanted.
    pub fn are_wanted(around: &Surroundings) -> Result<bool> {
        around.settings().flag(ENABLED)
    }

    /// The user's, or the defaults for a JDK of that version. Errors: `java/jlink-args`.
    pub fn of(around: &Surroundings, major: u64) -> Result<Self> {
        let Some(line) = around.setting(ARGUMENTS) else { return Ok(Self::default_of(major)) };
        let words = words::split(&line).map_err(|fault| {
            Error::user("java/jlink-args", format!("{ARGUMENTS} cannot be read: {fault}"))
                .hint("Write it as the arguments of a shell command, with quotes around blanks.")
        })?;
        let (arguments, dropped) = Self::of_words(words);
        if dropped {
            around.log().warning(format!("{ARGUMENTS}: --output is left out, since the layer's folder is the place"));
        }
        if arguments.adds_modules {
            around.log().warning(format!("{ARGUMENTS} names no modules: the default ones are added"));
        }
        Ok(arguments)
    }

    fn default_of(major: u64) -> Self {
        let compress = if major >= 21 { "--compress=zip-6" } else { "--compress=1" };
        let words = ["--no-man-pages", "--no-header-files", "--strip-debug", compress].map(str::to_owned);
        Self { words: words.into(), adds_modules: true }
    }

    /// The words without `--output`, and whether it was among them.
    fn of_words(words: Vec<String>) -> (Self, bool) {
        let mut kept = Vec::new();
        let mut dropped = false;
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            if word == "--output" {
                words.next();
                dropped = true;
            } else if word.starts_with("--output=") {
                dropped = true;
            } else {
                kept.push(word);
            }
        }
        let adds_modules = !kept.iter().any(|word| word == "--add-modules" || word.starts_with("--add-modules="));
        (Self { words: kept, adds_modules }, dropped)
    }

    /// As a part of a layer's key. The default modules follow from the JDK and from our list.
    pub fn key(&self) -> Key {
        let modules = if self.adds_modules { MODULES.join(" ") } else { "as given".to_owned() };
        Key::new().with("jlink-args", self.words.join(" ")).with("jlink-modules", modules)
    }
}

/// Makes the runtime into the layer's folder. Errors: `java/jlink`.
///
/// The JDK is unpacked anew and thrown away: since Java 24 it may have no modules beside those that it runs on,
/// and links nothing once a file of it was changed, as a truststore is.
pub fn link(layer: &NewLayer, jdk: &Dependency, arguments: &Arguments) -> Result<()> {
    let scratch = fs::scratch()?;
    let root = scratch.path().join("jdk");
    layer.install_at(jdk, &root, Some(&|path| Purpose::Build.wants(path)))?;
    let mut words = arguments.words.clone();
    if arguments.adds_modules {
        words.extend(["--add-modules".to_owned(), default_modules(modules(&root)?)]);
    }
    // It makes the folder itself, and refuses one that is there.
    fs::remove(layer.path())?;
    let run = layer.run(root.join("bin/jlink")).args(words).arg("--output").arg(layer.path());
    let run = run.cwd(scratch.path()).env_remove("JAVA_TOOL_OPTIONS").env_remove("JDK_JAVA_OPTIONS");
    let outcome = run.call()?;
    if !outcome.success() {
        return Err(Error::user(
            "java/jlink",
            format!("jlink could not make a runtime of {} {}", jdk.name, jdk.version),
        )
        .hint(format!("Look at what jlink says above; correct {ARGUMENTS}, or unset {ENABLED}."))
        .because(format!("it exited with {}", outcome.code)));
    }
    keep_archives(layer, &root)
}

/// All modules of Java, and those of the JDK that we know are missed.
fn default_modules(of_jdk: Vec<String>) -> String {
    let wanted = |module: &String| module.starts_with("java.") || MODULES.contains(&module.as_str());
    of_jdk.into_iter().filter(wanted).collect::<Vec<_>>().join(",")
}

/// A runtime that was linked has none of the JDK's archives; the usual one is made in any case.
fn keep_archives(layer: &NewLayer, jdk: &Path) -> Result<()> {
    let runs = layer.path().join("bin/java").is_file();
    if runs && jdk.join(BASE_ARCHIVE_OF_LARGE_HEAPS).is_file() {
        make_base_archive(layer, &["-XX:-UseCompressedOops"])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &[&str]) -> (Vec<String>, bool, bool) {
        let (arguments, dropped) = Arguments::of_words(words.iter().map(|word| (*word).to_owned()).collect());
        (arguments.words, arguments.adds_modules, dropped)
    }

    #[test]
    fn an_output_of_the_users_goes_with_its_value_and_with_nothing_else() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(of(&["--output", "x", "--strip-debug"]), (words("--strip-debug"), true, true));
        assert_eq!(of(&["--output=x", "--strip-debug"]), (words("--strip-debug"), true, true));
        let modules = ["--add-modules", "java.base"];
        assert_eq!(of(&modules), (words("--add-modules java.base"), false, false));
        assert!(!of(&["--add-modules=java.base"]).1);
    }

    #[test]
    fn the_default_takes_modules_that_the_jdk_has() {
        let of_jdk = ["java.base", "java.sql", "jdk.compiler", "jdk.unsupported"].map(str::to_owned);
        assert_eq!(default_modules(of_jdk.into()), "java.base,java.sql,jdk.unsupported");
        assert!(Arguments::default_of(21).words.contains(&"--compress=zip-6".to_owned()));
        assert!(Arguments::default_of(17).words.contains(&"--compress=1".to_owned()));
    }
}
