use std::path::Path;
use std::process::Command;

use super::*;

/// Says what it finds of itself at run time: by its dynamic symbols, a thread-local and a constructor.
const PROGRAM: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
static __thread int own = 40;
__attribute__((constructor)) static void early(void) { own++; }
int exported(void) { return own + 1; }
int main(void) {
    int (*found)(void) = (int (*)(void))dlsym(RTLD_DEFAULT, "exported");
    return printf("%d %s\n", found ? found() : -1, "answered") < 0;
}
"#;

/// Compiles the program with debugging information, and more flags.
fn compiled(folder: &Path, flags: &[&str]) -> Vec<u8> {
    let (source, program) = (folder.join("program.c"), folder.join("program"));
    std::fs::write(&source, PROGRAM).unwrap();
    let mut command = Command::new("cc");
    command.args(["-g", "-O1", "-rdynamic"]).args(flags).arg("-o").arg(&program).arg(&source).arg("-ldl");
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read(&program).unwrap()
}

fn run(folder: &Path, program: &[u8]) -> String {
    use std::os::unix::fs::PermissionsExt as _;
    let path = folder.join("stripped");
    std::fs::write(&path, program).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    let output = Command::new(&path).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn names(file: &[u8]) -> Vec<String> {
    let parts = Parts::read(file).unwrap();
    let name = |section| String::from_utf8_lossy(parts.name(file, section).unwrap()).into_owned();
    parts.sections.iter().map(name).collect()
}

#[test]
fn a_program_runs_as_before_without_what_debuggers_read() {
    let folder = tempfile::tempdir().unwrap();
    for flags in [&["-pie", "-fPIE"][..], &["-no-pie"], &["-gz"], &["-Wl,-z,separate-code"]] {
        let whole = compiled(folder.path(), flags);
        let stripped = strip(&whole).unwrap();
        assert_eq!(run(folder.path(), &stripped), "42 answered\n", "{flags:?}");
        let (before, after) = (names(&whole), names(&stripped));
        let gone: Vec<_> = before.iter().filter(|name| !after.contains(name)).map(String::as_str).collect();
        let known = |name: &&str| is_debug(name.as_bytes()) || [".symtab", ".strtab"].contains(name);
        assert!(gone.contains(&".symtab") && gone.contains(&".debug_info") && gone.iter().all(known), "{gone:?}");
        for name in [".dynsym", ".dynstr", ".eh_frame", ".comment", ".note.ABI-tag", ".shstrtab"] {
            assert!(after.iter().any(|one| one == name), "{name} is missing: {after:?}");
        }
        let loaded = Parts::read(&whole).unwrap().end_of_loaded(&whole).unwrap();
        assert!(whole[HEADER..loaded] == stripped[HEADER..loaded], "what is loaded stays byte by byte");
        assert_eq!(strip(&stripped), None, "there is nothing more to take");
    }
}

#[test]
fn what_stays_says_the_same_as_before_by_its_new_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let whole = compiled(folder.path(), &[]);
    let stripped = strip(&whole).unwrap();
    let (before, after) = (Parts::read(&whole).unwrap(), Parts::read(&stripped).unwrap());
    for section in &after.sections {
        let name = after.name(&stripped, section).unwrap();
        let same = before.sections.iter().find(|one| before.name(&whole, one) == Some(name)).unwrap();
        let bytes = |file: &[u8], one: &Section| file[one.offset..one.end().unwrap()].to_vec();
        assert!(bytes(&stripped, section) == bytes(&whole, same), "{}", String::from_utf8_lossy(name));
        let linked =
            |parts: &Parts, file: &[u8], one: &Section| parts.name(file, &parts.sections[one.link]).map(<[u8]>::to_vec);
        assert_eq!(linked(&after, &stripped, section), linked(&before, &whole, same));
    }
}

#[test]
fn an_object_a_library_of_another_machine_and_text_stay() {
    let folder = tempfile::tempdir().unwrap();
    let whole = compiled(folder.path(), &[]);
    for (at, value) in [(4, 1), (5, 2), (16, 1), (18, 3), (52, 52), (58, 40)] {
        let mut other = whole.clone();
        other[at] = value;
        assert_eq!(strip(&other), None, "byte {at}");
    }
    assert!(!is_elf(b"#!/bin/sh") && strip(b"\x7fELF").is_none() && strip(&[]).is_none());
}

#[test]
fn what_somebody_appended_or_hid_keeps_the_file_as_it_is() {
    // Single-file applications look for their content by the file's end.
    let folder = tempfile::tempdir().unwrap();
    let whole = compiled(folder.path(), &[]);
    assert_eq!(strip(&[&whole[..], b"an archive"].concat()), None);
    let parts = Parts::read(&whole).unwrap();
    let padding = (parts.end_of_loaded(&whole).unwrap()..parts.table)
        .find(|at| {
            let inside = |one: &Section| one.offset <= *at && one.end().is_some_and(|end| *at < end);
            !parts.sections.iter().any(inside)
        })
        .expect("the table is aligned");
    let mut hidden = whole.clone();
    hidden[padding] = 1;
    assert_eq!(strip(&hidden), None);
}

#[test]
fn a_table_that_a_loaded_section_needs_stays() {
    let folder = tempfile::tempdir().unwrap();
    let whole = compiled(folder.path(), &[]);
    let parts = Parts::read(&whole).unwrap();
    let symtab = parts.sections.iter().position(|section| section.kind == SYMTAB).unwrap();
    let dynamic = parts.sections.iter().position(|section| section.kind == RELA).unwrap();
    let mut needed = whole.clone();
    put(&mut needed, parts.table + dynamic * SECTION + 40, 4, symtab).unwrap();
    assert_eq!(strip(&needed), None);
}

#[test]
fn no_damaged_file_is_understood_or_breaks_anything() {
    let folder = tempfile::tempdir().unwrap();
    let whole = compiled(folder.path(), &[]);
    for length in (0..whole.len()).step_by(97) {
        assert_eq!(strip(&whole[..length]), None, "{length} bytes");
    }
    let parts = Parts::read(&whole).unwrap();
    let heads = (0..HEADER + 4 * SEGMENT).chain(parts.table..whole.len());
    for at in heads {
        for value in [0, 0x7f, 0xff] {
            let mut damaged = whole.clone();
            damaged[at] = value;
            // Whatever is made of it, what a program would see stays.
            if let Some(stripped) = strip(&damaged) {
                let loaded = Parts::read(&damaged).unwrap().end_of_loaded(&damaged).unwrap();
                assert!(damaged[HEADER..loaded] == stripped[HEADER..loaded], "byte {at}");
            }
        }
    }
}
