//! Two jobs side by side.

use std::thread;

use crate::log::Log;
use crate::{Error, Result};

/// Runs `here` on this thread and `there` on another one, which gets a log of its own. With `in_order`
/// both run here, one after the other.
pub(super) fn beside<A, B: Send>(
    in_order: bool,
    log: &Log,
    here: impl FnOnce() -> Result<A>,
    there: impl FnOnce(Log) -> Result<B> + Send,
) -> Result<(A, B)> {
    if in_order {
        return Ok((here()?, there(log.clone())?));
    }
    let (kept, block) = log.block();
    let (first, second) = thread::scope(|scope| {
        let job = thread::Builder::new().spawn_scoped(scope, || there(kept));
        let first = here();
        let second = job.map_err(no_thread).and_then(|job| job.join().unwrap_or_else(|_| Err(crashed())));
        (first, second)
    });
    block.release();
    Ok((first?, second?))
}

fn no_thread(error: std::io::Error) -> Error {
    Error::user("job/thread", "no second thread could be started")
        .hint("The build has reached its limit of processes: raise it.")
        .because(error)
}

fn crashed() -> Error {
    Error::bug("job/crashed", "a job in the background ended in the middle")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use super::*;
    use crate::testing::Page;

    /// Nobody waits so long in a test that passes.
    const LONG: Duration = Duration::from_secs(60);

    fn log() -> (Log, Arc<Page>) {
        let page = Arc::new(Page::default());
        (Log::new(page.clone(), false), page)
    }

    #[test]
    fn both_jobs_run_at_the_same_time() {
        let (log, _) = log();
        let ((ask, asked), (answer, answered)) = (channel(), channel());
        let here = || {
            let _ = ask.send(1);
            Ok(answered.recv_timeout(LONG))
        };
        let there = move |_| {
            let _ = answer.send(2);
            Ok(asked.recv_timeout(LONG))
        };
        assert_eq!(beside(false, &log, here, there).unwrap(), (Ok(2), Ok(1)));
    }

    #[test]
    fn the_lines_of_the_job_beside_follow_as_one_block() {
        for in_order in [false, true] {
            let (log, page) = log();
            let (done, wait) = channel();
            let here = || {
                // In order, nobody has said anything yet.
                let _ = if in_order { Ok(()) } else { wait.recv_timeout(LONG) };
                log.process("here");
                Ok(())
            };
            let there = |log: Log| {
                log.process("there");
                log.process("and there");
                let _ = done.send(());
                Ok(())
            };
            beside(in_order, &log, here, there).unwrap();
            assert_eq!(page.text(), "  here\n  there\n  and there\n");
        }
    }

    #[test]
    fn a_failure_waits_for_the_other_job_and_the_first_one_counts() {
        let (log, page) = log();
        let fail = |id| Err::<(), _>(Error::user(id, "no"));
        let there = |log: Log| {
            log.process("there");
            fail("test/there")
        };
        assert_eq!(beside(false, &log, || fail("test/here"), there).unwrap_err().id(), "test/here");
        assert_eq!(page.text(), "  there\n");
        assert_eq!(beside(false, &log, || Ok(()), |_| fail("test/there")).unwrap_err().id(), "test/there");
    }

    #[test]
    fn a_job_that_panics_is_a_failure_of_ours() {
        let (log, _) = log();
        let there = |_| Ok(Vec::<u8>::new().remove(0));
        let error = beside(false, &log, || Ok(()), there).unwrap_err();
        assert_eq!((error.id(), error.blame()), ("job/crashed", crate::Blame::Bug));
    }
}
