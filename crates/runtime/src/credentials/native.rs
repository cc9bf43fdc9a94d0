//! Credential types whose authentication is code in n8n, and so cannot stand in a descriptor.

/// How the host itself authenticates requests of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Native {
    /// OAuth2 access tokens: oAuth2Api and all that extends it.
    OAuth2,
    /// Access tokens of a Google service account: googleApi.
    ServiceAccount,
    /// Fields of a JSON object are added to the request.
    Custom,
    /// Digest authentication.
    Digest,
    /// AWS Signature v4: aws.
    Aws,
}

impl Native {
    /// `names`: the type's own name, and those it inherits from.
    pub(crate) fn of(name: &str, names: &[String]) -> Option<Self> {
        if names.iter().any(|name| name == "oAuth2Api") {
            return Some(Self::OAuth2);
        }
        if names.iter().any(|name| name == "googleApi") {
            return Some(Self::ServiceAccount);
        }
        match name {
            "httpDigestAuth" => Some(Self::Digest),
            "httpCustomAuth" => Some(Self::Custom),
            "aws" => Some(Self::Aws),
            _ => None,
        }
    }
}
