//! Threads that help with the tiles of a job.
//!
//! A job is parted into tiles. Whoever is free takes the next one, and the caller takes them too:
//! a helper that is late, or that another program keeps from running, is not waited for. Between
//! jobs a helper looks for work for some microseconds and then sleeps.

#![allow(unsafe_code, reason = "a job is borrowed by threads that live longer than it")]

use std::fmt;
use std::hint::spin_loop;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// How often a helper looks for work before it sleeps: some ten microseconds.
const LOOKS: usize = 400;

/// What is to be done: it gets the tile and the number of the thread that does it.
type Job = dyn Fn(usize, usize) + Sync;

#[derive(Clone, Copy)]
struct Work {
    job: *const Job,
    tiles: usize,
}

// SAFETY: the job may be called from any thread, and `run` does not end before the last call has.
unsafe impl Send for Work {}

#[derive(Default)]
struct Desk {
    work: Option<Work>,
    helping: usize,
    closed: bool,
}

#[derive(Default)]
struct Shared {
    desk: Mutex<Desk>,
    bell: Condvar,
    done: Condvar,
    /// Jobs so far: seen without the lock.
    jobs: AtomicUsize,
    next: AtomicUsize,
    helping: AtomicUsize,
}

impl Shared {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts something on the desk and rings. Counted under the lock, so that nobody falls asleep
    /// between looking and the bell.
    fn post(&self, what: impl FnOnce(&mut Desk)) {
        let mut desk = self.desk();
        what(&mut desk);
        self.jobs.fetch_add(1, Ordering::Release);
        drop(desk);
        self.bell.notify_all();
    }
}

/// Some threads. The caller of [`Team::run`] is the first of them.
pub(crate) struct Team {
    shared: Arc<Shared>,
    helpers: Vec<JoinHandle<()>>,
}

impl fmt::Debug for Team {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Team of {}", self.threads())
    }
}

impl Team {
    /// So many threads, with the caller; fewer where the system gives no more.
    pub(crate) fn new(threads: usize) -> Team {
        let shared = Arc::new(Shared::default());
        let helper = |index: usize| {
            let shared = Arc::clone(&shared);
            std::thread::Builder::new().spawn(move || help(&shared, index)).ok()
        };
        let helpers = (1..threads).map_while(helper).collect();
        Team { shared, helpers }
    }

    /// How many threads there are.
    pub(crate) fn threads(&self) -> usize {
        self.helpers.len() + 1
    }

    /// Does all tiles of a job, each once; one job at a time.
    pub(crate) fn run(&mut self, tiles: usize, job: &(dyn Fn(usize, usize) + Sync)) {
        if self.helpers.is_empty() || tiles < 2 {
            (0..tiles).for_each(|tile| job(tile, 0));
            return;
        }
        let job: *const (dyn Fn(usize, usize) + Sync + '_) = job;
        // SAFETY: only the lifetime changes; `_open` waits until no helper uses it any more.
        #[allow(clippy::transmute_ptr_to_ptr, reason = "a cast cannot change a lifetime")]
        let job: *const Job = unsafe { std::mem::transmute(job) };
        let work = Work { job, tiles };
        self.shared.next.store(0, Ordering::Relaxed);
        self.shared.post(|desk| desk.work = Some(work));
        let _open = Open(&self.shared);
        take_tiles(&self.shared, work, 0);
    }
}

impl Clone for Team {
    fn clone(&self) -> Team {
        Team::new(self.threads())
    }
}

impl Drop for Team {
    fn drop(&mut self) {
        self.shared.post(|desk| desk.closed = true);
        for helper in self.helpers.drain(..) {
            // A helper that panicked has said so, and its tiles were not done.
            let _ = helper.join();
        }
    }
}

/// A job that is open to helpers; closing it waits for those who help.
struct Open<'a>(&'a Shared);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.desk().work = None;
        for _ in 0..LOOKS {
            if self.0.helping.load(Ordering::Acquire) == 0 {
                break;
            }
            spin_loop();
        }
        let mut desk = self.0.desk();
        while desk.helping > 0 {
            desk = self.0.done.wait(desk).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

fn take_tiles(shared: &Shared, work: Work, thread: usize) {
    loop {
        let tile = shared.next.fetch_add(1, Ordering::Relaxed);
        if tile >= work.tiles {
            return;
        }
        // SAFETY: the job is open, or this thread is counted among those who help.
        unsafe { (*work.job)(tile, thread) };
    }
}

fn help(shared: &Shared, thread: usize) {
    let mut seen = 0;
    loop {
        for _ in 0..LOOKS {
            if shared.jobs.load(Ordering::Acquire) != seen {
                break;
            }
            spin_loop();
        }
        let mut desk = shared.desk();
        while shared.jobs.load(Ordering::Acquire) == seen {
            desk = shared.bell.wait(desk).unwrap_or_else(PoisonError::into_inner);
        }
        if desk.closed {
            return;
        }
        seen = shared.jobs.load(Ordering::Acquire);
        let Some(work) = desk.work else { continue };
        desk.helping += 1;
        shared.helping.store(desk.helping, Ordering::Release);
        drop(desk);
        let leaving = Leaving(shared);
        take_tiles(shared, work, thread);
        drop(leaving);
    }
}

/// A helper at work; also one that panics leaves.
struct Leaving<'a>(&'a Shared);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        let mut desk = self.0.desk();
        desk.helping -= 1;
        self.0.helping.store(desk.helping, Ordering::Release);
        drop(desk);
        self.0.done.notify_all();
    }
}
