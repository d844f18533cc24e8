//! Executables as Go makes them, with nothing in them but what Go writes about itself
//! (golang/go, src/debug/buildinfo/buildinfo.go).

/// The smallest ELF file with build info: one segment, writable as Go's data is, that holds it all.
pub fn executable(go: &str, information: &str) -> Vec<u8> {
    // Behind the headers, where Go looks: at multiples of sixteen.
    const AT: usize = 128;
    const ADDRESS: u64 = 0x1000;
    let content = build_info(go, information);
    // 64 bits, little end first, current version; padding.
    let mut file = vec![0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    // Shared object, x86-64, version.
    file.extend([3, 0, 62, 0, 1, 0, 0, 0]);
    // Entry point, program headers, section headers (none), flags.
    file.extend([0_u64, 64, 0].iter().flat_map(|word| word.to_le_bytes()));
    file.extend([0; 4]);
    // Sizes and counts: header, programs, sections; where the names of sections are.
    file.extend([64_u16, 56, 1, 64, 0, 0].iter().flat_map(|word| word.to_le_bytes()));
    // Loaded, to be read and written; offset, addresses, sizes, alignment.
    file.extend([1_u32, 6].iter().flat_map(|word| word.to_le_bytes()));
    let size = content.len() as u64;
    file.extend([AT as u64, ADDRESS, ADDRESS, size, size, 16].iter().flat_map(|word| word.to_le_bytes()));
    file.resize(AT, 0);
    file.extend(content);
    file
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
