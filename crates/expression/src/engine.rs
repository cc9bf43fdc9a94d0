//! The pool of engine threads.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use tokio::sync::oneshot;

use crate::error::{EngineError, ExpressionError};
use crate::evaluator::{Evaluated, Evaluator};
use crate::figures::{Counts, EngineFigures};
use crate::limits::Limits;
use crate::parameter::ParameterValue;
use crate::scope::Scope;

/// How many engines, and what an evaluation may use.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// Engine threads. Default: one for every processor.
    pub threads: usize,
    /// Limits of one evaluation.
    pub limits: Limits,
}

impl Default for EngineConfig {
    fn default() -> Self {
        let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { threads, limits: Limits::default() }
    }
}

/// A pool of engines, each on a thread of its own. Cheap to clone; the threads end with the last handle.
#[derive(Clone)]
pub struct Engine {
    handle: Arc<Handle>,
}

/// The parser and the engine recurse on source from outside; the stack is only reserved, not used.
const STACK_BYTES: usize = 32 << 20;

impl Engine {
    /// Starts the pool's threads.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn new(config: EngineConfig) -> std::io::Result<Self> {
        let (queue, counts) = (Arc::new(Queue::default()), Arc::new(Counts::default()));
        let EngineConfig { threads, limits } = config;
        let threads = threads.max(1);
        let handle = Arc::new(Handle { queue: Arc::clone(&queue), counts: Arc::clone(&counts), threads });
        for number in 0..threads {
            let (queue, counts, limits) = (Arc::clone(&queue), Arc::clone(&counts), limits.clone());
            thread::Builder::new()
                .name(format!("expression-{number}"))
                .stack_size(STACK_BYTES)
                .spawn(move || serve(&queue, &counts, &limits))?;
        }
        Ok(Self { handle })
    }

    /// Runs a job on an engine thread. A chunk of items is one job, so that a batch pays the hand-over once a chunk.
    ///
    /// A job whose caller no longer waits is not started.
    ///
    /// # Errors
    /// [`EngineError`] if the job did not run to its end.
    pub async fn run<R, F>(&self, job: F) -> Result<R, EngineError>
    where
        R: Send + 'static,
        F: FnOnce(&mut Evaluator) -> R + Send + 'static,
    {
        self.submit(None, job).await
    }

    /// As [`Engine::run`], for a caller that waits no longer than `deadline`: queueing counts.
    ///
    /// # Errors
    /// [`EngineError`] if the job did not run to its end.
    pub async fn run_until<R, F>(&self, deadline: Instant, job: F) -> Result<R, EngineError>
    where
        R: Send + 'static,
        F: FnOnce(&mut Evaluator) -> R + Send + 'static,
    {
        self.submit(Some(deadline), job).await
    }

    /// The values in a scope: on the spot where bare paths are all there is, else in one job.
    ///
    /// # Errors
    /// [`EngineError`] if the job did not run to its end.
    pub async fn evaluate(
        &self,
        values: Vec<ParameterValue>,
        scope: Scope,
    ) -> Result<Vec<Result<Evaluated, ExpressionError>>, EngineError> {
        let bare: Option<Vec<_>> = values.iter().map(|value| value.evaluate_bare(&scope).map(Ok)).collect();
        match bare {
            Some(bare) => Ok(bare),
            None => {
                let each = move |evaluator: &mut Evaluator| {
                    values.iter().map(|value| evaluator.evaluate(value, &scope)).collect()
                };
                self.run(each).await
            }
        }
    }

    /// What the pool has done, and what it does now.
    #[must_use]
    pub fn figures(&self) -> EngineFigures {
        let queued = self.handle.queue.lock().jobs.len();
        self.handle.counts.figures(self.handle.threads, queued)
    }

    async fn submit<R, F>(&self, deadline: Option<Instant>, job: F) -> Result<R, EngineError>
    where
        R: Send + 'static,
        F: FnOnce(&mut Evaluator) -> R + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let counts = Arc::clone(&self.handle.counts);
        let job = move |evaluator: &mut Evaluator| {
            if sender.is_closed() {
                return;
            }
            let late = deadline.is_some_and(|deadline| Instant::now() >= deadline);
            let answer = if late { Err(EngineError::DeadlineExceeded) } else { Ok(counts.job(|| job(evaluator))) };
            // The caller may have gone in the meantime.
            drop(sender.send(answer));
        };
        if !self.handle.queue.push(Box::new(job)) {
            return Err(EngineError::Closed);
        }
        match deadline {
            None => receiver.await.unwrap_or(Err(EngineError::Failed)),
            Some(deadline) => match tokio::time::timeout_at(deadline.into(), receiver).await {
                Ok(answer) => answer.unwrap_or(Err(EngineError::Failed)),
                Err(_) => Err(EngineError::DeadlineExceeded),
            },
        }
    }
}

struct Handle {
    queue: Arc<Queue>,
    counts: Arc<Counts>,
    threads: usize,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.queue.close();
    }
}

type Job = Box<dyn FnOnce(&mut Evaluator) + Send>;

#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    ready: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    closed: bool,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, job: Job) -> bool {
        let mut state = self.lock();
        if state.closed {
            return false;
        }
        state.jobs.push_back(job);
        self.ready.notify_one();
        true
    }

    /// The next job; none once the pool is closed and empty.
    fn pop(&self) -> Option<Job> {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                return Some(job);
            }
            if state.closed {
                return None;
            }
            state = self.ready.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn close(&self) {
        self.lock().closed = true;
        self.ready.notify_all();
    }
}

fn serve(queue: &Queue, counts: &Arc<Counts>, limits: &Limits) {
    let new = || Evaluator::new(limits.clone(), Arc::clone(counts));
    let mut evaluator = new();
    while let Some(job) = queue.pop() {
        // A job that panics takes its engine with it, not the thread.
        if catch_unwind(AssertUnwindSafe(|| job(&mut evaluator))).is_err() {
            evaluator = new();
        }
    }
}
