use std::collections::BTreeMap;
use std::path::PathBuf;

use toml::Value;

use super::{
    COPIES_FOLDER, FILE_VARIABLE, FOLDER_VARIABLE, LINKS_FOLDER, SYSTEM_FILE, embed, link, paths, sentence,
    trust_at_launch,
};
use crate::bindings::Bindings;
use crate::component::{Component, Verdict};
use crate::context::{BuildCx, DetectCx, Surroundings};
use crate::env::Scope;
use crate::layer::Flags;
use crate::plan::{Entry, Plan, Require};
use crate::world::Variables;
use crate::{Error, Result, fs, log};

/// The plan's name for certificates at build, and the layer's.
const CERTIFICATES: &str = "ca-certificates";
/// The plan's name for those that come at launch, and the helper's.
pub const HELPER: &str = "ca-certificates-helper";

/// Trusts what the bindings of type `ca-certificates` bring.
pub struct CaCertificates;

impl Component for CaCertificates {
    fn name(&self) -> &'static str {
        CERTIFICATES
    }

    fn detect(&self, cx: &DetectCx<'_>) -> Result<Verdict> {
        let certificates = paths(cx.bindings());
        let mut plan = if helper_wanted(cx)? {
            Plan::new().alternatives([&[CERTIFICATES, HELPER], &[HELPER]]).requires(Require::new(HELPER))
        } else {
            Plan::new().provides(CERTIFICATES)
        };
        if !certificates.is_empty() {
            let certificates = certificates.iter().map(|path| Value::String(path.display().to_string()));
            plan = plan.requires(Require::new(CERTIFICATES).with("paths", certificates.collect::<Vec<_>>()));
        }
        Ok(plan.into())
    }

    fn build(&self, cx: &BuildCx<'_>) -> Result<()> {
        let mut certificates = Vec::new();
        for entry in cx.entries(CERTIFICATES).iter() {
            certificates.extend(paths_of(entry)?);
        }
        certificates.sort();
        certificates.dedup();
        if !certificates.is_empty() {
            trust_while_building(cx, &certificates)?;
        }
        if !cx.entries(HELPER).is_empty() {
            cx.helper(HELPER)?;
        }
        Ok(())
    }
}

fn trust_while_building(cx: &BuildCx<'_>, certificates: &[PathBuf]) -> Result<()> {
    let (embedded, _) = cx.settings().lenient_flag("BP_EMBED_CERTS");
    let flags = Flags { build: true, cache: false, launch: embedded };
    cx.log().process("CA certificates");
    let layer = cx.layer(CERTIFICATES).flags(flags).create(|layer| {
        let count = if embedded {
            embed(certificates, layer.path())?
        } else {
            link(certificates, &layer.path().join(LINKS_FOLDER), &layer.path().join(COPIES_FOLDER))?
        };
        layer.log().subprocess(sentence(count));
        Ok(())
    })?;
    cx.log().blank();
    let scope = if embedded { Scope::Both } else { Scope::Build };
    cx.env(scope)
        .about(CERTIFICATES)
        .append(FOLDER_VARIABLE, layer.path().join(LINKS_FOLDER), ":")
        .default(FILE_VARIABLE, SYSTEM_FILE);
    Ok(())
}

/// The certificates of the launch environment's bindings, for [`crate::component::Buildpack::helper`].
pub fn helper(variables: &Variables) -> Result<BTreeMap<String, String>> {
    let bindings = Bindings::read_at_launch(variables)?;
    // The links must outlive this program: nobody but the container's end removes them.
    let trust = trust_at_launch(variables, &bindings, || Ok(fs::scratch()?.keep()))?;
    let Some(trust) = trust else { return Ok(BTreeMap::new()) };
    log::at_launch(&sentence(trust.count));
    Ok(trust.variables)
}

/// `BP_RUNTIME_CERT_BINDING_DISABLED`, else the deprecated `BP_ENABLE_RUNTIME_CERT_BINDING`, else on.
fn helper_wanted(around: &Surroundings) -> Result<bool> {
    let (disabled, _) = around.settings().lenient_flag("BP_RUNTIME_CERT_BINDING_DISABLED");
    if disabled {
        return Ok(false);
    }
    let deprecated = "BP_ENABLE_RUNTIME_CERT_BINDING";
    if around.setting(deprecated).is_some() { around.settings().flag(deprecated) } else { Ok(true) }
}

/// What another buildpack wants trusted: `paths`, a list of files.
fn paths_of(entry: &Entry) -> Result<Vec<PathBuf>> {
    let texts = |values: &Vec<Value>| values.iter().map(|value| value.as_str().map(PathBuf::from)).collect();
    let paths: Option<Vec<PathBuf>> = entry.metadata.get("paths").and_then(Value::as_array).and_then(texts);
    paths.ok_or_else(|| {
        Error::user("ca-certificates/paths", "a requirement of ca-certificates has no list of paths")
            .hint("The buildpack that requires ca-certificates must give metadata.paths, a list of PEM files.")
    })
}
