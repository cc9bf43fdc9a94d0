//! One item: its attempts, and what an end from outside makes of it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::time::sleep;

use super::cancel::{Flight, GRACE, outcome_unknown};
use super::{Job, Run, Work};
use crate::{ErrorCode, ItemError, Outcome, Outputs};

/// Runs an item to its outcome; without preparation it was never started.
pub(crate) async fn run_item<W: Work>(
    run: Arc<Run<W>>,
    job: Job,
    prepared: Option<Result<W::Prepared, ItemError>>,
) -> Outcome {
    let Some(mut prepared) = prepared.filter(|_| run.cancel.ended().is_none()) else {
        return run.policy.outcome(job.index, 0, Err(ItemError::not_run(job.index)));
    };
    let mut attempts = 0;
    let result = loop {
        attempts += 1;
        let result = match prepared {
            Ok(prepared) => attempt(&run, &job, prepared).await,
            Err(error) => Err(error),
        };
        match result {
            Err(error) if attempts < run.tries && may_retry(error.code) && run.cancel.ended().is_none() => {
                tokio::select! {
                    () = sleep(run.wait) => {}
                    _ = run.cancel.wait() => break Err(error),
                }
                prepared = prepare_one(&run, &job).await;
            }
            result => break result,
        }
    };
    let outcome = run.policy.outcome(job.index, attempts, result);
    if outcome.is_failure() && run.policy.stops() {
        run.failed.store(true, Ordering::Relaxed);
    }
    outcome
}

/// Whether another try can go better.
fn may_retry(code: ErrorCode) -> bool {
    !matches!(
        code,
        ErrorCode::InvalidParameter
            | ErrorCode::UnknownParameter
            | ErrorCode::Canceled
            | ErrorCode::DeadlineExceeded
            | ErrorCode::OutcomeUnknown
            | ErrorCode::EgressDenied
            | ErrorCode::CredentialHostDenied
            | ErrorCode::BatchScopeInStream
            | ErrorCode::NotExecutable
    )
}

async fn prepare_one<W: Work>(run: &Run<W>, job: &Job) -> Result<W::Prepared, ItemError> {
    let prepared = run.work.prepare(vec![job.clone()]).await;
    prepared
        .into_iter()
        .next()
        .unwrap_or_else(|| Err(ItemError::operation(ErrorCode::Internal, "Nothing was prepared")))
}

/// One attempt. At the end of the execution it is dropped, unless it may have changed something: then it has a grace
/// period to tell.
async fn attempt<W: Work>(run: &Run<W>, job: &Job, prepared: W::Prepared) -> Result<Outputs, ItemError> {
    let flight = Flight::new(run.cancel.clone());
    let mut attempt = std::pin::pin!(run.work.run(job, prepared, &flight));
    let ended = tokio::select! {
        biased;
        result = &mut attempt => return result,
        ended = run.cancel.wait() => ended,
    };
    if !flight.has_touched() {
        return Err(ended.item_error(job.index));
    }
    tokio::select! {
        biased;
        result = attempt => result,
        () = sleep(GRACE) => Err(outcome_unknown(job.index)),
    }
}
