//! Reads the errors of reqwest, hyper, rustls and the system into [`EgressErrorKind`].

use std::error::Error;
use std::io;
use std::time::Duration;

use super::error::{EgressErrorKind, Fate, Phase};
use super::resolver::ResolveError;

/// What a failed `execute` means, and what may have become of the request.
pub(crate) fn send_failure(error: &reqwest::Error, connect_timeout: Duration) -> (EgressErrorKind, Fate) {
    if error.is_builder() {
        return (EgressErrorKind::InvalidUrl(innermost(error)), Fate::NotSent);
    }
    if error.is_connect() {
        return (connect_failure(error, connect_timeout), Fate::NotSent);
    }
    let Some(hyper) = find::<hyper::Error>(error) else {
        return (EgressErrorKind::Dropped(Phase::Response), Fate::Unknown);
    };
    if hyper.is_canceled() {
        // The connection went away before the request was written.
        return (EgressErrorKind::Dropped(Phase::Connect), Fate::NotSent);
    }
    if hyper.is_parse() {
        return (EgressErrorKind::InvalidResponse(innermost(error)), Fate::Unknown);
    }
    if hyper.is_user() {
        return (
            EgressErrorKind::Connect(format!("the request body could not be read: {}", innermost(error))),
            Fate::Unknown,
        );
    }
    (EgressErrorKind::Dropped(Phase::Response), Fate::Unknown)
}

/// What a failure in the middle of a body means.
pub(crate) fn body_failure(error: &reqwest::Error) -> EgressErrorKind {
    let broken = find::<hyper::Error>(error).is_some_and(|hyper| !hyper.is_parse())
        || find::<io::Error>(error).is_some_and(|io| {
            matches!(
                io.kind(),
                io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionAborted
            )
        });
    if broken {
        EgressErrorKind::Dropped(Phase::Body)
    } else {
        EgressErrorKind::InvalidResponse(format!("its body cannot be decoded ({})", innermost(error)))
    }
}

fn connect_failure(error: &reqwest::Error, connect_timeout: Duration) -> EgressErrorKind {
    if let Some(resolve) = find::<ResolveError>(error) {
        return resolve.kind();
    }
    if let Some(tls) = find::<rustls::Error>(error) {
        return EgressErrorKind::Tls(tls_reason(tls));
    }
    if error.is_timeout() {
        return EgressErrorKind::Timeout { phase: Phase::Connect, after: connect_timeout };
    }
    match find::<io::Error>(error) {
        Some(io) if io.kind() == io::ErrorKind::ConnectionRefused => EgressErrorKind::ConnectionRefused,
        Some(io) if io.kind() == io::ErrorKind::TimedOut => {
            EgressErrorKind::Timeout { phase: Phase::Connect, after: connect_timeout }
        }
        Some(io) if io.kind() == io::ErrorKind::UnexpectedEof => {
            EgressErrorKind::Tls("the other side closed the connection during the TLS handshake".to_owned())
        }
        Some(io) => EgressErrorKind::Connect(system_reason(io)),
        None => EgressErrorKind::Connect(innermost(error)),
    }
}

fn tls_reason(error: &rustls::Error) -> String {
    use rustls::CertificateError as Certificate;
    match error {
        rustls::Error::InvalidCertificate(reason) => match reason {
            Certificate::Expired | Certificate::ExpiredContext { .. } => "its certificate has expired".to_owned(),
            Certificate::NotValidYet | Certificate::NotValidYetContext { .. } => {
                "its certificate is not valid yet; is this machine's clock right?".to_owned()
            }
            Certificate::UnknownIssuer => "its certificate is not signed by an authority this runner trusts; \
                 add the authority to the trusted roots"
                .to_owned(),
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
                "its certificate is for another host name".to_owned()
            }
            Certificate::Revoked => "its certificate was revoked".to_owned(),
            other => format!("its certificate is invalid ({other})"),
        },
        rustls::Error::InvalidMessage(_) => {
            "the other side does not speak TLS; is the URL meant to be http?".to_owned()
        }
        other => other.to_string(),
    }
}

/// The system's own words for an error, without `(os error 111)`.
fn system_reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

/// The first error of a type in a chain of sources, inside of `io::Error`s, too.
fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        // An io::Error answers `source` with the source of what it wraps and so hides the wrapped error itself.
        if let Some(wrapped) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref)
            && let Some(found) = find(wrapped as &(dyn Error + 'static))
        {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// The text of the innermost error: the outer ones repeat the URL, which may hold secrets.
fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    match last.downcast_ref::<reqwest::Error>() {
        Some(error) if error.is_builder() => "it cannot be turned into a request".to_owned(),
        Some(_) => "the request could not be sent".to_owned(),
        None => last.to_string(),
    }
}
