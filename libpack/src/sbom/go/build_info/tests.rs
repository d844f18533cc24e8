use std::os::unix::fs::FileExt as _;

use super::*;

const MODULES: &str = "path\texample.com/shop/v2/cmd/web\nmod\texample.com/shop/v2\t(devel)\t\n\
    dep\tgolang.org/x/mod\tv0.38.0\th1:sum=\ndep\tgolang.org/x/text\tv0.40.0\n=>\t./text\t(devel)\t\n\
    build\t-buildmode=pie\nbuild\t-ldflags=\"-s -X 'main.v=a\\\"b'\"\nbuild\t\"a b\"=`c`\nlater\tx\nbuild\tno value\n";

/// An ELF file with one data segment, and no more around it than the loader asks for.
struct Executable {
    wide: bool,
    big: bool,
    /// With a section of the linker's name, which lies behind a good deal of other data.
    section: bool,
    data: Vec<u8>,
}

const BASE: u64 = 0x40_0000;
const HEADERS: usize = 0x200;

impl Executable {
    fn number(&self, value: u64, size: usize) -> Vec<u8> {
        let mut bytes = value.to_le_bytes()[..size].to_vec();
        if self.big {
            bytes.reverse();
        }
        bytes
    }

    /// A header whose fields are given in order, with the size of each; 0 is that of an address.
    fn fields(&self, fields: &[(u64, usize)]) -> Vec<u8> {
        let address = if self.wide { 8 } else { 4 };
        fields.iter().flat_map(|(value, size)| self.number(*value, if *size == 0 { address } else { *size })).collect()
    }

    fn bytes(&self) -> Vec<u8> {
        let mut file = b"\x7fELF".to_vec();
        file.extend([1 + u8::from(self.wide), 1 + u8::from(self.big), 1]);
        file.resize(16, 0);
        let (segment, section) = if self.wide { (56, 64) } else { (32, 40) };
        let header = if self.wide { 64 } else { 52 };
        let sections = header + segment;
        file.extend(self.fields(&[(2, 2), (62, 2), (1, 4), (BASE, 0), (header, 0), (sections, 0), (0, 4)]));
        let count = if self.section { 2 } else { 0 };
        file.extend(self.fields(&[(header, 2), (segment, 2), (1, 2), (section, 2), (count, 2), (0, 2)]));
        let (offset, size) = (HEADERS as u64, self.data.len() as u64);
        let (start, end) = ([(1, 4), (6, 4)], [(BASE, 0), (BASE, 0), (size, 0), (size, 0)]);
        let wide = [&start[..], &[(offset, 0)], &end, &[(1, 0)]].concat();
        let narrow = [&start[..1], &[(offset, 0)], &end, &start[1..], &[(1, 0)]].concat();
        file.extend(self.fields(if self.wide { &wide } else { &narrow }));
        if self.section {
            let names = sections + 2 * section;
            file.extend(self.fields(&[
                (0, 4),
                (3, 4),
                (0, 0),
                (0, 0),
                (names, 0),
                (15, 0),
                (0, 4),
                (0, 4),
                (1, 0),
                (0, 0),
            ]));
            file.extend(self.fields(&[
                (1, 4),
                (1, 4),
                (3, 0),
                (BASE, 0),
                (offset, 0),
                (size, 0),
                (0, 4),
                (0, 4),
                (16, 0),
                (0, 0),
            ]));
            file.extend(b"\0.go.buildinfo\0");
        }
        assert!(file.len() < HEADERS);
        file.resize(HEADERS, 0);
        file.extend(&self.data);
        file
    }
}

fn framed(text: &str) -> Vec<u8> {
    [[b'<'; FRAME].as_slice(), text.as_bytes(), &[b'>'; FRAME]].concat()
}

fn varint(mut length: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while length > 127 {
        bytes.push(u8::try_from(length & 127).unwrap() | 128);
        length >>= 7;
    }
    bytes.push(u8::try_from(length).unwrap());
    bytes
}

