//! A `go` of a few lines: it looks for main packages as Go does, and writes executables that say what
//! they were made of.

use std::path::{Path, PathBuf};

use libpack::fs;
use libpack::world::{Child, Outcome};

use super::executable::executable;

/// Answers a call.
pub fn go(child: &Child) -> Outcome {
    let words: Vec<String> = child.args.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["env", "GOVERSION"] => said(0, "go1.24.9\n"),
        ["work", "init"] => write(child, "go.work", "go 1.25\n"),
        ["work", "use", folders @ ..] => {
            let uses: Vec<_> = folders.iter().map(|folder| format!("use {folder}\n")).collect();
            write(child, "go.work", &format!("go 1.25\n{}", uses.concat()))
        }
        ["mod" | "work", "vendor"] => write(child, "vendor/modules.txt", "# github.com/gorilla/mux v1.8.1\n"),
        ["build", "-o", bin, rest @ ..] => build(child, Path::new(bin), rest),
        other => said(2, &format!("go {other:?}: unknown command")),
    }
}

pub fn said(code: i32, output: &str) -> Outcome {
    Outcome { code, output: output.to_owned() }
}

fn write(child: &Child, file: &str, text: &str) -> Outcome {
    fs::write(&child.cwd.join(file), text).unwrap();
    said(0, "")
}

fn build(child: &Child, bin: &Path, words: &[&str]) -> Outcome {
    let targets = words.iter().filter(|word| word.starts_with('.'));
    let mut made = 0;
    for target in targets {
        let folder: PathBuf = child.cwd.join(target).components().collect();
        let Some(source) = sources(&folder).into_iter().next() else {
            return said(1, &format!("package {target}: no Go files in {}", folder.display()));
        };
        if source.contains("syntax error") {
            return said(1, "# example.com/app\n./main.go:3:1: syntax error: unexpected name\n");
        }
        if !source.contains("package main") {
            continue;
        }
        let path = import_path(child, &folder);
        let module = if child.env.text("GO111MODULE").is_some() {
            ""
        } else {
            "mod\texample.com/app\t(devel)\t\ndep\tgithub.com/gorilla/mux\tv1.8.1\th1:TuBL49tXwgrFYWhqrNgrUNEY92u81SPhu7sTdzQEiWY=\n"
        };
        let information = format!("path\t{path}\n{module}build\t-trimpath=true\n");
        let file = bin.join(path.rsplit('/').find(|part| !is_major(part)).unwrap());
        fs::write(&file, executable("go1.26.7", &information)).unwrap();
        made += 1;
    }
    remember(child);
    if made == 0 { said(1, "go: no main packages to build") } else { said(0, "") }
}

/// What a build leaves in Go's caches.
fn remember(child: &Child) {
    let cache = |name: &str| PathBuf::from(child.env.text(name).unwrap());
    let (action, output) = ("a1".repeat(32), "b2".repeat(32));
    fs::write(&cache("GOCACHE").join(format!("a1/{action}-a")), entry(&action, &output)).unwrap();
    fs::write(&cache("GOCACHE").join(format!("b2/{output}-d")), "object").unwrap();
    let module = cache("GOMODCACHE").join("cache/download/github.com/gorilla/mux/@v");
    fs::write(&module.join("v1.8.1.zip"), "module").unwrap();
    fs::write(&module.join("list"), "v1.8.1").unwrap();
}

/// How Go's build cache says which output an action gave.
pub fn entry(action: &str, output: &str) -> String {
    format!("v1 {action} {output} {:20} {:20}\n", 6, 0)
}

fn sources(folder: &Path) -> Vec<String> {
    let names = fs::list(folder).unwrap();
    names
        .iter()
        .filter(|name| name.strip_suffix(".go").is_some())
        .map(|name| fs::read_text(&folder.join(name)).unwrap())
        .collect()
}

fn is_major(part: &str) -> bool {
    part.strip_prefix('v').is_some_and(|number| !number.is_empty() && number.chars().all(|c| c.is_ascii_digit()))
}

/// By the nearest `go.mod`, else below the GOPATH.
fn import_path(child: &Child, folder: &Path) -> String {
    for above in folder.ancestors() {
        if let Ok(text) = fs::read_text(&above.join("go.mod")) {
            let module = text.lines().find_map(|line| line.strip_prefix("module ")).unwrap();
            let below = folder.strip_prefix(above).unwrap().to_string_lossy().into_owned();
            return if below.is_empty() { module.to_owned() } else { format!("{module}/{below}") };
        }
    }
    let source = PathBuf::from(child.env.text("GOPATH").unwrap()).join("src");
    folder.strip_prefix(source).unwrap().to_string_lossy().into_owned()
}
