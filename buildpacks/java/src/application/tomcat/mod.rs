//! A WAR on Tomcat (paketo-buildpacks/apache-tomcat).
//!
//! Tomcat starts without a shell; what its script would do with variables a launch helper does.

mod base;
mod context_path;
mod external;
mod home;
pub mod options;
mod properties;
mod servlet;
mod war;

use std::path::PathBuf;

use libpack::Result;
use libpack::context::{BuildCx, Surroundings};
use libpack::env::Scope;
use serde::{Deserialize, Serialize};

use super::process::{self, RELOAD};
use super::{Assembly, Facts, Kind, Part};
use crate::manifest::Manifest;
use external::External;
use home::{Extent, TOMCAT};
use servlet::Generation;
use war::Shape;

/// Which server is wanted, where there are several.
const SERVER: &str = "BP_JAVA_APP_SERVER";
/// Whether the configuration cannot name environment variables.
const PROPERTY_SOURCE_DISABLED: &str = "BP_TOMCAT_ENV_PROPERTY_SOURCE_DISABLED";
/// Jars for Tomcat's own class path, read while building.
const ADDITIONAL_JARS: &str = "BPI_TOMCAT_ADDITIONAL_JARS";
/// Lets the configuration name environment variables.
const PROPERTY_SOURCE: &str =
    "-Dorg.apache.tomcat.util.digester.PROPERTY_SOURCE=org.apache.tomcat.util.digester.EnvironmentPropertySource";
/// What `catalina.sh` opens for applications; Java 8 does not read the variable.
const OPENED: [&str; 7] = [
    "java.base/java.lang",
    "java.base/java.lang.invoke",
    "java.base/java.lang.reflect",
    "java.base/java.io",
    "java.base/java.util",
    "java.base/java.util.concurrent",
    "java.rmi/sun.rmi.transport",
];

/// The kind.
pub struct Tomcat;

/// What is known of it at launch.
#[derive(Debug, Serialize, Deserialize)]
struct Known {
    shape: Shape,
    /// What the applications are made for; none when nothing tells.
    generation: Option<Generation>,
}

impl Kind for Tomcat {
    fn name(&self) -> &'static str {
        TOMCAT
    }

    fn looks_for(&self) -> &'static str {
        "a WAR"
    }

    fn plan_name(&self) -> &'static str {
        "java-app-server"
    }

    fn settings(&self) -> &'static [&'static str] {
        &[SERVER, RELOAD]
    }

    fn find(&self, around: &Surroundings) -> Result<bool> {
        if around.setting(SERVER).is_some_and(|server| server != TOMCAT) {
            return Ok(false);
        }
        if !war::archives(around.app())?.is_empty() {
            return Ok(true);
        }
        Ok(war::is_exploded(around.app()) && Manifest::of_folder(around.app())?.get("Main-Class").is_none())
    }

    fn assemble(&self, cx: &BuildCx<'_>, app: &mut Assembly<'_>) -> Result<()> {
        let folder = app.folder().to_path_buf();
        let shape = war::explode(&folder)?;
        if process::reloads(cx)? {
            process::let_group_write(&folder)?;
        }
        let mut generations = Vec::new();
        for war in shape.folders() {
            generations.extend(servlet::generation(&folder.join(war))?);
        }
        let generation = servlet::common(&generations).cloned();
        if generation.is_none() && !generations.is_empty() {
            cx.log().warning("Some of the applications use javax.servlet and others jakarta.servlet: one Tomcat serves only one of both");
        }
        for part in Part::of_libraries(shape.libraries(&folder)?) {
            app.part(part);
        }
        app.keep(Known { shape, generation })
    }

    fn launch(&self, cx: &BuildCx<'_>, facts: &Facts) -> Result<()> {
        let known: Known = facts.detail()?;
        let external = External::of(cx)?;
        let tomcat = home::resolve(cx, &known)?;
        let extent = if external.is_some() { Extent::WithManagers } else { Extent::Server };
        let home = home::layer(cx, &tomcat, extent)?;
        let mounts = mounts(cx, &known)?;
        let mounts: Vec<_> = mounts.iter().map(|(name, folder)| (name.clone(), folder.as_path())).collect();
        if external.as_ref().is_some_and(|external| external.outdated().is_some()) {
            cx.log().warning("Without BP_TOMCAT_EXT_CONF_VERSION or BP_TOMCAT_EXT_CONF_SHA256 the external configuration is fetched at every build");
        }
        let base = base::layer(cx, &mounts, external.as_ref())?;
        let start = Start {
            home: text(home.path()),
            base: text(base.path()),
            property_source: !cx.settings().flag(PROPERTY_SOURCE_DISABLED)?,
        };
        let words = if base::has_script(&base) { start.with_shell(cx) } else { start.without_shell(cx)? };
        process::assign(cx, &[self.name()], &words)
    }
}