/// As Go 1.18 and later write it.
fn inlined(version: &str, modules: &[u8], before: usize) -> Vec<u8> {
    let mut data = vec![7; before];
    data.extend(MAGIC);
    data.extend([8, 2]);
    data.resize(before + HEADER, 0);
    for text in [version.as_bytes(), modules] {
        data.extend(varint(text.len()));
        data.extend(text);
    }
    data
}

/// As older ones do: pointers to strings.
fn pointed_at(executable: &Executable, version: &str, modules: &[u8]) -> Vec<u8> {
    let size = if executable.wide { 8 } else { 4 };
    let strings = HEADER + 4 * size;
    let address = |inside: usize| executable.number(BASE + inside as u64, size);
    let mut data = MAGIC.to_vec();
    data.extend([if executable.wide { 8 } else { 4 }, u8::from(executable.big)]);
    data.extend([address(HEADER), address(HEADER + 2 * size)].concat());
    data.resize(HEADER, 0);
    data.extend([address(strings), executable.number(version.len() as u64, size)].concat());
    data.extend([address(strings + version.len()), executable.number(modules.len() as u64, size)].concat());
    data.extend([version.as_bytes(), modules].concat());
    data
}

fn read(bytes: &[u8]) -> Option<BuildInfo> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("executable");
    crate::fs::write(&path, bytes).unwrap();
    BuildInfo::read(&path).unwrap()
}

/// All widths and byte orders, with and without the section.
fn kinds() -> impl Iterator<Item = Executable> {
    (0..8).map(|bits| Executable { wide: bits & 1 != 0, big: bits & 2 != 0, section: bits & 4 != 0, data: Vec::new() })
}

fn pair(key: &str, value: &str) -> (String, String) {
    (key.to_owned(), value.to_owned())
}

#[test]
fn every_part_of_the_list_is_read() {
    let info = BuildInfo::parse("go1.26.8".to_owned(), MODULES);
    assert_eq!(info.path, "example.com/shop/v2/cmd/web");
    let main = info.main.as_ref().unwrap();
    assert_eq!((main.path.as_str(), main.version.as_str(), &main.sum), ("example.com/shop/v2", "(devel)", &None));
    let folder = Module { path: "./text".to_owned(), version: "(devel)".to_owned(), ..Module::default() };
    let [first, second] = info.modules.as_slice() else { panic!("{:?}", info.modules) };
    assert_eq!(
        (first.path.as_str(), first.sum.as_deref(), &first.replace),
        ("golang.org/x/mod", Some("h1:sum="), &None)
    );
    assert_eq!(second.replace.as_deref(), Some(&folder));
    assert_eq!(info.settings, [pair("-buildmode", "pie"), pair("-ldflags", "-s -X 'main.v=a\"b'"), pair("a b", "c")]);
    assert_eq!(info.setting("-buildmode"), Some("pie"));
    // A replacement that follows nothing, and lines without their columns.
    let odd = BuildInfo::parse(String::new(), "=>\tx\tv1\ndep\t\tv1\ndep\tx\nmod\npath\n");
    assert_eq!(odd, BuildInfo::default());
}

#[test]
fn executables_of_every_age_width_and_byte_order_say_the_same() {
    let wanted = BuildInfo::parse("go1.26.8".to_owned(), MODULES);
    for mut executable in kinds() {
        executable.data = inlined("go1.26.8", &framed(MODULES), 32);
        assert_eq!(read(&executable.bytes()).unwrap(), wanted);
        executable.data = pointed_at(&executable, "go1.26.8", &framed(MODULES));
        assert_eq!(read(&executable.bytes()).unwrap(), wanted);
        // An app without modules, before Go 1.18.
        executable.data = pointed_at(&executable, "go1.17", b"");
        assert_eq!(
            read(&executable.bytes()).unwrap(),
            BuildInfo { go_version: "go1.17".into(), ..BuildInfo::default() }
        );
    }
}

