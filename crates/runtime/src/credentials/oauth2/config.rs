//! What an OAuth2 credential says about tokens.

use serde_json::{Map, Value};
use url::Url;

use super::assertion::ServiceAccount;
use crate::credentials::error::CredentialError;
use crate::credentials::secret::{CredentialData, Secret};

/// What an OAuth2 credential says about tokens.
#[derive(Debug, Clone)]
pub(crate) struct TokenConfig {
    pub(crate) grant: GrantType,
    pub(crate) token_url: Url,
    pub(crate) client_id: String,
    pub(crate) client_secret: Option<Secret>,
    pub(crate) account: Option<ServiceAccount>,
    pub(crate) in_body: bool,
    pub(crate) scope: Option<String>,
    /// Further fields of token requests, in order.
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) verify_tls: bool,
    /// Whether there is anything to get another token with: a key that is sent as the token has nothing.
    pub(crate) renewable: bool,
    /// The status that means an expired token, where it is not 401.
    pub(crate) expired_status: Option<u16>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GrantType {
    ClientCredentials,
    /// Somebody has signed in elsewhere; the data holds the tokens.
    Refresh,
    /// A service account signs for itself.
    Assertion,
}

/// Where Google issues tokens.
const GOOGLE: &str = "https://oauth2.googleapis.com/token";

impl TokenConfig {
    /// Reads the fields of `googleApi`; `None` if it is for nodes that do not ask for a token.
    pub(crate) fn service_account(type_name: &str, data: &CredentialData) -> Result<Option<Self>, CredentialError> {
        if data.text("scopes").is_none() {
            return Ok(None);
        }
        let invalid = |(field, reason): (&str, &str)| CredentialError::InvalidField {
            type_name: type_name.to_owned(),
            field: field.to_owned(),
            reason: reason.to_owned(),
        };
        let account = ServiceAccount::read(data).map_err(invalid)?;
        let token_url = Url::parse(data.text("accessTokenUrl").unwrap_or(GOOGLE));
        Ok(Some(Self {
            grant: GrantType::Assertion,
            token_url: token_url.map_err(|_| invalid(("accessTokenUrl", "is not a URL")))?,
            client_id: String::new(),
            client_secret: None,
            account: Some(account),
            in_body: true,
            scope: None,
            fields: Vec::new(),
            verify_tls: true,
            renewable: true,
            expired_status: None,
        }))
    }

    /// Reads the fields of `oAuth2Api`.
    pub(crate) fn read(type_name: &str, data: &CredentialData, has_token: bool) -> Result<Self, CredentialError> {
        let invalid = |field: &str, reason: String| CredentialError::InvalidField {
            type_name: type_name.to_owned(),
            field: field.to_owned(),
            reason,
        };
        let grant = match data.text("grantType") {
            Some("clientCredentials") => GrantType::ClientCredentials,
            None | Some("authorizationCode" | "pkce") => GrantType::Refresh,
            Some(other) => return Err(invalid("grantType", format!("is {other:?}, which this host does not know"))),
        };
        if data.text("clientCredentialType") == Some("certificate") {
            return Err(invalid(
                "clientCredentialType",
                "asks for a client certificate, which is not supported".to_owned(),
            ));
        }
        let missing = |field: &str| CredentialError::Incomplete {
            type_name: type_name.to_owned(),
            fields: vec![field.to_owned()],
        };
        let token_url = data.text("accessTokenUrl").ok_or_else(|| missing("accessTokenUrl"))?;
        let token_url = Url::parse(token_url)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .ok_or_else(|| invalid("accessTokenUrl", "is not an http or https URL".to_owned()))?;
        let client_secret = data.text("clientSecret").map(Secret::from);
        let client_id = data.text("clientId");
        if client_secret.is_none() && grant == GrantType::ClientCredentials && !has_token {
            return Err(missing("clientSecret"));
        }
        if client_id.is_none() && !has_token {
            return Err(missing("clientId"));
        }
        Ok(Self {
            grant,
            token_url,
            renewable: client_id.is_some() && (client_secret.is_some() || grant == GrantType::Refresh),
            client_id: client_id.unwrap_or_default().to_owned(),
            client_secret,
            account: None,
            in_body: data.text("authentication") == Some("body"),
            scope: data.text("scope").map(|scope| scope.split_whitespace().collect::<Vec<_>>().join(" ")),
            fields: fields(data).map_err(|reason| invalid("additionalBodyProperties", reason))?,
            verify_tls: data.expose().get("ignoreSSLIssues") != Some(&Value::Bool(true)),
            expired_status: expired_status(data),
        })
    }
}

fn fields(data: &CredentialData) -> Result<Vec<(String, String)>, String> {
    let mut fields = Vec::new();
    if let Some(text) = data.text("additionalBodyProperties") {
        let object: Map<String, Value> = serde_json::from_str(text).map_err(|_| "is not a JSON object".to_owned())?;
        fields.extend(object.into_iter().map(|(name, value)| (name, text_of(&value))));
    }
    if let Some(audience) = data.text("audience") {
        fields.push(("audience".to_owned(), audience.to_owned()));
    }
    let stored = data.expose().get("oauthTokenData").and_then(|tokens| tokens.get("resource")).and_then(Value::as_str);
    if let Some(resource) = stored.or_else(|| data.text("resource")).or_else(|| data.text("resourceUrl")) {
        fields.push(("resource".to_owned(), resource.to_owned()));
    }
    Ok(fields)
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn expired_status(data: &CredentialData) -> Option<u16> {
    let status = match data.expose().get("tokenExpiredStatusCode")? {
        Value::Number(number) => number.as_f64()? as u16,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    (status != 401 && status != 0).then_some(status)
}
