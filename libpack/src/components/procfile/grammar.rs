//! The lines of a Procfile: `type: command`, everything else is ignored (paketo-buildpacks/procfile;
//! paketo-buildpacks/procfile `procfile/procfile.go`).

use std::collections::BTreeMap;

use crate::{Error, Result};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// Bytes; the limit of the scanner that Paketo reads lines with.
const LONGEST_LINE: usize = 64 * 1024;

/// The commands by type; the last of a repeated type. `origin` names the file in errors:
/// `procfile/line-too-long`, `procfile/binary`, `procfile/empty-command`.
pub(super) fn parse(content: &[u8], origin: &str) -> Result<BTreeMap<String, String>> {
    let content = content.strip_prefix(BYTE_ORDER_MARK).unwrap_or(content);
    // One look at the whole: in UTF-16, too, every other byte is NUL.
    if content.contains(&0) {
        return Err(binary(format!("{origin} is not a text file")));
    }
    let mut commands = BTreeMap::new();
    for (index, line) in content.split(|byte| *byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if let Some((kind, command)) = parse_line(line, index + 1, origin)? {
            commands.insert(kind, command);
        }
    }
    Ok(commands)
}

fn parse_line(line: &[u8], number: usize, origin: &str) -> Result<Option<(String, String)>> {
    if line.len() > LONGEST_LINE {
        let message = format!("line {number} of {origin} is longer than {LONGEST_LINE} bytes");
        return Err(Error::user("procfile/line-too-long", message)
            .hint("Move the command into a script and name that in the Procfile."));
    }
    let Some(colon) = line.iter().position(|byte| *byte == b':') else {
        return Ok(None);
    };
    let (kind, command) = (&line[..colon], &line[colon + 1..]);
    if kind.is_empty() || !kind.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(byte)) {
        return Ok(None);
    }
    let kind = String::from_utf8_lossy(kind).into_owned();
    let command = std::str::from_utf8(command)
        .map_err(|_| binary(format!("line {number} of {origin} is not UTF-8")))?
        .trim_start_matches(|letter: char| letter.is_ascii_whitespace());
    if command.is_empty() {
        return Err(empty(&kind, &format!("line {number} of {origin}")));
    }
    Ok(Some((kind, command.to_owned())))
}

fn binary(message: String) -> Error {
    Error::user("procfile/binary", message).hint("Save the Procfile as UTF-8 text.")
}

/// A process without a command, `place` being where it stands.
pub(super) fn empty(kind: &str, place: &str) -> Error {
    Error::user("procfile/empty-command", format!("{place} has no command for the process `{kind}`"))
        .hint(format!("Write `{kind}: <command>` or delete the line."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commands(content: impl AsRef<[u8]>) -> Vec<(String, String)> {
        parse(content.as_ref(), "Procfile").unwrap().into_iter().collect()
    }

    fn pair(kind: &str, command: &str) -> (String, String) {
        (kind.to_owned(), command.to_owned())
    }

    #[test]
    fn only_lines_of_a_type_and_a_command_count() {
        let content = "# web: comment\n\nno colon\n  indented: x\nweb :x\nbad type: x\nä: x\n: x\n\
            web: node server.js --a=b:c\nWorker_2-x:\t \tnode $PORT | tee \"x\"  \n";
        assert_eq!(
            commands(content),
            [pair("Worker_2-x", "node $PORT | tee \"x\"  "), pair("web", "node server.js --a=b:c")]
        );
    }

    #[test]
    fn windows_line_ends_and_byte_order_marks_are_no_part_of_a_command() {
        let content = "\u{feff}web: a\r\nworker:b \r\n";
        assert_eq!(commands(content), [pair("web", "a"), pair("worker", "b ")]);
    }

    #[test]
    fn the_last_of_a_repeated_type_wins_and_types_differ_by_case() {
        let content = "web: a\nWeb: b\nweb: c";
        assert_eq!(commands(content), [pair("Web", "b"), pair("web", "c")]);
    }

    #[test]
    fn a_type_without_a_command_is_named_with_its_line() {
        for content in ["# x\nweb:", "# x\nweb:  \t\r\nworker: x"] {
            let error = parse(content.as_bytes(), "Procfile").unwrap_err();
            assert_eq!(error.id(), "procfile/empty-command");
            assert_eq!(error.message(), "line 2 of Procfile has no command for the process `web`");
        }
    }

    #[test]
    fn a_line_may_have_64_kib_and_no_more() {
        let fits = format!("web: {}", "x".repeat(64 * 1024 - 5));
        assert_eq!(commands(&fits).len(), 1);
        let error = parse(format!("# {fits}").as_bytes(), "Procfile").unwrap_err();
        assert_eq!(error.id(), "procfile/line-too-long");
        assert_eq!(error.message(), "line 1 of Procfile is longer than 65536 bytes");
    }

    #[test]
    fn what_is_not_text_is_an_error_where_it_matters() {
        for content in [b"\x7fELF\x00\x01web: x".as_slice(), b"w\0e\0b\0:\0", b"web: \xff\xfe"] {
            assert_eq!(parse(content, "Procfile").unwrap_err().id(), "procfile/binary");
        }
        assert_eq!(commands(b"# caf\xe9: x\nweb: x"), [pair("web", "x")]);
    }
}
