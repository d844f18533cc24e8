//! What platforms read from a builder: kpack, Tekton, Spring Boot, Skaffold and others look at its labels, variables and
//! user, each at some of them (buildpacks/spec, platform.md and distribution.md; buildpacks/pack, internal/builder).

use anyhow::{Result, bail};
use semver::Version;
use serde_json::Value;

/// Platform APIs that platforms of today ask a builder's lifecycle for.
const PLATFORM_APIS: [&str; 4] = ["0.9", "0.10", "0.13", "0.14"];

/// Fails with all that platforms would miss; both are `docker image inspect`'s `.Config`.
pub fn check(builder: &str, run_image: &str) -> Result<()> {
    let (builder, run): (Value, Value) = (serde_json::from_str(builder)?, serde_json::from_str(run_image)?);
    let label = |image: &Value, name: &str| image["Labels"][name].as_str().unwrap_or_default().to_owned();
    let metadata: Value = serde_json::from_str(&label(&builder, "io.buildpacks.builder.metadata"))?;
    let lifecycle = &metadata["lifecycle"];
    let supported = lifecycle["apis"]["platform"]["supported"].as_array().cloned().unwrap_or_default();
    let stack = label(&builder, "io.buildpacks.stack.id");
    let version = lifecycle["version"].as_str().and_then(|version| Version::parse(version).ok());
    let rules = [
        (!stack.is_empty() && stack == label(&run, "io.buildpacks.stack.id"), "one stack id on builder and run image"),
        (
            is_text(&metadata["stack"]["runImage"]["image"]) && is_text(&metadata["images"][0]["image"]),
            "the run image both for platforms that know stacks and for those that know images",
        ),
        (label(&builder, "io.buildpacks.extension.layers") == "{}", "an empty label of extensions"),
        (number(&builder, "CNB_USER_ID") && number(&builder, "CNB_GROUP_ID"), "the build user's ids as numbers"),
        (is_other_user(&builder) && is_other_user(&run), "users that are numbers and not root"),
        (variable(&builder, "CNB_PLATFORM_API").is_some(), "a Platform API for who runs the phases by hand"),
        (version.is_some_and(|version| version.pre.is_empty()), "a lifecycle of a plain version"),
        (PLATFORM_APIS.iter().all(|api| supported.iter().any(|known| known == api)), "all Platform APIs in use"),
    ];
    let missing: Vec<_> = rules.iter().filter(|(kept, _)| !kept).map(|(_, rule)| *rule).collect();
    if missing.is_empty() { Ok(()) } else { bail!("platforms would miss in the builder: {}", missing.join("; ")) }
}

fn is_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty())
}

fn variable<'a>(image: &'a Value, name: &str) -> Option<&'a str> {
    let all = image["Env"].as_array()?.iter().filter_map(Value::as_str);
    all.filter_map(|line| line.split_once('=')).find(|(known, _)| *known == name).map(|(_, value)| value)
}

fn number(image: &Value, name: &str) -> bool {
    variable(image, name).is_some_and(|value| value.parse::<u32>().is_ok())
}

fn is_other_user(image: &Value) -> bool {
    let user = image["User"].as_str().and_then(|user| user.split(':').next());
    user.and_then(|user| user.parse::<u32>().ok()).is_some_and(|user| user > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const STACK: &str = "io.buildpacks.stacks.bookworm";

    fn builder(run_image: &str) -> Value {
        let metadata = json!({
            "stack": { "runImage": { "image": run_image } },
            "images": [{ "image": "run" }],
            "lifecycle": {
                "version": "0.21.14",
                "apis": { "platform": { "supported": ["0.9", "0.10", "0.13", "0.14"] } },
            },
        });
        json!({
            "User": "1001:1000",
            "Env": ["CNB_USER_ID=1001", "CNB_GROUP_ID=1000", "CNB_PLATFORM_API=0.13"],
            "Labels": {
                "io.buildpacks.stack.id": STACK,
                "io.buildpacks.extension.layers": "{}",
                "io.buildpacks.builder.metadata": metadata.to_string(),
            },
        })
    }

    fn run() -> String {
        json!({ "User": "1002:1000", "Labels": { "io.buildpacks.stack.id": STACK } }).to_string()
    }

    #[test]
    fn a_builder_for_every_platform_passes() {
        check(&builder("run").to_string(), &run()).unwrap();
    }

    #[test]
    fn what_one_platform_would_miss_is_named() {
        let error = check(&builder("").to_string(), &run()).unwrap_err().to_string();
        assert!(error.contains("know stacks") && !error.contains(';'), "{error}");
        let mut named = builder("run");
        named["User"] = "cnb".into();
        named["Env"] = json!(["CNB_USER_ID=1001", "CNB_GROUP_ID=1000"]);
        let error = check(&named.to_string(), &run()).unwrap_err().to_string();
        assert!(error.contains("not root; a Platform API"), "{error}");
    }
}
