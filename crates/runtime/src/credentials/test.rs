//! Tells whether a credential works, by the request its type names for that.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, Method};
use serde::Serialize;
use serde_json::{Map, Value};
use url::Url;

use super::additions::{header_value, set_query};
use super::credential::{Credential, Plan};
use super::error::CredentialError;
use super::resolve::{evaluate_all, is_expression, js_text};
use super::service::Credentials;
use crate::egress::{IncomingResponse, OutgoingRequest, RequestBody};

/// How long a test may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// What came of a test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "status", content = "message")]
pub enum TestOutcome {
    /// The credential works.
    #[serde(rename = "OK")]
    Works(String),
    /// It does not, or nobody can tell.
    #[serde(rename = "Error")]
    Fails(String),
}

impl Credentials {
    /// Tests a credential: with its type's `test` request, else by getting a token where it takes one.
    ///
    /// The message holds none of the credential's secrets, whatever the other side answers.
    pub async fn test(&self, credential: &Credential) -> TestOutcome {
        let outcome = match self.try_test(credential).await {
            Ok(outcome) => outcome,
            Err(error) => TestOutcome::Fails(error),
        };
        let redactor = credential.redactor();
        match outcome {
            TestOutcome::Works(message) => TestOutcome::Works(redactor.redact(&message).into_owned()),
            TestOutcome::Fails(message) => TestOutcome::Fails(redactor.redact(&message).into_owned()),
        }
    }

    async fn try_test(&self, credential: &Credential) -> Result<TestOutcome, String> {
        let Some(test) = &credential.inner.credential_type.test else {
            return self.test_token(credential).await;
        };
        let request = self.test_request(credential, test).await?;
        let url = request.url.clone();
        // The test is the type's own request: its host is the credential's.
        let response = self.send(Some(&credential.with_node_urls([&url])), request).await;
        let response = response.map_err(|error| error.to_string())?;
        let ignores_status = test.pointer("/request/ignoreHttpStatusErrors") == Some(&Value::Bool(true));
        Ok(judge(&response, test.get("rules"), ignores_status))
    }

    async fn test_token(&self, credential: &Credential) -> Result<TestOutcome, String> {
        match &credential.inner.plan {
            Plan::OAuth2 { .. } => {
                self.token(credential).await.map_err(|error| error.to_string())?;
                Ok(works())
            }
            _ => Ok(TestOutcome::Fails(format!(
                "The credential type {:?} names no request to test it with",
                credential.type_name()
            ))),
        }
    }

    async fn test_request(&self, credential: &Credential, test: &Value) -> Result<OutgoingRequest, String> {
        let request = test.get("request").cloned().unwrap_or_default();
        let request = self.evaluate_tree(credential, request).await.map_err(|error| error.to_string())?;
        let text = |name: &str| request.get(name).and_then(Value::as_str).unwrap_or_default();
        let url = join(text("baseURL"), text("url")).ok_or("The test's URL is not an http or https URL")?;
        let method = match text("method") {
            "" => Method::GET,
            name => {
                Method::from_bytes(name.to_ascii_uppercase().as_bytes()).map_err(|_| "The test's method is none")?
            }
        };
        let mut outgoing = OutgoingRequest::new(method, url);
        outgoing.timeout = Some(TIMEOUT);
        outgoing.label = Some("credential test".into());
        outgoing.verify_tls = request.get("skipSslCertificateValidation") != Some(&Value::Bool(true));
        outgoing.headers.insert(http::header::ACCEPT, http::HeaderValue::from_static("application/json"));
        let fields = |name: &str| request.get(name).and_then(Value::as_object).into_iter().flatten();
        for (name, value) in fields("headers") {
            let name = HeaderName::try_from(name.as_str()).map_err(|_| "A header of the test has no valid name")?;
            outgoing.headers.insert(name, header_value(&js_text(Some(value)))?);
        }
        for (name, value) in fields("qs") {
            set_query(&mut outgoing, name, &js_text(Some(value)));
        }
        if let Some(body) = request.get("body").filter(|body| !body.is_null()) {
            outgoing
                .headers
                .entry(http::header::CONTENT_TYPE)
                .or_insert(http::HeaderValue::from_static("application/json"));
            outgoing.body = RequestBody::from(body.as_str().map_or_else(|| body.to_string(), str::to_owned));
        }
        Ok(outgoing)
    }

    /// A value of the descriptor with its expressions evaluated; they see `$credentials`.
    async fn evaluate_tree(&self, credential: &Credential, mut value: Value) -> Result<Value, CredentialError> {
        let mut found = Vec::new();
        collect(&value, "", &mut found);
        let scope = Arc::new(Value::Object(credential.data().expose().clone()));
        let evaluated = evaluate_all(self.engine(), credential.type_name(), found, "$credentials", scope).await?;
        for (pointer, result) in evaluated {
            if let Some(slot) = value.pointer_mut(&pointer) {
                *slot = result.unwrap_or_default();
            }
        }
        Ok(value)
    }
}

/// The expressions in a value, by JSON pointer.
fn collect(value: &Value, pointer: &str, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            collect(value, &format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1")), found);
        }),
        Value::Array(values) => {
            values.iter().enumerate().for_each(|(index, value)| collect(value, &format!("{pointer}/{index}"), found));
        }
        value if is_expression(value) => found.push((pointer.to_owned(), value.clone())),
        _ => {}
    }
}

/// As axios joins a base URL and a path: one slash between them.
fn join(base: &str, path: &str) -> Option<Url> {
    let url = if base.is_empty() || path.starts_with("http://") || path.starts_with("https://") {
        path.to_owned()
    } else if path.is_empty() {
        base.to_owned()
    } else {
        format!("{}/{}", base.trim_end_matches('/'), path.trim_start_matches('/'))
    };
    Url::parse(&url).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

/// n8n's rules: a status or a field of the answer that means failure, and every status that is not 2xx.
fn judge(response: &IncomingResponse, rules: Option<&Value>, ignores_status: bool) -> TestOutcome {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let status = response.status;
    for rule in rules.and_then(Value::as_array).into_iter().flatten() {
        let empty = Map::new();
        let properties = rule.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        let wanted = properties.get("value");
        let applies = match rule.get("type").and_then(Value::as_str) {
            Some("responseCode") => wanted.and_then(Value::as_u64) == Some(u64::from(status.as_u16())),
            Some("responseSuccessBody") if status.is_success() => {
                let key = properties.get("key").and_then(Value::as_str).unwrap_or_default();
                lookup(&body, key) == wanted
            }
            _ => false,
        };
        if applies {
            return TestOutcome::Fails(js_text(properties.get("message")));
        }
    }
    if status.is_success() || ignores_status {
        return works();
    }
    TestOutcome::Fails(match status.canonical_reason() {
        Some(reason) => format!("{} ({})", reason, status.as_u16()),
        None => format!("The service answered {}", status.as_u16()),
    })
}

fn works() -> TestOutcome {
    TestOutcome::Works("Connection successful!".to_owned())
}

/// A field by its path, `a.b[0].c`.
fn lookup<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split(['.', '[', ']']).filter(|part| !part.is_empty()).try_fold(value, |value, part| match value {
        Value::Array(values) => values.get(part.parse::<usize>().ok()?),
        value => value.get(part),
    })
}
