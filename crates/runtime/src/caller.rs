//! Sends the requests of an execution: through the egress, with its credential, counted and within its deadline.

use std::sync::Arc;

use tokio::time::Instant;

use crate::credentials::{Credential, CredentialError, Credentials, Redactor, SendError};
use crate::declarative::{Answer, RequestOptions, build, failure};
use crate::egress::Tally;
use crate::execution::Flight;
use crate::notes::Notes;
use crate::{ErrorCode, ItemError};

/// Sends the requests of one execution.
pub(crate) struct Caller {
    pub(crate) credentials: Credentials,
    pub(crate) credential: Option<Credential>,
    pub(crate) transport_retries: u32,
    pub(crate) deadline: Option<Instant>,
    pub(crate) tally: Arc<Tally>,
    pub(crate) label: Arc<str>,
    pub(crate) notes: Arc<Notes>,
}

impl Caller {
    /// Sends a request and reads its answer; a status that means failure is an error.
    pub(crate) async fn call(
        &self,
        options: &RequestOptions,
        flight: &Flight,
        stops: bool,
    ) -> Result<Answer, ItemError> {
        let with_credential = self.credential.is_some();
        let build::Built { mut request, reading } =
            build::build(options).map_err(|error| failure::unwrapped(error, with_credential, stops))?;
        request.transport_retries = self.transport_retries;
        request.tally = Some(Arc::clone(&self.tally));
        request.label = Some(Arc::clone(&self.label));
        // What is under way at the deadline is the driver's to end: it knows what may have changed something.
        request.waits_until = self.deadline;
        flight.depart(&request.method)?;
        let response = match self.credentials.send(self.credential.as_ref(), request).await {
            Ok(response) => response,
            Err(error) => return Err(self.redacted(failed(&error))),
        };
        let answer = Answer::read(response, &reading);
        if reading.ignore.is_failure(answer.status) {
            return Err(self.redacted(failure::status(&answer, with_credential, stops)));
        }
        Ok(answer)
    }

    /// An error without the credential's secrets, which services echo.
    pub(crate) fn redacted(&self, error: ItemError) -> ItemError {
        self.credential.as_ref().map_or_else(Redactor::default, Credential::redactor).redact_error(error)
    }
}

fn failed(error: &SendError) -> ItemError {
    match error {
        SendError::Egress(error) => failure::egress(error),
        SendError::Credential(error) => credential(error),
    }
}

/// A credential that failed when it was used.
pub(crate) fn credential(error: &CredentialError) -> ItemError {
    let retry_after = error.retry_after().map(|wait| wait.as_secs_f64());
    let mut failed = match error {
        CredentialError::TokenRequest(egress) => {
            let inner = failure::egress(egress);
            let description = inner.description.unwrap_or_default();
            let text = error.to_string();
            let told = Some(description).filter(|told| !told.is_empty() && !text.contains(told.as_str()));
            ItemError { message: text, description: told, ..inner }
        }
        CredentialError::Rejected { status, .. } | CredentialError::TokenEndpoint { status, .. } => {
            let mut failed = ItemError::api(ErrorCode::CredentialRejected, error.to_string());
            failed.http_code = Some(status.to_string());
            failed
        }
        CredentialError::Deadline => ItemError::api(ErrorCode::DeadlineExceeded, error.to_string()),
        _ => ItemError::operation(ErrorCode::InvalidCredentials, error.to_string()),
    };
    failed.retry_after = failed.retry_after.or(retry_after);
    failed
}
