//! Go's interpreted strings (go.dev/ref/spec, "String literals"): in `go.mod` and in build settings.

/// Reads the string that `text` begins with, and tells how many bytes it takes. The error says why it
/// is none.
pub(super) fn unquote(text: &str) -> Result<(String, usize), String> {
    let mut read = Vec::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Ok((String::from_utf8_lossy(&read).into_owned(), at + 1)),
            '\\' => {
                let Some((_, escape)) = letters.next() else { break };
                let mut digits = |count: usize, radix: u32, first: Option<char>| {
                    let more = letters.by_ref().take(count).map(|(_, digit)| digit);
                    let digits: String = first.into_iter().chain(more).collect();
                    u32::from_str_radix(&digits, radix).ok()
                };
                let unknown = || format!("the escape \\{} is not understood", escape.escape_default());
                match escape {
                    'x' => read.push(digits(2, 16, None).and_then(|byte| byte.try_into().ok()).ok_or_else(unknown)?),
                    '0'..='7' => {
                        let byte = digits(2, 8, Some(escape)).and_then(|byte| byte.try_into().ok());
                        read.push(byte.ok_or_else(unknown)?);
                    }
                    'u' | 'U' => {
                        let code = digits(if escape == 'u' { 4 } else { 8 }, 16, None);
                        push(&mut read, code.and_then(char::from_u32).ok_or_else(unknown)?);
                    }
                    _ => push(&mut read, simple(escape).ok_or_else(unknown)?),
                }
            }
            _ => push(&mut read, letter),
        }
    }
    Err("a quote has no end".to_owned())
}

fn simple(escape: char) -> Option<char> {
    Some(match escape {
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        '\\' | '"' => escape,
        _ => return None,
    })
}

fn push(bytes: &mut Vec<u8>, letter: char) {
    bytes.extend(letter.encode_utf8(&mut [0; 4]).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_those_of_go() {
        let text = r#""a\"\\\n\t\x41\101é\U0001F600" rest"#;
        assert_eq!(unquote(text).unwrap(), ("a\"\\\n\tAAé😀".to_owned(), text.len() - 5));
        assert_eq!(unquote("\"\"").unwrap(), (String::new(), 2));
        for text in ["\"", "\"a", "\"a\\", "\"a\\\""] {
            assert_eq!(unquote(text).unwrap_err(), "a quote has no end");
        }
        for text in [r#""\q""#, r#""\x4""#, r#""\xé""#, r#""\u12""#, r#""\ud800""#, r#""\777""#, r#""\'""#] {
            assert!(unquote(text).unwrap_err().contains("is not understood"), "{text}");
        }
    }
}
