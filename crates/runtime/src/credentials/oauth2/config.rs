//! What an OAuth2 credential says about tokens.

use serde_json::{Map, Value};
use url::Url;

use super::assertion::ServiceAccount;
use super::certificate::ClientCertificate;
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
    /// Takes the place of the client secret.
    pub(crate) certificate: Option<ClientCertificate>,
    pub(crate) in_body: bool,
    pub(crate) scope: Option<String>,
    /// Further fields of requests with client credentials, in order.
    pub(crate) fields: Vec<(String, String)>,
    /// What the token is for (RFC 8707), in every request.
    pub(crate) resource: Option<String>,
    pub(crate) verify_tls: bool,
    /// Whether there is anything to get another token with: a key that is sent as the token has nothing.
    pub(crate) renewable: bool,
    /// The statuses that mean an expired token, where they are not 401 alone.
    pub(crate) expired_statuses: Option<Vec<u16>>,
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
            certificate: None,
            in_body: true,
            scope: None,
            fields: Vec::new(),
            resource: None,
            verify_tls: true,
            renewable: true,
            expired_statuses: None,
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
        let certificate = match data.text("clientCredentialType") {
            Some("certificate") => {
                Some(ClientCertificate::read(data).map_err(|(field, reason)| invalid(field, reason.to_owned()))?)
            }
            _ => None,
        };
        let missing = |field: &str| CredentialError::Incomplete {
            type_name: type_name.to_owned(),
            fields: vec![field.to_owned()],
        };
        let token_url = data.text("accessTokenUrl").ok_or_else(|| missing("accessTokenUrl"))?;
        let token_url = Url::parse(token_url)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .ok_or_else(|| invalid("accessTokenUrl", "is not an http or https URL".to_owned()))?;
        let client_secret = data.text("clientSecret").filter(|_| certificate.is_none()).map(Secret::from);
        let client_id = data.text("clientId");
        let has_secret = client_secret.is_some() || certificate.is_some();
        if !has_secret && grant == GrantType::ClientCredentials && !has_token {
            return Err(missing("clientSecret"));
        }
        if client_id.is_none() && !has_token {
            return Err(missing("clientId"));
        }
        Ok(Self {
            grant,
            token_url,
            renewable: client_id.is_some() && (has_secret || grant == GrantType::Refresh),
            client_id: client_id.unwrap_or_default().to_owned(),
            client_secret,
            account: None,
            certificate,
            in_body: data.text("authentication") == Some("body"),
            scope: data.text("scope").map(|scope| scope.split_whitespace().collect::<Vec<_>>().join(" ")),
            fields: fields(data).map_err(|reason| invalid("additionalBodyProperties", reason))?,
            resource: resource(data),
            verify_tls: data.expose().get("ignoreSSLIssues") != Some(&Value::Bool(true)),
            expired_statuses: expired_statuses(data),
        })
    }
}

fn fields(data: &CredentialData) -> Result<Vec<(String, String)>, String> {
    let mut fields = Vec::new();
    if let Some(text) = data.text("additionalBodyProperties") {
        let object: Map<String, Value> = serde_json::from_str(text).map_err(|_| "is not a JSON object".to_owned())?;
        for (name, value) in object {
            match value {
                Value::Array(values) => fields.extend(values.iter().map(|value| (name.clone(), text_of(value)))),
                value => fields.push((name, text_of(&value))),
            }
        }
    }
    if let Some(audience) = data.text("audience") {
        fields.push(("audience".to_owned(), audience.to_owned()));
    }
    Ok(fields)
}

/// As Node's `querystring` writes it: what is neither text, number nor boolean is empty.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => String::new(),
    }
}

fn resource(data: &CredentialData) -> Option<String> {
    let stored = data.expose().get("oauthTokenData").and_then(|tokens| tokens.get("resource")).and_then(Value::as_str);
    stored.or_else(|| data.text("resource")).or_else(|| data.text("resourceUrl")).map(str::to_owned)
}

/// `tokenExpiredStatusCode`: a number, or a list of them.
fn expired_statuses(data: &CredentialData) -> Option<Vec<u16>> {
    let given = data.expose().get("tokenExpiredStatusCode")?;
    let list = given.as_array().map_or(std::slice::from_ref(given), Vec::as_slice);
    let statuses: Vec<u16> = list.iter().filter_map(status).collect();
    (!statuses.is_empty() && statuses != [401]).then_some(statuses)
}

fn status(value: &Value) -> Option<u16> {
    let number = match value {
        Value::Number(number) => number.as_u64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    u16::try_from(number).ok().filter(|status| (100..1000).contains(status))
}
