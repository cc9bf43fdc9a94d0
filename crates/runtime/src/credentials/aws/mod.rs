//! Requests to AWS: signed (Signature v4) as n8n's `aws` credential signs them.

mod endpoint;
mod signature;

use std::time::SystemTime;

use http::{HeaderName, HeaderValue, header};
use nodehost_descriptor::{Options, Property};
use percent_encoding::{percent_decode_str, utf8_percent_encode};
use serde_json::Value;
use url::Url;

use super::error::CredentialError;
use super::secret::{CredentialData, Secret};
use crate::egress::{HostSet, OutgoingRequest, RequestBody};
use endpoint::{Endpoint, is_aws, signing_name};
use signature::{Key, Scope, UNRESERVED, signature};

/// The headers of a signature: they stay behind when a redirect leaves the host.
pub(crate) const HEADERS: [HeaderName; 4] = [header::AUTHORIZATION, DATE, CONTENT_HASH, SECURITY_TOKEN];
const DATE: HeaderName = HeaderName::from_static("x-amz-date");
const CONTENT_HASH: HeaderName = HeaderName::from_static("x-amz-content-sha256");
const SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-amz-security-token");

/// The type of bodies that name none.
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded; charset=utf-8");

/// An access key of AWS.
pub(crate) struct Signer {
    type_name: String,
    key_id: String,
    key: Secret,
    /// Of temporary credentials.
    session_token: Option<Secret>,
    region: String,
    /// The regions that the type's descriptor knows; any, if it lists none.
    regions: Vec<String>,
    /// Where requests to Bedrock go instead, signed as if they went to its own host; `{region}` stands for the region.
    bedrock: Option<String>,
}

impl Signer {
    /// Reads the fields of `aws`.
    pub(crate) fn read(
        type_name: &str,
        properties: &[Property],
        data: &CredentialData,
    ) -> Result<Self, CredentialError> {
        let text = |field: &str| data.text(field).map(str::trim).filter(|text| !text.is_empty());
        let needed = ["accessKeyId", "secretAccessKey"].into_iter();
        let missing: Vec<String> = needed.filter(|field| text(field).is_none()).map(str::to_owned).collect();
        if !missing.is_empty() {
            return Err(CredentialError::Incomplete { type_name: type_name.to_owned(), fields: missing });
        }
        let is_temporary = data.expose().get("temporaryCredentials") == Some(&Value::Bool(true));
        let mut signer = Self {
            type_name: type_name.to_owned(),
            key_id: text("accessKeyId").unwrap_or_default().to_owned(),
            key: text("secretAccessKey").unwrap_or_default().into(),
            session_token: text("sessionToken").filter(|_| is_temporary).map(Secret::from),
            region: text("region").unwrap_or("us-east-1").to_owned(),
            regions: regions(properties),
            bedrock: None,
        };
        if !signer.knows(&signer.region) {
            return Err(signer.invalid("region", "is no region of AWS that the credential type knows"));
        }
        if let Some(template) = text("bedrockEndpoint") {
            signer.bedrock = Some(template.to_owned());
            signer.bedrock_url(template, &signer.region)?;
        }
        Ok(signer)
    }

    /// Signs a request as of now. `_region` and `service` in its query, as nodes of n8n set them, say what to sign for.
    pub(crate) fn sign(&self, request: &mut OutgoingRequest) -> Result<(), CredentialError> {
        self.sign_at(request, SystemTime::now())
    }

    fn sign_at(&self, request: &mut OutgoingRequest, time: SystemTime) -> Result<(), CredentialError> {
        let named_region = take_query(&mut request.url, "_region");
        let named_service = take_query(&mut request.url, "service");
        let host = request.url.host_str().unwrap_or_default().to_owned();
        let found = Endpoint::of(&host);
        let region = match found.region {
            Some(region) if self.knows(region) => region,
            // Elsewhere what looks like a region may be one of another kind.
            Some(region) if is_aws(&host) => {
                return Err(self.invalid("region", &format!("{region} in {host} is none of AWS's")));
            }
            _ => named_region.as_deref().unwrap_or(&self.region),
        };
        if !self.knows(region) {
            return Err(self.invalid("region", &format!("{region} is none of AWS's")));
        }
        let service = named_service.as_deref().unwrap_or(found.service);
        if let (Some(template), "bedrock") = (&self.bedrock, service) {
            redirect(&mut request.url, &self.bedrock_url(template, region)?);
        }
        let service = signing_name(service);
        let is_s3 = service == "s3";
        if is_s3 {
            let path: Vec<String> = request.url.path().split('/').map(s3_segment).collect();
            request.url.set_path(&path.join("/"));
        }
        HEADERS.iter().for_each(|name| drop(request.headers.remove(name)));
        if matches!(&request.body, RequestBody::Bytes(bytes) if !bytes.is_empty()) {
            request.headers.entry(header::CONTENT_TYPE).or_insert(FORM);
        }
        let key = Key { id: &self.key_id, secret: &self.key, session_token: self.session_token.as_ref() };
        let signed = signature(request, &Scope { region, service, time }, &key);
        request.headers.extend(signed.map_err(|reason| self.invalid("what is signed", &reason))?);
        Ok(())
    }

