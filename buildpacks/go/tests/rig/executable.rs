//! Executables as Go makes them, with nothing in them but what Go writes about itself
//! (golang/go, src/debug/buildinfo/buildinfo.go).

/// The smallest ELF file that has a section `.go.buildinfo`.
pub fn executable(go: &str, information: &str) -> Vec<u8> {
    const HEADER: usize = 64;
    let names = b"\0.go.buildinfo\0.shstrtab\0";
    let content = build_info(go, information);
    let at_content = HEADER;
    let at_names = at_content + content.len();
    let at_sections = (at_names + names.len()).next_multiple_of(8);
    let mut file = header(at_sections);
    file.extend(&content);
    file.extend(names);
    file.resize(at_sections, 0);
    file.extend(section(0, 0, 0, 0));
    file.extend(section(1, 1, at_content, content.len()));
    file.extend(section(15, 3, at_names, names.len()));
    file
}

fn header(at_sections: usize) -> Vec<u8> {
    // 64 bits, little end first, current version; padding.
    let mut header = vec![0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    // Shared object, x86-64, version.
    header.extend([3, 0, 62, 0, 1, 0, 0, 0]);
    // Entry point, program headers, section headers.
    header.extend([0_u64, 0, at_sections as u64].iter().flat_map(|word| word.to_le_bytes()));
    header.extend([0; 4]);
    // Sizes and counts: header, programs (none), sections; where the names of sections are.
    header.extend([64_u16, 56, 0, 64, 3, 2].iter().flat_map(|word| word.to_le_bytes()));
    header
}

fn section(name: u32, kind: u32, at: usize, size: usize) -> Vec<u8> {
    let words = [0_u64, 0x1000 + at as u64, at as u64, size as u64];
    let mut section: Vec<u8> = [name, kind].iter().flat_map(|word| word.to_le_bytes()).collect();
    section.extend(words.iter().flat_map(|word| word.to_le_bytes()));
    section.extend([0; 8]);
    section.extend([1_u64, 0].iter().flat_map(|word| word.to_le_bytes()));
    section
}

fn build_info(go: &str, information: &str) -> Vec<u8> {
    let mut content = b"\xff Go buildinf:".to_vec();
    // The size of a pointer, and that strings lie right here.
    content.extend([8, 2]);
    content.resize(32, 0);
    // Sixteen bytes before and behind, by which Go finds it.
    let marked = [
        b"0w\xaf\x0c\x92t\x08\x02A\xe1\xc1\x07\xe6\xd6\x18\xe6",
        information.as_bytes(),
        b"\xf92C1\x86\x18 r\x00\x82B\x10A\x16\xd8\xf2",
    ]
    .concat();
    for text in [go.as_bytes(), &marked] {
        let mut length = text.len();
        while length >= 0x80 {
            content.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
            length >>= 7;
        }
        content.push(u8::try_from(length).unwrap());
        content.extend(text);
    }
    content
}
