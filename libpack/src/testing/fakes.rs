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
    children: Mutex<Vec<Child>>,
}

impl FakeExec {
    /// Says what the program of that name does: it may write files, below `child.cwd` for example.
    pub fn teach(&self, program: &str, answer: impl Fn(&Child) -> Outcome + Send + Sync + 'static) {
        lock(&self.answers).insert(program.to_owned(), Box::new(answer));
    }

    /// Says that a program succeeds and prints something.
    pub fn teach_text(&self, program: &str, output: &str) {
        let output = output.to_owned();
        self.teach(program, move |_| Outcome { code: 0, output: output.clone() });
    }

    /// The command lines that ran, in order; programs by their last part.
    pub fn ran(&self) -> Vec<String> {
        lock(&self.children).iter().map(line).collect()
    }

    /// The same with folder and environment.
    pub fn children(&self) -> Vec<Child> {
        lock(&self.children).clone()
    }
}

fn name(child: &Child) -> String {
    child.program.to_string_lossy().rsplit('/').next().unwrap_or_default().to_owned()
}

fn line(child: &Child) -> String {
    let args = child.args.iter().map(|arg| arg.to_string_lossy().into_owned());
    std::iter::once(name(child)).chain(args).collect::<Vec<_>>().join(" ")
}

impl Exec for FakeExec {
    fn run(&self, child: &Child, sink: &mut dyn FnMut(&str)) -> Result<Outcome> {
        lock(&self.children).push(child.clone());
        let name = name(child);
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
