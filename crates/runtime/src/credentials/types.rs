//! The credential types that are loaded, merged with those they extend.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use nodehost_descriptor::{CredentialDescriptor, CredentialSource, Property, PropertyType, load};
use nodehost_parameters::{CompiledProperties, compile_properties};
use serde_json::{Map, Value};

use super::error::CredentialError;
use super::native::Native;
use super::rejection::{Rejection, rejections};

/// The base types of the host itself.
const BUILT_IN: [&str; 7] = [
    include_str!("types/oAuth2Api.credentials.json"),
    include_str!("types/httpBasicAuth.credentials.json"),
    include_str!("types/httpDigestAuth.credentials.json"),
    include_str!("types/httpHeaderAuth.credentials.json"),
    include_str!("types/httpQueryAuth.credentials.json"),
    include_str!("types/httpCustomAuth.credentials.json"),
    include_str!("types/httpBearerAuth.credentials.json"),
];

/// The credential types that are loaded, and those of the host itself.
///
/// Packages may have types of the same name. A name means the type of the package that uses it, then the first of that
/// name: those of the host itself, then in the order they were loaded.
#[derive(Debug)]
pub struct CredentialTypes {
    types: HashMap<String, Vec<Entry>>,
}

#[derive(Debug)]
struct Entry {
    source: Arc<CredentialSource>,
    merged: OnceLock<Result<Arc<CredentialType>, CredentialError>>,
}

/// A credential type with everything it inherits.
#[derive(Debug)]
pub struct CredentialType {
    /// The package it belongs to, if it came with one.
    pub package: Option<String>,
    /// The type's name.
    pub name: String,
    /// The name people see.
    pub display_name: String,
    /// Its own properties and the inherited ones.
    pub properties: Vec<Property>,
    /// The properties, ready to fill in defaults.
    pub(crate) compiled: CompiledProperties,
    /// How a request is authenticated, if by data.
    pub(crate) authenticate: Option<Value>,
    /// How a request is authenticated, if by the host itself.
    pub(crate) native: Option<Native>,
    /// The request that tells whether a credential works.
    pub test: Option<Value>,
    /// Which answers mean that the access token is no longer accepted.
    pub(crate) rejections: Vec<Rejection>,
    /// Fields whose values must not be seen.
    pub(crate) secret_fields: Vec<String>,
}

/// The types met while merging one.
#[derive(Default)]
struct Ancestry {
    /// From the type to the one that is being merged.
    path: Vec<String>,
    /// All of them.
    names: Vec<String>,
}

impl CredentialTypes {
    /// The types of the host itself and those in `loaded`; of two of one name and package the later counts.
    pub fn new(loaded: impl IntoIterator<Item = Arc<CredentialSource>>) -> Result<Self, CredentialError> {
        let mut types: HashMap<String, Vec<Entry>> = HashMap::new();
        let built_in = BUILT_IN.iter().map(|text| load::credential_from_text(text).map(Arc::new));
        for source in built_in.chain(loaded.into_iter().map(Ok)) {
            let source = source.map_err(|error| CredentialError::InvalidType {
                type_name: "built in".to_owned(),
                reason: error.to_string(),
            })?;
            let entries = types.entry(source.name().to_owned()).or_default();
            let entry = Entry { source, merged: OnceLock::new() };
            match entries.iter_mut().find(|other| other.source.package() == entry.source.package()) {
                Some(other) => *other = entry,
                None => entries.push(entry),
            }
        }
        Ok(Self { types })
    }

    /// The descriptor as loaded; a package's where it brings a type that the host has, too.
    ///
    /// The name may stand behind its package, `n8n-nodes-base.haloPSAApi`: where several packages have a type of that
    /// name, that tells which is meant.
    #[must_use]
    pub fn source(&self, name: &str) -> Option<&Arc<CredentialSource>> {
        self.loaded(name).ok().map(|entry| &entry.source)
    }

    /// The names of all types, sorted.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.types.keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    /// A type with everything it inherits.
    pub fn get(&self, name: &str) -> Result<Arc<CredentialType>, CredentialError> {
        self.get_for(None, name)
    }

