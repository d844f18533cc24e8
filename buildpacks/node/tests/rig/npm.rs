//! An npm of a few lines: it goes by lock and manifest, obeys `NODE_ENV`, runs scripts of one kind
//! (`write <path>`), keeps a cache, and fails as npm does.

use std::path::{Path, PathBuf};

use libpack::fs;
use libpack::world::{Child, Outcome};
use serde_json::{Value, json};

/// What `npm <args>` does in `child.cwd`.
pub fn npm(child: &Child) -> Outcome {
    let args: Vec<String> = child.args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let output = match words.as_slice() {
        ["--version"] => Ok("11.0.0\n".to_owned()),
        ["install", "--global", ..] => global(&words),
        ["ci", ..] => ci(child, &words),
        ["install", ..] => install(child, &words),
        ["list"] => list(&child.cwd),
        ["rebuild", ..] => rebuild(&child.cwd),
        ["run-script", name, ..] => run_script(&child.cwd, name),
        ["prune"] => prune(child),
        other => Err(format!("npm error unknown command {other:?}")),
    };
    match output {
        Ok(output) => Outcome { code: 0, output },
        Err(output) => Outcome { code: 1, output },
    }
}

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|_| "{}".to_owned());
    serde_json::from_str(&text).unwrap_or_default()
}

fn lock_of(folder: &Path) -> Value {
    let shrinkwrap = folder.join("npm-shrinkwrap.json");
    read(&if shrinkwrap.is_file() { shrinkwrap } else { folder.join("package-lock.json") })
}

fn with_dev(child: &Child, words: &[&str]) -> bool {
    words.contains(&"--include=dev") || child.env.text("NODE_ENV").as_deref() != Some("production")
}

fn after<'a>(words: &[&'a str], option: &str) -> Option<&'a str> {
    words.iter().position(|word| *word == option).and_then(|at| words.get(at + 1)).copied()
}

fn put(folder: &Path, package: &str, content: &str) {
    fs::write(&folder.join(package).join("index.js"), content).unwrap();
}

fn ci(child: &Child, words: &[&str]) -> Result<String, String> {
    let folder = &child.cwd;
    let (lock, manifest) = (lock_of(folder), read(&folder.join("package.json")));
    let root = lock["packages"][""].clone();
    for kind in ["dependencies", "devDependencies"] {
        let named = |value: &Value| value[kind].as_object().cloned().unwrap_or_default();
        if named(&root) != named(&manifest) {
            return Err("npm error code EUSAGE\nnpm error `npm ci` can only install packages when your package.json \
                        and package-lock.json or npm-shrinkwrap.json are in sync.\n"
                .to_owned());
        }
    }
    fs::remove(&folder.join("node_modules")).unwrap();
    let cache = PathBuf::from(after(words, "--cache").unwrap_or("/nowhere"));
    let (mut cached, mut count) = (0, 0);
    for (path, package) in lock["packages"].as_object().into_iter().flatten() {
        if path.is_empty() || package["dev"].as_bool() == Some(true) && !with_dev(child, words) {
            continue;
        }
        if package["link"].as_bool() == Some(true) {
            let up = "../".repeat(path.matches('/').count());
            let target = PathBuf::from(format!("{up}{}", package["resolved"].as_str().unwrap_or_default()));
            fs::symlink(&target, &folder.join(path)).unwrap();
        } else if path.contains("node_modules/") {
            put(folder, path, package["version"].as_str().unwrap_or_default());
            count += 1;
            cached += usize::from(keep(&cache, package["integrity"].as_str().unwrap_or_default()));
        }
    }
    scripts(folder, &manifest, &["preinstall", "install", "postinstall", "prepare"])?;
    Ok(format!("added {count} packages, {cached} of them from the cache\n"))
}

/// Puts an archive into npm's cache; whether it was there before.
fn keep(cache: &Path, integrity: &str) -> bool {
    let Some(hash) = libpack::sbom::Hash::of_integrity(integrity).into_iter().next() else { return false };
    let hex = hash.hex();
    let file = cache.join("_cacache/content-v2/sha512").join(&hex[..2]).join(&hex[2..4]).join(&hex[4..]);
    let there = file.is_file();
    fs::write(&file, integrity).unwrap();
    fs::write(&cache.join("_logs/debug.log"), "noise").unwrap();
    there
}

fn install(child: &Child, words: &[&str]) -> Result<String, String> {
    let manifest = read(&child.cwd.join("package.json"));
    let kinds = ["dependencies", "devDependencies"];
    for kind in kinds.into_iter().take(if with_dev(child, words) { 2 } else { 1 }) {
        for (name, version) in manifest[kind].as_object().into_iter().flatten() {
            put(&child.cwd, &format!("node_modules/{name}"), version.as_str().unwrap_or_default());
            let package = json!({"name": name, "version": version});
            let path = child.cwd.join("node_modules").join(name).join("package.json");
            fs::write(&path, package.to_string()).unwrap();
        }
    }
    fs::create_dir(&child.cwd.join("node_modules")).unwrap();
    scripts(&child.cwd, &manifest, &["preinstall", "install", "postinstall", "prepare"])?;
    Ok("added packages\n".to_owned())
}

fn global(words: &[&str]) -> Result<String, String> {
    let prefix = Path::new(after(words, "--prefix").unwrap_or_default());
    let wanted = words.last().unwrap_or(&"");
    if wanted.ends_with("@99") {
        return Err("npm error code ETARGET\nnpm error notarget No matching version found for npm@99.\n".to_owned());
    }
    fs::write(&prefix.join("bin/npm"), wanted).unwrap();
    fs::make_executable(&prefix.join("bin/npm")).unwrap();
    Ok(String::new())
}

fn list(folder: &Path) -> Result<String, String> {
    let manifest = read(&folder.join("package.json"));
    let missing = manifest["dependencies"].as_object().into_iter().flatten();
    for (name, version) in missing {
        if !folder.join("node_modules").join(name).exists() {
            return Err(format!("npm error missing: {name}@{version}, required by app@1.0.0\n"));
        }
    }
    Ok("app@1.0.0\n".to_owned())
}

fn rebuild(folder: &Path) -> Result<String, String> {
    if folder.join("node_modules/broken").exists() {
        return Err("gyp ERR! build error\n".to_owned());
    }
    fs::write(&folder.join("node_modules/rebuilt"), "").unwrap();
    Ok("rebuilt dependencies successfully\n".to_owned())
}

fn run_script(folder: &Path, name: &str) -> Result<String, String> {
    scripts(folder, &read(&folder.join("package.json")), &[name]).map(|()| String::new())
}

fn prune(child: &Child) -> Result<String, String> {
    if child.cwd.join("prune-fails").exists() {
        return Err("npm error code EACCES\n".to_owned());
    }
    if with_dev(child, &[]) {
        return Ok("up to date\n".to_owned());
    }
    for (path, package) in lock_of(&child.cwd)["packages"].as_object().into_iter().flatten() {
        if package["dev"].as_bool() == Some(true) {
            fs::remove(&child.cwd.join(path)).unwrap();
        }
    }
    Ok("removed packages\n".to_owned())
}

/// `write <path>` writes a file, `fail` fails, anything else does nothing.
fn scripts(folder: &Path, manifest: &Value, names: &[&str]) -> Result<(), String> {
    for name in names {
        let line = manifest["scripts"][*name].as_str().unwrap_or_default();
        if let Some(path) = line.strip_prefix("write ") {
            fs::write(&folder.join(path), format!("by {name}")).unwrap();
        } else if line == "fail" {
            return Err(format!("npm error command failed: {name}\n"));
        }
    }
    Ok(())
}