/// The applications by their names below `webapps`.
fn mounts(cx: &BuildCx<'_>, known: &Known) -> Result<Vec<(String, PathBuf)>> {
    let mounts = match &known.shape {
        Shape::Single => {
            let path = cx.setting(context_path::SETTING).unwrap_or_default();
            vec![(context_path::name(&path)?, cx.app().to_path_buf())]
        }
        Shape::Several(names) => names.iter().map(|name| (name.clone(), cx.app().join(name))).collect(),
    };
    for (name, _) in &mounts {
        cx.log().process(format!("Mounting application at {name}"));
    }
    cx.log().blank();
    Ok(mounts)
}

fn text(path: &std::path::Path) -> String {
    path.to_string_lossy().into_owned()
}

/// How Tomcat starts.
struct Start {
    home: String,
    base: String,
    property_source: bool,
}

impl Start {
    /// As `catalina.sh run` would do it; what it takes from variables a helper puts into the JVM's options.
    fn without_shell(&self, cx: &BuildCx<'_>) -> Result<Vec<String>> {
        self.variables(cx);
        cx.helper(options::ACCESS_LOGGING)?;
        cx.helper(options::CATALINA_OPTIONS)?;
        let opened = OPENED.map(|package| format!("--add-opens={package}=ALL-UNNAMED"));
        cx.env(Scope::Launch).append("JDK_JAVA_OPTIONS", opened.join(" "), " ");
        let (home, base) = (&self.home, &self.base);
        let jars = [format!("{home}/bin/bootstrap.jar"), format!("{home}/bin/tomcat-juli.jar")];
        let class_path: Vec<String> = cx.variable(ADDITIONAL_JARS).into_iter().chain(jars).collect();
        let mut words = vec![
            "java".to_owned(),
            format!("-Djava.util.logging.config.file={base}/conf/logging.properties"),
            "-Djava.util.logging.manager=org.apache.juli.ClassLoaderLogManager".to_owned(),
        ];
        words.extend(self.property_source.then(|| PROPERTY_SOURCE.to_owned()));
        words.extend(["-classpath".to_owned(), class_path.join(":")]);
        words.extend([format!("-Dcatalina.home={home}"), format!("-Dcatalina.base={base}")]);
        words.extend(["org.apache.catalina.startup.Bootstrap", "start"].map(str::to_owned));
        Ok(words)
    }

    /// By Tomcat's own script, which reads the one that the external configuration brings.
    fn with_shell(&self, cx: &BuildCx<'_>) -> Vec<String> {
        self.variables(cx);
        if cx.variable(ADDITIONAL_JARS).is_some() {
            cx.log().warning(format!(
                "{ADDITIONAL_JARS} is left out: bin/setenv.sh of the external configuration sets the class path"
            ));
        }
        let common = options::COMMON_JARS;
        let source = if self.property_source { format!(" {PROPERTY_SOURCE}") } else { String::new() };
        cx.env(Scope::Launch).default("CATALINA_OPTS", format!("-D{common}=${{{common}}}{source}"));
        vec!["sh".to_owned(), format!("{}/bin/catalina.sh", self.home), "run".to_owned()]
    }

    fn variables(&self, cx: &BuildCx<'_>) {
        cx.env(Scope::Launch)
            .default("CATALINA_HOME", &self.home)
            .default("CATALINA_BASE", &self.base)
            .default("CATALINA_TMPDIR", "/tmp");
    }
}