    /// The type that a package means by a name, with everything it inherits.
    pub fn get_for(&self, package: Option<&str>, name: &str) -> Result<Arc<CredentialType>, CredentialError> {
        let entry = self.find(package, name)?;
        entry.merged.get_or_init(|| self.merge(entry).map(Arc::new)).clone()
    }

    /// The descriptor as JSON, with the properties it inherits in place of `extends`.
    pub fn resolved_json(&self, name: &str) -> Result<Value, CredentialError> {
        let entry = self.loaded(name)?;
        let merged = self.properties_json(entry, &mut Ancestry::default())?;
        let mut json = entry.json()?;
        json.shift_remove("extends");
        json.insert("properties".to_owned(), Value::Array(merged));
        Ok(Value::Object(json))
    }

    fn loaded(&self, name: &str) -> Result<&Entry, CredentialError> {
        let Some(entries) = self.types.get(name) else { return self.of_package(name) };
        entries.iter().find(|entry| entry.source.package().is_some()).map_or_else(|| self.find(None, name), Ok)
    }

    /// The type of a name with its package before it.
    fn of_package(&self, full: &str) -> Result<&Entry, CredentialError> {
        let split = full.rsplit_once('.');
        let entry = split.and_then(|(package, name)| {
            self.types.get(name)?.iter().find(|entry| entry.source.package() == Some(package))
        });
        entry.ok_or_else(|| CredentialError::UnknownType(full.to_owned()))
    }

    fn find(&self, package: Option<&str>, name: &str) -> Result<&Entry, CredentialError> {
        let entries = self.types.get(name).map(Vec::as_slice).unwrap_or_default();
        let own = entries.iter().find(|entry| package.is_some() && entry.source.package() == package);
        own.or(entries.first()).ok_or_else(|| CredentialError::UnknownType(name.to_owned()))
    }

    fn merge(&self, entry: &Entry) -> Result<CredentialType, CredentialError> {
        let (name, package) = (entry.source.name(), entry.source.package());
        let own = entry.descriptor()?;
        let mut ancestry = Ancestry::default();
        let json = self.properties_json(entry, &mut ancestry)?;
        // Read through the descriptor crate once more, so that merged properties are what loaded ones are.
        let mut merged = Map::new();
        merged.insert("name".to_owned(), Value::String(name.to_owned()));
        merged.insert("properties".to_owned(), Value::Array(json));
        let properties = CredentialDescriptor::from_value(Value::Object(merged))
            .map_err(|error| invalid(name, error.to_string()))?
            .properties;
        let mut authenticate = None;
        for ancestor in &ancestry.names {
            let generic = self
                .find(package, ancestor)?
                .descriptor()?
                .authenticate
                .clone()
                .filter(|value| value.get("properties").is_some());
            authenticate = authenticate.or(generic).or_else(|| built_in_authenticate(ancestor));
        }
        Ok(CredentialType {
            package: package.map(str::to_owned),
            name: name.to_owned(),
            display_name: own.display_name.clone(),
            native: Native::of(name, &ancestry.names),
            secret_fields: properties.iter().filter(|property| is_secret(property)).map(|p| p.name.clone()).collect(),
            rejections: rejections(own.extra.get("tokenRejected")).map_err(|reason| invalid(name, reason))?,
            compiled: compile_properties(&properties),
            properties,
            authenticate,
            test: own.test.clone(),
        })
    }

    /// The properties of a type after those of the types it extends; its own take the place of inherited ones.
    fn properties_json(&self, entry: &Entry, ancestry: &mut Ancestry) -> Result<Vec<Value>, CredentialError> {
        let name = entry.source.name();
        if ancestry.path.iter().any(|passed| passed == name) {
            return Err(invalid(name, "it extends itself".to_owned()));
        }
        ancestry.path.push(name.to_owned());
        ancestry.names.push(name.to_owned());
        let json = entry.json()?;
        let mut combined = Vec::new();
        for parent in &entry.descriptor()?.extends {
            let parent = self.find(entry.source.package(), parent)?;
            merge_properties(&mut combined, self.properties_json(parent, ancestry)?, true);
        }
        ancestry.path.pop();
        let own = json.get("properties").and_then(Value::as_array).cloned().unwrap_or_default();
        if combined.is_empty() {
            return Ok(own);
        }
        merge_properties(&mut combined, own, false);
        Ok(combined)
    }
}

