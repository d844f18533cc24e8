//! The one error type: what happened, what to do next, and whose turn it is.

use std::error::Error as StdError;
use std::fmt;

/// What every fallible call of libpack returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Whose turn it is when something failed. Decides how the report closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// The source, a setting or a binding is wrong: the person who builds can mend it.
    User,
    /// A download site, a proxy or the machine failed: trying again may help.
    Network,
    /// The buildpack or libpack is wrong: worth an issue.
    Bug,
}

/// A failure with a stable id, a message, a next step and the errors below it.
///
/// The id has the form `<component>/<what>` (`node/version-unknown`) and never changes, so that
/// people can search for it and scripts can match it.
pub struct Error(Box<Inner>);

struct Inner {
    id: &'static str,
    blame: Blame,
    message: String,
    hint: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    fn new(blame: Blame, id: &'static str, message: impl Into<String>) -> Self {
        Self(Box::new(Inner { id, blame, message: message.into(), hint: None, source: None }))
    }

    /// The source, a setting or a binding is wrong.
    pub fn user(id: &'static str, message: impl Into<String>) -> Self {
        Self::new(Blame::User, id, message)
    }

    /// Something outside did not answer as it should.
    pub fn network(id: &'static str, message: impl Into<String>) -> Self {
        Self::new(Blame::Network, id, message)
    }

    /// We are wrong.
    pub fn bug(id: &'static str, message: impl Into<String>) -> Self {
        Self::new(Blame::Bug, id, message)
    }

    /// The next step for whoever reads the message, as a full sentence.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// The error below this one.
    pub fn because(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The stable id, `<component>/<what>`.
    pub fn id(&self) -> &'static str {
        self.0.id
    }

    /// Whose turn it is.
    pub fn blame(&self) -> Blame {
        self.0.blame
    }

    /// What happened, in one sentence.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The next step, if one is known.
    pub fn next_step(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// The messages of the errors below, nearest first.
    pub fn causes(&self) -> Vec<String> {
        let mut causes = Vec::new();
        let mut next = self.source();
        while let Some(error) = next {
            causes.push(error.to_string());
            next = error.source();
        }
        causes
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {}", self.0.id, self.0.message)?;
        for cause in self.causes() {
            write!(f, ": {cause}")?;
        }
        self.0.hint.as_ref().map_or(Ok(()), |hint| write!(f, " ({hint})"))
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chain_reads_from_the_nearest_cause_to_the_deepest() {
        let low = std::io::Error::other("disk full");
        let middle = Error::network("fetch/write", "could not keep the download").because(low);
        let top = Error::user("node/install", "Node was not installed").because(middle);
        assert_eq!(top.causes(), ["could not keep the download", "disk full"]);
    }
}
