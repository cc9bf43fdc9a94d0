use std::time::Duration;

use serde_json::{Value, json};

/// Misbehaviour for the next requests that match: made by one of the constructors, narrowed by
/// [`on`](Fault::on), [`times`](Fault::times) and [`after`](Fault::after).
#[derive(Debug, Clone)]
pub struct Fault {
    method: Option<String>,
    path: Option<String>,
    skip: usize,
    remaining: usize,
    pub(crate) action: Action,
}

#[derive(Debug, Clone)]
pub(crate) enum Action {
    /// Answer this, without looking at the request further.
    Answer { status: u16, headers: Vec<(String, String)>, body: Vec<u8> },
    /// Wait before the request is handled.
    Delay(Duration),
    /// Close the connection without reading the body; nothing happens to the records.
    DropBefore,
    /// Handle the request, then close the connection instead of answering.
    DropAfter,
}

impl Fault {
    /// Answers with a status and a Halo-like message.
    pub fn status(status: u16) -> Self {
        Self::answer(status, &json!({ "Message": format!("Simulated failure {status}") }))
    }

    /// Answers with a status and a JSON body.
    pub fn answer(status: u16, body: &Value) -> Self {
        Self::raw(status, "application/json", body.to_string())
    }

    /// Answers with a status and a body of any content type.
    pub fn raw(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        Self::new(Action::Answer { status, headers, body: body.into() })
    }

    /// Waits before the request is handled as usual.
    pub fn delay(delay: Duration) -> Self {
        Self::new(Action::Delay(delay))
    }

    /// Closes the connection before the body is read: the request has no effect.
    pub fn drop_before_reading() -> Self {
        Self::new(Action::DropBefore)
    }

    /// Closes the connection after the request took effect, in place of the answer.
    pub fn drop_after_reading() -> Self {
        Self::new(Action::DropAfter)
    }

    /// Only requests of this method whose path is `path`, or starts with it where it ends in `*`.
    #[must_use]
    pub fn on(mut self, method: &str, path: &str) -> Self {
        self.method = Some(method.to_owned());
        self.path = Some(path.to_owned());
        self
    }

    /// For this many matching requests (1 unless told).
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.remaining = times;
        self
    }

    /// Lets this many matching requests through first.
    #[must_use]
    pub fn after(mut self, requests: usize) -> Self {
        self.skip = requests;
        self
    }

    /// Adds a header to the answer, such as `retry-after`; without effect on delays and drops.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Action::Answer { headers, .. } = &mut self.action {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    fn new(action: Action) -> Self {
        Self { method: None, path: None, skip: 0, remaining: 1, action }
    }

    fn matches(&self, method: &str, path: &str) -> bool {
        let method_fits = self.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method));
        let path_fits = self.path.as_deref().is_none_or(|wanted| match wanted.strip_suffix('*') {
            Some(prefix) => path.starts_with(prefix),
            None => path == wanted,
        });
        method_fits && path_fits
    }
}

/// The action for a request, if a fault is due; used-up faults are removed.
pub(crate) fn take(faults: &mut Vec<Fault>, method: &str, path: &str) -> Option<Action> {
    let mut due = None;
    for fault in faults.iter_mut().filter(|fault| fault.matches(method, path)) {
        if fault.skip > 0 {
            fault.skip -= 1;
            continue;
        }
        if fault.remaining > 0 {
            fault.remaining -= 1;
            due = Some(fault.action.clone());
            break;
        }
    }
    faults.retain(|fault| fault.remaining > 0);
    due
}