impl Entry {
    fn descriptor(&self) -> Result<Arc<CredentialDescriptor>, CredentialError> {
        self.source.descriptor().map_err(|error| invalid(self.source.name(), error.to_string()))
    }

    fn json(&self) -> Result<Map<String, Value>, CredentialError> {
        serde_json::from_str(self.source.text()).map_err(|error| invalid(self.source.name(), error.to_string()))
    }
}

fn merge_properties(into: &mut Vec<Value>, from: Vec<Value>, inherited: bool) {
    for property in from {
        if inherited && property.get("doNotInherit") == Some(&Value::Bool(true)) {
            continue;
        }
        match into.iter_mut().find(|other| other.get("name") == property.get("name")) {
            Some(other) => *other = property,
            None => into.push(property),
        }
    }
}

/// n8n's own bundles leave out how the base types authenticate: there it is code.
fn built_in_authenticate(name: &str) -> Option<Value> {
    BUILT_IN.iter().find_map(|text| {
        let source = load::credential_from_text(text).ok().filter(|source| source.name() == name)?;
        source.descriptor().ok()?.authenticate.clone()
    })
}

fn is_secret(property: &Property) -> bool {
    property.type_options.password()
        || property.type_options.get("redactJsonLeaves") == Some(&Value::Bool(true))
        || matches!(property.kind, PropertyType::Hidden) && property.name.to_ascii_lowercase().contains("key")
}

fn invalid(type_name: &str, reason: String) -> CredentialError {
    CredentialError::InvalidType { type_name: type_name.to_owned(), reason }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::*;

    fn of(package: &str, name: &str, more: &str) -> Arc<CredentialSource> {
        let text = format!(r#"{{"name": "{name}", "displayName": "{package} {name}", "properties": []{more}}}"#);
        Arc::new(load::package_credential_from_text(package, &text).unwrap())
    }

    fn types(loaded: impl IntoIterator<Item = Arc<CredentialSource>>) -> CredentialTypes {
        CredentialTypes::new(loaded).unwrap()
    }

    #[test]
    fn a_package_that_has_a_type_of_the_host_means_its_own() {
        let types = types([of("pack", "oAuth2Api", ""), of("pack", "made", r#", "extends": ["oAuth2Api"]"#)]);
        let names = |found: Arc<CredentialType>| (found.package.clone(), found.properties.len());
        assert_eq!(names(types.get_for(Some("pack"), "oAuth2Api").unwrap()), (Some("pack".to_owned()), 0));
        assert_eq!(names(types.get_for(Some("pack"), "made").unwrap()), (Some("pack".to_owned()), 0));
        let (package, fields) = names(types.get_for(Some("other"), "oAuth2Api").unwrap());
        assert!(package.is_none() && fields > 0, "another package means the host's");
    }

    #[test]
    fn a_package_s_own_descriptor_is_answered_for_a_type_that_the_host_has_too() {
        let types = types([of("pack", "oAuth2Api", "")]);
        assert_eq!(types.source("oAuth2Api").unwrap().package(), Some("pack"));
        assert_eq!(types.resolved_json("oAuth2Api").unwrap()["displayName"], "pack oAuth2Api");
        assert_eq!(types.source("httpBasicAuth").unwrap().package(), None);
    }

    #[test]
    fn a_name_behind_its_package_means_that_package_s_type() {
        let types = types([of("first", "made", ""), of("@scope/second", "made", "")]);
        let package = |name: &str| types.source(name).map(|source| source.package().map(str::to_owned));
        assert_eq!(package("made"), Some(Some("first".to_owned())));
        assert_eq!(package("first.made"), Some(Some("first".to_owned())));
        assert_eq!(package("@scope/second.made"), Some(Some("@scope/second".to_owned())));
        assert_eq!(types.resolved_json("@scope/second.made").unwrap()["displayName"], "@scope/second made");
        for unknown in ["third.made", "first.other", "made.first", ".made", "first."] {
            assert_eq!(package(unknown), None, "{unknown}");
        }
    }
}
