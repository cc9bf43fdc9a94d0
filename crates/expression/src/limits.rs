//! What one evaluation may use.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// Limits of one evaluation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// CPU time of an engine's thread. Default: 100 ms.
    pub cpu_time: Duration,
    /// Memory of an engine, its idle size (about 1.3 MiB) included. Default: 64 MiB.
    pub memory_bytes: usize,
    /// Stack of JavaScript calls. Default: 512 KiB.
    pub stack_bytes: usize,
    /// Size of a value as JSON. Default: 16 MiB.
    pub result_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            cpu_time: Duration::from_millis(100),
            memory_bytes: 64 << 20,
            stack_bytes: 512 << 10,
            result_bytes: 16 << 20,
        }
    }
}

/// The time an evaluation has left, watched by the engine's interrupt handler.
#[derive(Debug)]
pub(crate) struct Budget {
    cpu_time: Duration,
    cpu_end: Cell<Option<Duration>>,
    deadline: Cell<Option<Instant>>,
    spent: Cell<Option<Spent>>,
}

/// Which of an evaluation's times ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spent {
    CpuTime,
    Deadline,
}

impl Budget {
    pub(crate) fn new(cpu_time: Duration) -> Self {
        Self { cpu_time, cpu_end: Cell::new(None), deadline: Cell::new(None), spent: Cell::new(None) }
    }

    /// Starts an evaluation.
    pub(crate) fn start(&self, deadline: Option<Instant>) {
        self.cpu_end.set(None);
        self.deadline.set(deadline);
        self.spent.set(None);
    }

    /// Whether the evaluation has to stop. Called by the engine every few thousand steps; the CPU time counts from the
    /// first call, so that an evaluation too short to be asked pays for no clock.
    pub(crate) fn is_spent(&self) -> bool {
        if self.spent.get().is_some() {
            return true;
        }
        let now = thread_time();
        let end = self.cpu_end.get().unwrap_or(now + self.cpu_time);
        self.cpu_end.set(Some(end));
        if now > end {
            self.spent.set(Some(Spent::CpuTime));
        } else if self.deadline.get().is_some_and(|deadline| Instant::now() > deadline) {
            self.spent.set(Some(Spent::Deadline));
        }
        self.spent.get().is_some()
    }

    /// What stopped the evaluation.
    pub(crate) fn spent(&self) -> Option<Spent> {
        self.spent.get()
    }
}

/// CPU time of this thread: a busy machine does not make an expression fail.
pub(crate) fn thread_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}
