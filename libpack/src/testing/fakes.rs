use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use crate::world::{Child, Clock, Exec, Fetch, Outcome, Output};
use crate::{Error, Result};

/// Keeps what was printed.
#[derive(Default)]
pub struct Page(Mutex<String>);

impl Page {
    /// All of it.
    pub fn text(&self) -> String {
        lock(&self.0).clone()
    }
}

impl Output for Page {
    fn write(&self, text: &str) {
        lock(&self.0).push_str(text);
    }
}

/// A clock that stands still.
pub(super) struct Stopped(pub SystemTime);

impl Clock for Stopped {
    fn now(&self) -> SystemTime {
        self.0
    }
}

/// Downloads from memory. What is not there answers like a site that cannot be reached.
#[derive(Default)]
pub struct FakeFetch {
    pages: Mutex<BTreeMap<String, Vec<u8>>>,
    fetched: Mutex<Vec<String>>,
}

impl FakeFetch {
    /// Puts a body at a URI.
    pub fn serve(&self, uri: &str, body: impl Into<Vec<u8>>) {
        lock(&self.pages).insert(uri.to_owned(), body.into());
    }

    /// What was asked for, in order.
    pub fn fetched(&self) -> Vec<String> {
        lock(&self.fetched).clone()
    }
}

impl Fetch for FakeFetch {
    fn get(&self, uri: &str) -> Result<Box<dyn Read + Send>> {
        lock(&self.fetched).push(uri.to_owned());
        let body = lock(&self.pages).get(uri).cloned();
        body.map(|body| Box::new(Cursor::new(body)) as _)
            .ok_or_else(|| Error::network("fetch/unreachable", format!("could not reach {uri}")))
    }
}

type Answer = Box<dyn Fn(&Child) -> Outcome + Send + Sync>;

/// Children from closures. A program that nobody taught fails like a missing one.
#[derive(Default)]
pub struct FakeExec {
    answers: Mutex<BTreeMap<String, Answer>>,
    ran: Mutex<Vec<String>>,
}

impl FakeExec {
    /// Says what the program of that name does: it may write files, below `child.cwd` for example.
    pub fn teach(&self, program: &str, answer: impl Fn(&Child) -> Outcome + Send + Sync + 'static) {
        lock(&self.answers).insert(program.to_owned(), Box::new(answer));
    }

    /// The command lines that ran, in order; programs by their last part.
    pub fn ran(&self) -> Vec<String> {
        lock(&self.ran).clone()
    }
}

impl Exec for FakeExec {
    fn run(&self, child: &Child, sink: &mut dyn FnMut(&str)) -> Result<Outcome> {
        let program = child.program.to_string_lossy();
        let name = program.rsplit('/').next().unwrap_or_default().to_owned();
        let words =
            std::iter::once(name.clone()).chain(child.args.iter().map(|arg| arg.to_string_lossy().into_owned()));
        lock(&self.ran).push(words.collect::<Vec<_>>().join(" "));
        let answers = lock(&self.answers);
        let answer =
            answers.get(&name).ok_or_else(|| Error::user("exec/not-found", format!("{name} is not on the PATH")))?;
        let outcome = answer(child);
        outcome.output.lines().for_each(sink);
        Ok(outcome)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
