//! What a pool of engines counts.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::error::Code;

/// What a pool has done since it was started, and what it does now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EngineFigures {
    /// Engine threads.
    pub threads: usize,
    /// Jobs that run now.
    pub busy: usize,
    /// Jobs that wait for a thread.
    pub queued: usize,
    /// Jobs that were run. A chunk of items is one job.
    pub jobs: u64,
    /// Time that jobs took on their threads, all together.
    pub time: Duration,
    /// Evaluations that used up their CPU time.
    pub time_limit: u64,
    /// Evaluations that used up their memory.
    pub memory_limit: u64,
    /// Evaluations that nested calls too deeply.
    pub stack_limit: u64,
    /// Evaluations whose value was larger than allowed.
    pub result_limit: u64,
}

/// The figures while they are counted.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    busy: AtomicUsize,
    jobs: AtomicU64,
    nanos: AtomicU64,
    time_limit: AtomicU64,
    memory_limit: AtomicU64,
    stack_limit: AtomicU64,
    result_limit: AtomicU64,
}

impl Counts {
    /// Runs a job, and notes it; also one that panics.
    pub(crate) fn job<R>(&self, job: impl FnOnce() -> R) -> R {
        let _running = Running::start(self);
        job()
    }

    /// Notes that an evaluation failed; one that broke no limit is not counted.
    pub(crate) fn failed(&self, code: Code) {
        let limit = match code {
            Code::TimeLimit => &self.time_limit,
            Code::MemoryLimit => &self.memory_limit,
            Code::StackLimit => &self.stack_limit,
            Code::ResultLimit => &self.result_limit,
            Code::ExpressionError | Code::DeadlineExceeded | Code::BatchScopeInStream => return,
        };
        limit.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn figures(&self, threads: usize, queued: usize) -> EngineFigures {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        EngineFigures {
            threads,
            queued,
            busy: self.busy.load(Ordering::Relaxed),
            jobs: read(&self.jobs),
            time: Duration::from_nanos(read(&self.nanos)),
            time_limit: read(&self.time_limit),
            memory_limit: read(&self.memory_limit),
            stack_limit: read(&self.stack_limit),
            result_limit: read(&self.result_limit),
        }
    }
}

struct Running<'a> {
    counts: &'a Counts,
    started: Instant,
}

impl<'a> Running<'a> {
    fn start(counts: &'a Counts) -> Self {
        counts.busy.fetch_add(1, Ordering::Relaxed);
        Self { counts, started: Instant::now() }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let nanos = u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.counts.nanos.fetch_add(nanos, Ordering::Relaxed);
        self.counts.jobs.fetch_add(1, Ordering::Relaxed);
        self.counts.busy.fetch_sub(1, Ordering::Relaxed);
    }
}