#[test]
fn the_magic_is_found_behind_a_megabyte_and_only_where_it_is_aligned() {
    let executable = |data| Executable { wide: true, big: false, section: false, data };
    let far = executable(inlined("go1.26.8", b"", (1 << 20) + 16)).bytes();
    assert_eq!(read(&far).unwrap().go_version, "go1.26.8");
    assert_eq!(read(&executable(inlined("go1.26.8", b"", 8)).bytes()), None);
}

#[test]
fn what_go_did_not_link_has_no_build_info() {
    for bytes in [&b""[..], b"\x7fELF", b"#!/bin/sh\n", &[0x7f; 4096], b"MZ\x90\0"] {
        assert_eq!(read(bytes), None);
    }
    let text = Executable { wide: true, big: false, section: true, data: vec![7; 4096] };
    assert_eq!(read(&text.bytes()), None);
    let ours = std::fs::read("/proc/self/exe").unwrap();
    assert_eq!(read(&ours), None);
    assert_eq!(BuildInfo::read(Path::new("/no/such/file")).unwrap_err().id(), "fs/failed");
}

/// A file that is broken in place: there are too many ways to write each anew.
struct Broken(File);

impl Broken {
    fn new(whole: &[u8]) -> Self {
        let file = tempfile::tempfile().unwrap();
        file.write_all_at(whole, 0).unwrap();
        Self(file)
    }

    fn attempt(&self) {
        drop(Elf::open(self.0.try_clone().unwrap()).and_then(|elf| of_elf(&elf)));
    }
}

#[test]
fn nothing_that_an_executable_says_ends_the_program() {
    for mut executable in kinds() {
        let pointers = pointed_at(&executable, "go1.17", &framed("path\tx\n"));
        for data in [inlined("go1.26.8", &framed("path\tx\n"), 0), pointers] {
            executable.data = data;
            let whole = executable.bytes();
            let broken = Broken::new(&whole);
            for at in 0..whole.len() {
                for value in [0x00, 0x7f, 0xff] {
                    broken.0.write_all_at(&[value], at as u64).unwrap();
                    broken.attempt();
                }
                broken.0.write_all_at(&whole[at..=at], at as u64).unwrap();
            }
            for length in (0..whole.len()).rev() {
                broken.0.set_len(length as u64).unwrap();
                broken.attempt();
            }
        }
    }
    // A text that says it is as long as can be said.
    let mut data = inlined("", b"", 0);
    data.truncate(HEADER);
    data.extend([[0xff; 9].as_slice(), &[0x01], &[0; 64]].concat());
    Broken::new(&Executable { wide: true, big: false, section: true, data }.bytes()).attempt();
}

/// What Go 1.26.8 linked for three machines, with nothing left of it but headers and build info:
/// `-buildmode pie`, an ordinary executable, and one of 32 bits whose numbers begin with the high byte.
#[test]
fn what_go_links_is_read_on_every_machine() {
    let all = [
        ("amd64", "pie", include_bytes!("amd64.elf.zst").as_slice()),
        ("arm64", "exe", include_bytes!("arm64.elf.zst")),
        ("mips", "exe", include_bytes!("mips.elf.zst")),
    ];
    for (machine, mode, packed) in all {
        let info = read(&zstd::decode_all(packed).unwrap()).unwrap();
        assert_eq!((info.go_version.as_str(), info.path.as_str()), ("go1.26.8", "example.com/shop/v2"), "{machine}");
        assert_eq!(info.main.as_ref().unwrap().path, "example.com/shop/v2");
        let names: Vec<_> = info.modules.iter().map(|one| (one.path.as_str(), one.version.as_str())).collect();
        assert_eq!(names, [("golang.org/x/mod", "v0.38.0"), ("golang.org/x/text", "v0.40.0")]);
        assert!(info.modules[0].sum.as_ref().unwrap().starts_with("h1:"));
        assert_eq!(info.modules[1].replace.as_ref().unwrap().path, "./text");
        assert_eq!((info.setting("GOARCH"), info.setting("-buildmode")), (Some(machine), Some(mode)));
    }
}
