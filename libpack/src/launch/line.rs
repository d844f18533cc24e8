//! Whether a command line needs a shell. One that does not is started directly: it then gets signals
//! itself, runs on images without a shell, and survives platforms that join a command to one string
//! (docs/platforms.md R10).

/// The words of a line that is one simple command; none when it needs a shell.
///
/// Simple means: words of ASCII letters, digits and `_ . / : @ , + = % -` only, parted by spaces or
/// tabs, no assignment in front, and a first word that is not the shell's own.
pub fn plain_words(line: &str) -> Option<Vec<String>> {
    let words: Vec<&str> = line.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
    let first = words.first()?;
    let plain = words.iter().all(|word| is_plain_word(word)) && !first.contains('=') && !is_of_the_shell(first);
    plain.then(|| words.into_iter().map(str::to_owned).collect())
}

/// Whether a shell reads the word as it is: no blank, quote, `$` or glob in it.
pub fn is_plain_word(word: &str) -> bool {
    !word.is_empty() && word.chars().all(is_plain)
}

/// Whether a word sets a variable for the command after it, `NODE_ENV=production`.
pub fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && !name.starts_with(|first: char| first.is_ascii_digit())
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    })
}

fn is_plain(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "_./:@,+=%-".contains(letter)
}

/// Builtins and keywords of POSIX, dash and bash. Those that also exist as programs (`echo`, `test`)
/// count too: the shell's differ from them in detail.
fn is_of_the_shell(word: &str) -> bool {
    #[rustfmt::skip]
    const WORDS: &[&str] = &[
        // Keywords.
        "case", "coproc", "do", "done", "elif", "else", "esac", "fi", "for", "function", "if", "in",
        "select", "then", "time", "until", "while",
        // Special builtins.
        ".", ":", "break", "continue", "eval", "exec", "exit", "export", "readonly", "return", "set",
        "shift", "times", "trap", "unset",
        // The others.
        "alias", "bg", "bind", "builtin", "caller", "cd", "chdir", "command", "compgen", "complete",
        "compopt", "declare", "dirs", "disown", "echo", "enable", "false", "fc", "fg", "getopts",
        "hash", "help", "history", "jobs", "kill", "let", "local", "logout", "mapfile", "newgrp",
        "popd", "printf", "pushd", "pwd", "read", "readarray", "shopt", "source", "suspend", "test",
        "true", "type", "typeset", "ulimit", "umask", "unalias", "wait",
    ];
    WORDS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_simple_command_runs_without_a_shell() {
        for (line, words) in [
            ("node server.js", vec!["node", "server.js"]),
            ("  ./bin/app\t--port=8080  ", vec!["./bin/app", "--port=8080"]),
            ("npx @scope/tool@1.2,3 a+b 50% x:y", vec!["npx", "@scope/tool@1.2,3", "a+b", "50%", "x:y"]),
            ("env A=b node x", vec!["env", "A=b", "node", "x"]),
        ] {
            let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
            assert_eq!(plain_words(line), Some(words), "{line}");
        }
    }

    #[test]
    fn whatever_a_shell_would_read_differently_needs_one() {
        for line in [
            "",
            "  ",
            "PORT=1 node x",
            "=x",
            "node a && node b",
            "node a; b",
            "node $PORT",
            "a | b",
            "node 'a b'",
            "node \"a\"",
            "node *.js",
            "node ~/x",
            "a > b",
            "a &",
            "(a)",
            "a `b`",
            "a \\b",
            "a {b,c}",
            "a #b",
            "!a",
            "[ a",
            "a?",
            "a\nb",
            "a\r",
            "a\u{a0}b",
            "node ä",
            "^a",
            "exec node x",
            "cd x",
            ". x",
            ": x",
            "source x",
            "time node x",
            "echo x",
            "if x",
            "a\0b",
        ] {
            assert_eq!(plain_words(line), None, "{line:?}");
        }
    }

    #[test]
    fn an_assignment_has_a_name_in_front() {
        assert!(is_assignment("A_1=") && is_assignment("_x=a=b"));
        assert!(!is_assignment("=a") && !is_assignment("1a=b") && !is_assignment("--a=b"));
        assert!(!is_assignment("node"));
    }
}
