//! Content negotiation: what a client may send, and what it takes.

use http::{HeaderMap, header};

use crate::problem::Problem;
use nodehost_runtime::ErrorCode;

/// A format of request and answer bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// `application/json`
    Json,
    /// `application/x-ndjson`: a JSON value on each line.
    Ndjson,
}

impl Format {
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Ndjson => "application/x-ndjson",
        }
    }
}

/// The format of a request body, among those `allowed`.
pub(crate) fn content_format(headers: &HeaderMap, allowed: &[Format]) -> Result<Format, Problem> {
    let expected =
        || allowed.iter().map(|format| format!("`{}`", format.media_type())).collect::<Vec<_>>().join(" or ");
    let refuse = |found: &str| {
        Problem::new(
            ErrorCode::UnsupportedMediaType,
            format!("the body's Content-Type must be {}, {found}", expected()),
        )
    };
    let value = headers.get(header::CONTENT_TYPE).ok_or_else(|| refuse("but there is none"))?;
    let text = value.to_str().map_err(|_| refuse("not bytes beyond ASCII"))?;
    let mut parts = text.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let format = allowed
        .iter()
        .find(|format| essence.eq_ignore_ascii_case(format.media_type()))
        .ok_or_else(|| refuse(&format!("not `{essence}`")))?;
    for parameter in parts {
        let charset = parameter.split_once('=').filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
        if let Some((_, charset)) = charset
            && !charset.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        {
            return Err(refuse(&format!("in UTF-8, not {}", charset.trim())));
        }
    }
    Ok(*format)
}

/// The format of the answer: of those `offered` the one the client likes best, the first if it has no preference.
pub(crate) fn answer_format(headers: &HeaderMap, offered: &[Format]) -> Result<Format, Problem> {
    let accepts = headers.get_all(header::ACCEPT);
    let mut ranges =
        accepts.iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).peekable();
    if ranges.peek().is_none() {
        return Ok(offered[0]);
    }
    let ranges: Vec<Range<'_>> = ranges.filter_map(Range::parse).collect();
    let best = offered
        .iter()
        .enumerate()
        .filter_map(|(place, format)| {
            let range = ranges.iter().filter(|range| range.matches(*format)).max_by_key(|range| range.specificity())?;
            (range.quality > 0.0).then_some((range.quality, place, *format))
        })
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    best.map(|(_, _, format)| format).ok_or_else(|| {
        let offered = offered.iter().map(|format| format.media_type()).collect::<Vec<_>>().join(" or ");
        Problem::new(
            ErrorCode::NotAcceptable,
            format!("the answer is {offered}, which the Accept header does not allow"),
        )
    })
}

/// One element of an `Accept` header.
struct Range<'a> {
    essence: &'a str,
    quality: f32,
}

impl<'a> Range<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let essence = parts.next().filter(|essence| !essence.is_empty())?;
        let quality = parts
            .filter_map(|parameter| parameter.split_once('='))
            .find(|(name, _)| name.eq_ignore_ascii_case("q"))
            .map_or(1.0, |(_, value)| value.parse().unwrap_or(0.0));
        Some(Self { essence, quality })
    }

    fn matches(&self, format: Format) -> bool {
        self.essence == "*/*"
            || self.essence.eq_ignore_ascii_case("application/*")
            || self.essence.eq_ignore_ascii_case(format.media_type())
    }

    fn specificity(&self) -> u8 {
        match self.essence {
            "*/*" => 0,
            essence if essence.ends_with("/*") => 1,
            _ => 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: &[Format] = &[Format::Json, Format::Ndjson];

    fn with(name: header::HeaderName, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        headers
    }

    #[test]
    fn content_types() {
        let format = |value| content_format(&with(header::CONTENT_TYPE, value), BOTH).map_err(|problem| problem.code());
        assert_eq!(format("application/json"), Ok(Format::Json));
        assert_eq!(format("Application/JSON; charset=UTF-8"), Ok(Format::Json));
        assert_eq!(format("application/json; charset=\"utf-8\"; x=y"), Ok(Format::Json));
        assert_eq!(format("application/x-ndjson"), Ok(Format::Ndjson));
        for refused in
            ["text/plain", "application/json; charset=latin1", "application/jsonp", "", "application/problem+json"]
        {
            assert_eq!(format(refused), Err(ErrorCode::UnsupportedMediaType), "{refused}");
        }
        assert!(content_format(&HeaderMap::new(), BOTH).is_err());
        assert!(content_format(&with(header::CONTENT_TYPE, "application/x-ndjson"), &[Format::Json]).is_err());
    }

    #[test]
    fn accepted_answers() {
        let format = |value| answer_format(&with(header::ACCEPT, value), BOTH).map_err(|problem| problem.code());
        assert_eq!(answer_format(&HeaderMap::new(), BOTH).unwrap(), Format::Json);
        assert_eq!(format("*/*"), Ok(Format::Json));
        assert_eq!(format("application/*"), Ok(Format::Json));
        assert_eq!(format("text/html, application/json;q=0.9, */*;q=0.8"), Ok(Format::Json));
        assert_eq!(format("application/x-ndjson"), Ok(Format::Ndjson));
        assert_eq!(format("application/x-ndjson, application/json;q=0.5"), Ok(Format::Ndjson));
        assert_eq!(format("application/json;q=0, */*"), Ok(Format::Ndjson));
        assert_eq!(format("text/html"), Err(ErrorCode::NotAcceptable));
        assert_eq!(format("application/json;q=0"), Err(ErrorCode::NotAcceptable));
    }
}