    fn bedrock_url(&self, template: &str, region: &str) -> Result<Url, CredentialError> {
        let url = with_region(template, region).filter(|url| matches!(url.scheme(), "http" | "https"));
        url.ok_or_else(|| self.invalid("bedrockEndpoint", "is not an http or https URL"))
    }

    fn knows(&self, region: &str) -> bool {
        self.regions.is_empty() || self.regions.iter().any(|known| known == region)
    }

    fn invalid(&self, field: &str, reason: &str) -> CredentialError {
        let (type_name, field) = (self.type_name.clone(), field.to_owned());
        CredentialError::InvalidField { type_name, field, reason: reason.to_owned() }
    }
}

impl Signer {
    /// Adds the hosts that the key belongs to: those of AWS, and the endpoints that its data names, in every region.
    pub(crate) fn add_hosts(&self, data: &CredentialData, hosts: &mut HostSet) {
        let endpoints = data.expose().iter().filter(|(name, _)| name.ends_with("Endpoint"));
        for template in endpoints.filter_map(|(_, value)| value.as_str()) {
            let regions = self.regions.iter().chain([&self.region]);
            regions.filter_map(|region| with_region(template, region)).for_each(|url| hosts.add_url(&url));
        }
        // An endpoint in place of AWS's own hosts takes nothing away: nodes name the latter.
        ["*.amazonaws.com", "*.amazonaws.com.cn"].iter().for_each(|pattern| hosts.add_pattern(pattern));
    }
}

fn with_region(template: &str, region: &str) -> Option<Url> {
    Url::parse(&template.trim().replace("{region}", region)).ok()
}

/// The regions to choose from.
fn regions(properties: &[Property]) -> Vec<String> {
    let region = properties.iter().find(|property| property.name == "region");
    let Some(Options::Choices(choices)) = region.map(|region| &region.options) else { return Vec::new() };
    choices.iter().filter_map(|choice| Some(choice.value.as_ref()?.as_str()?.to_owned())).collect()
}

/// Takes a parameter out of the query; the others stay as they are written.
fn take_query(url: &mut Url, name: &str) -> Option<String> {
    let (_, value) = url.query_pairs().find(|(key, _)| key == name)?;
    let value = value.into_owned();
    let is_other = |pair: &&str| url::form_urlencoded::parse(pair.as_bytes()).all(|(key, _)| key != name);
    let rest: Vec<&str> = url.query().unwrap_or_default().split('&').filter(is_other).collect();
    let rest = rest.join("&");
    url.set_query(Some(rest.as_str()).filter(|rest| !rest.is_empty()));
    Some(value).filter(|value| !value.is_empty())
}

/// Sends a URL elsewhere: scheme and host change, and the other's path goes in front.
fn redirect(url: &mut Url, to: &Url) {
    let mut target = to.clone();
    target.set_path(&format!("{}{}", to.path().trim_end_matches('/'), url.path()));
    target.set_query(url.query());
    *url = target;
}

/// A segment of the path of an S3 object, encoded as S3 itself does. What is encoded in no known way is text.
fn s3_segment(segment: &str) -> String {
    let mut text = String::with_capacity(segment.len());
    let mut rest = segment;
    while let Some(at) = rest.find('%') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = escapes(rest);
        match percent_decode_str(&rest[..end]).decode_utf8() {
            Ok(decoded) => text.push_str(&decoded),
            Err(_) => text.push_str(&rest[..end]),
        }
        if end == 0 {
            text.push('%');
        }
        rest = &rest[end.max(1)..];
    }
    text.push_str(rest);
    // An encoded slash and a slash are the same in the name of an object.
    text.split('/').map(|part| utf8_percent_encode(part, UNRESERVED).to_string()).collect::<Vec<_>>().join("/")
}

/// How long the run of escapes is that a text begins with.
fn escapes(text: &str) -> usize {
    let is_escape = |bytes: &[u8]| matches!(bytes, [b'%', a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit());
    text.as_bytes().chunks(3).take_while(|chunk| is_escape(chunk)).count() * 3
}

#[cfg(test)]
mod tests;
