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

/// The credential types that are loaded. Those of the host itself are always there; a loaded one of the same name hides it.
#[derive(Debug)]
pub struct CredentialTypes {
    types: HashMap<String, Entry>,
}

#[derive(Debug)]
struct Entry {
    source: Arc<CredentialSource>,
    merged: OnceLock<Result<Arc<CredentialType>, CredentialError>>,
}

/// A credential type with everything it inherits.
#[derive(Debug)]
pub struct CredentialType {
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
    /// The types of the host itself and those in `loaded`; of two of one name the later counts.
    pub fn new(loaded: impl IntoIterator<Item = Arc<CredentialSource>>) -> Result<Self, CredentialError> {
        let mut types = HashMap::new();
        let built_in = BUILT_IN.iter().map(|text| load::credential_from_text(text).map(Arc::new));
        for source in built_in.chain(loaded.into_iter().map(Ok)) {
            let source = source.map_err(|error| CredentialError::InvalidType {
                type_name: "built in".to_owned(),
                reason: error.to_string(),
            })?;
            types.insert(source.name().to_owned(), Entry { source, merged: OnceLock::new() });
        }
        Ok(Self { types })
    }

    /// The descriptor as loaded.
    #[must_use]
    pub fn source(&self, name: &str) -> Option<&Arc<CredentialSource>> {
        self.types.get(name).map(|entry| &entry.source)
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
        let entry = self.types.get(name).ok_or_else(|| CredentialError::UnknownType(name.to_owned()))?;
        entry.merged.get_or_init(|| self.merge(name).map(Arc::new)).clone()
    }

    /// The descriptor as JSON, with the properties it inherits in place of `extends`.
    pub fn resolved_json(&self, name: &str) -> Result<Value, CredentialError> {
        let merged = self.properties_json(name, &mut Ancestry::default())?;
        let mut json = self.json(name)?;
        json.shift_remove("extends");
        json.insert("properties".to_owned(), Value::Array(merged));
        Ok(Value::Object(json))
    }

    fn merge(&self, name: &str) -> Result<CredentialType, CredentialError> {
        let own = self.descriptor(name)?;
        let mut ancestry = Ancestry::default();
        let json = self.properties_json(name, &mut ancestry)?;
        // Read through the descriptor crate once more, so that merged properties are what loaded ones are.
        let mut merged = Map::new();
        merged.insert("name".to_owned(), Value::String(name.to_owned()));
        merged.insert("properties".to_owned(), Value::Array(json));
        let properties = CredentialDescriptor::from_value(Value::Object(merged))
            .map_err(|error| invalid(name, error.to_string()))?
            .properties;
        let mut authenticate = None;
        for ancestor in &ancestry.names {
            let generic =
                self.descriptor(ancestor)?.authenticate.clone().filter(|value| value.get("properties").is_some());
            authenticate = authenticate.or(generic).or_else(|| built_in_authenticate(ancestor));
        }
        Ok(CredentialType {
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

    fn descriptor(&self, name: &str) -> Result<Arc<CredentialDescriptor>, CredentialError> {
        let entry = self.types.get(name).ok_or_else(|| CredentialError::UnknownType(name.to_owned()))?;
        entry.source.descriptor().map_err(|error| invalid(name, error.to_string()))
    }

    fn json(&self, name: &str) -> Result<Map<String, Value>, CredentialError> {
        let entry = self.types.get(name).ok_or_else(|| CredentialError::UnknownType(name.to_owned()))?;
        serde_json::from_str(entry.source.text()).map_err(|error| invalid(name, error.to_string()))
    }

    /// The properties of a type after those of the types it extends; its own take the place of inherited ones.
    fn properties_json(&self, name: &str, ancestry: &mut Ancestry) -> Result<Vec<Value>, CredentialError> {
        if ancestry.path.iter().any(|passed| passed == name) {
            return Err(invalid(name, "it extends itself".to_owned()));
        }
        ancestry.path.push(name.to_owned());
        ancestry.names.push(name.to_owned());
        let json = self.json(name)?;
        let mut combined = Vec::new();
        for parent in &self.descriptor(name)?.extends {
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
