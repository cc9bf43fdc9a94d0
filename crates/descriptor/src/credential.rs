//! The typed model of a credential descriptor.

use serde_json::{Map, Value};

use crate::property::strings;
use crate::reader::Reader;
use crate::{DescriptorError, Property};

/// A credential type (n8n's `ICredentialType`).
#[derive(Debug, Clone, PartialEq)]
pub struct CredentialDescriptor {
    /// The type's name, `haloPSAApi`.
    pub name: String,
    /// The name people see.
    pub display_name: String,
    /// The types whose properties it inherits.
    pub extends: Vec<String>,
    /// The fields.
    pub properties: Vec<Property>,
    /// How a request is authenticated.
    pub authenticate: Option<Value>,
    /// A request made before each use, which answers fields such as a session token.
    pub pre_authentication: Option<Value>,
    /// The request that tells whether a credential works.
    pub test: Option<Value>,
    /// Whether any node may use it for plain HTTP requests.
    pub generic_auth: bool,
    /// All other keys, as they stand in the descriptor.
    pub extra: Map<String, Value>,
}

impl CredentialDescriptor {
    /// Reads the model from a descriptor's JSON.
    pub fn from_value(value: Value) -> Result<Self, DescriptorError> {
        let mut reader = Reader::new(value, "", "A credential descriptor")?;
        let name = reader.required_string("name")?;
        Ok(Self {
            display_name: reader.string("displayName")?.unwrap_or_else(|| name.clone()),
            extends: strings(reader.array("extends")?),
            properties: reader.list("properties", Property::read)?.unwrap_or_default(),
            authenticate: reader.value("authenticate"),
            pre_authentication: reader.value("preAuthentication"),
            test: reader.value("test"),
            generic_auth: reader.flag("genericAuth"),
            extra: reader.extra(),
            name,
        })
    }
}
