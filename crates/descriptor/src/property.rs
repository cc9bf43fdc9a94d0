//! A property: one parameter a node takes.

use serde_json::{Map, Value};

use crate::reader::Reader;
use crate::{DescriptorError, DisplayOptions};

/// One parameter of a node or field of a credential (n8n's `INodeProperties`).
#[derive(Debug, Clone, PartialEq)]
pub struct Property {
    /// The key in the node's parameters. Several properties may share it, shown in turn.
    pub name: String,
    /// The name people see.
    pub display_name: String,
    /// What kind of value it takes.
    pub kind: PropertyType,
    /// The value where none is given; `None` is JavaScript's undefined.
    pub default: Option<Value>,
    /// Whether a value has to be given while the property is shown.
    pub required: bool,
    /// Choices, or the properties inside a collection.
    pub options: Options,
    /// When the property is shown.
    pub display_options: Option<DisplayOptions>,
    /// When the property is shown but cannot be edited.
    pub disabled_options: Option<DisplayOptions>,
    /// Details of the type: limits, multiple values, load methods.
    pub type_options: TypeOptions,
    /// What the value contributes to the request (declarative nodes).
    pub routing: Option<Value>,
    /// Whether a leading `=` is text, and not the mark of an expression.
    pub no_data_expression: bool,
    /// The type the resolved value is checked against and converted to.
    pub validate_type: Option<String>,
    /// Whether the check of `validate_type` is left out while executing.
    pub ignore_validation_during_execution: bool,
    /// The ways a resource locator may name its resource.
    pub modes: Option<Vec<Mode>>,
    /// How the value is taken out of what was entered.
    pub extract_value: Option<Value>,
    /// Credential types a `credentialsSelect` offers.
    pub credential_types: Vec<String>,
    /// Help for people.
    pub description: Option<String>,
    /// All other keys, as they stand in the descriptor.
    pub extra: Map<String, Value>,
}

impl Property {
    pub(crate) fn read(value: Value, pointer: &str) -> Result<Self, DescriptorError> {
        let mut reader = Reader::new(value, pointer, "A property")?;
        let kind = PropertyType::from(reader.required_string("type")?);
        let name = reader.required_string("name")?;
        Ok(Self {
            display_name: reader.string("displayName")?.unwrap_or_else(|| name.clone()),
            default: reader.raw("default"),
            required: reader.flag("required"),
            options: Options::read(&mut reader, &kind)?,
            display_options: reader.object("displayOptions")?.map(DisplayOptions::from_rules),
            disabled_options: reader.object("disabledOptions")?.map(DisplayOptions::from_rules),
            type_options: TypeOptions { fields: reader.object("typeOptions")? },
            routing: reader.value("routing"),
            no_data_expression: reader.flag("noDataExpression"),
            validate_type: reader.string("validateType")?,
            ignore_validation_during_execution: reader.flag("ignoreValidationDuringExecution"),
            modes: reader.list("modes", Mode::read)?,
            extract_value: reader.value("extractValue"),
            credential_types: strings(reader.array("credentialTypes")?),
            description: reader.string("description")?,
            extra: reader.extra(),
            name,
            kind,
        })
    }
}

/// The strings of a list.
pub(crate) fn strings(list: Option<Vec<Value>>) -> Vec<String> {
    let text = |value| if let Value::String(text) = value { Some(text) } else { None };
    list.into_iter().flatten().filter_map(text).collect()
}

/// The kind of value a property takes (n8n's `NodePropertyTypes`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are n8n's")]
pub enum PropertyType {
    AgentSelector,
    AssignmentCollection,
    Boolean,
    Button,
    Callout,
    Collection,
    Color,
    Credentials,
    CredentialsSelect,
    CurlImport,
    DateTime,
    Filter,
    FixedCollection,
    Hidden,
    Icon,
    Json,
    MultiOptions,
    Notice,
    Number,
    Options,
    ResourceLocator,
    ResourceMapper,
    String,
    WorkflowSelector,
    /// A type this host does not know; the property is kept and its value taken as it is.
    Other(Box<str>),
}

const TYPE_NAMES: [(&str, PropertyType); 24] = [
    ("agentSelector", PropertyType::AgentSelector),
    ("assignmentCollection", PropertyType::AssignmentCollection),
    ("boolean", PropertyType::Boolean),
    ("button", PropertyType::Button),
    ("callout", PropertyType::Callout),
    ("collection", PropertyType::Collection),
    ("color", PropertyType::Color),
    ("credentials", PropertyType::Credentials),
    ("credentialsSelect", PropertyType::CredentialsSelect),
    ("curlImport", PropertyType::CurlImport),
    ("dateTime", PropertyType::DateTime),
    ("filter", PropertyType::Filter),
    ("fixedCollection", PropertyType::FixedCollection),
    ("hidden", PropertyType::Hidden),
    ("icon", PropertyType::Icon),
    ("json", PropertyType::Json),
    ("multiOptions", PropertyType::MultiOptions),
    ("notice", PropertyType::Notice),
    ("number", PropertyType::Number),
    ("options", PropertyType::Options),
    ("resourceLocator", PropertyType::ResourceLocator),
    ("resourceMapper", PropertyType::ResourceMapper),
    ("string", PropertyType::String),
    ("workflowSelector", PropertyType::WorkflowSelector),
];

impl From<String> for PropertyType {
    fn from(name: String) -> Self {
        match TYPE_NAMES.iter().find(|(known, _)| *known == name) {
            Some((_, kind)) => kind.clone(),
            None => Self::Other(name.into_boxed_str()),
        }
    }
}

impl PropertyType {
    /// The names of the types this host knows.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TYPE_NAMES.iter().map(|(name, _)| *name)
    }

    /// The name as it stands in descriptors.
    pub fn name(&self) -> &str {
        match self {
            Self::Other(name) => name,
            known => TYPE_NAMES.iter().find(|(_, kind)| kind == known).map_or("", |(name, _)| name),
        }
    }
}

/// What stands in a property's `options`.
#[derive(Debug, Clone, PartialEq)]
pub enum Options {
    /// The key is absent.
    None,
    /// The values to choose from (`options`, `multiOptions` and the rest).
    Choices(Vec<Choice>),
    /// The properties inside a `collection`.
    Properties(Vec<Property>),
    /// The groups of a `fixedCollection`.
    Groups(Vec<Group>),
}

impl Options {
    fn read(reader: &mut Reader, kind: &PropertyType) -> Result<Self, DescriptorError> {
        let options = match kind {
            PropertyType::Collection => reader.list("options", Property::read)?.map(Self::Properties),
            PropertyType::FixedCollection => reader.list("options", Group::read)?.map(Self::Groups),
            _ => reader.list("options", Choice::read)?.map(Self::Choices),
        };
        Ok(options.unwrap_or(Self::None))
    }
}

/// One value to choose from (n8n's `INodePropertyOptions`).
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The name people see.
    pub name: String,
    /// The value that stands in the parameters.
    pub value: Option<Value>,
    /// What choosing it contributes to the request.
    pub routing: Option<Value>,
    /// When the choice is offered.
    pub display_options: Option<DisplayOptions>,
    /// What the operation does, for people.
    pub action: Option<String>,
    /// All other keys.
    pub extra: Map<String, Value>,
}

impl Choice {
    fn read(value: Value, pointer: &str) -> Result<Self, DescriptorError> {
        let mut reader = Reader::new(value, pointer, "An option")?;
        Ok(Self {
            name: reader.string("name")?.unwrap_or_default(),
            value: reader.raw("value"),
            routing: reader.value("routing"),
            display_options: reader.object("displayOptions")?.map(DisplayOptions::from_rules),
            action: reader.string("action")?,
            extra: reader.extra(),
        })
    }
}

/// One group of properties inside a `fixedCollection` (n8n's `INodePropertyCollection`).
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The key in the collection's value.
    pub name: String,
    /// The name people see.
    pub display_name: String,
    /// The properties of one entry; absent, any use of the group is an error, as in n8n.
    pub values: Option<Vec<Property>>,
    /// All other keys.
    pub extra: Map<String, Value>,
}

impl Group {
    fn read(value: Value, pointer: &str) -> Result<Self, DescriptorError> {
        let mut reader = Reader::new(value, pointer, "A group of a fixedCollection")?;
        let name = reader.required_string("name")?;
        Ok(Self {
            display_name: reader.string("displayName")?.unwrap_or_else(|| name.clone()),
            values: reader.list("values", Property::read)?,
            extra: reader.extra(),
            name,
        })
    }
}

/// A way to name a resource in a resource locator (n8n's `INodePropertyMode`).
#[derive(Debug, Clone, PartialEq)]
pub struct Mode {
    /// The value of `mode` in the parameter.
    pub name: String,
    /// The name people see.
    pub display_name: Option<String>,
    /// `list` or `string`.
    pub kind: Option<String>,
    /// Checks of the value, as they stand in the descriptor.
    pub validation: Vec<Value>,
    /// How the identifier is taken out of the value.
    pub extract_value: Option<Value>,
    /// All other keys.
    pub extra: Map<String, Value>,
}

impl Mode {
    fn read(value: Value, pointer: &str) -> Result<Self, DescriptorError> {
        let mut reader = Reader::new(value, pointer, "A mode")?;
        Ok(Self {
            name: reader.required_string("name")?,
            display_name: reader.string("displayName")?,
            kind: reader.string("type")?,
            validation: reader.array("validation")?.unwrap_or_default(),
            extract_value: reader.value("extractValue"),
            extra: reader.extra(),
        })
    }
}

/// Details of a property's type, as they stand in the descriptor.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TypeOptions {
    fields: Option<Map<String, Value>>,
}

impl TypeOptions {
    /// The option of this name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.fields.as_ref()?.get(name)
    }

    /// The numeric option of this name.
    pub fn number(&self, name: &str) -> Option<f64> {
        self.get(name)?.as_f64()
    }

    /// The text of the option of this name.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// Whether the property takes a list: `None` where the descriptor does not say.
    pub fn multiple_values(&self) -> Option<&Value> {
        self.get("multipleValues")
    }

    /// Whether the value is to be hidden (`typeOptions.password`).
    pub fn password(&self) -> bool {
        self.get("password") == Some(&Value::Bool(true))
    }

    /// All options; `None` where the property has no `typeOptions`.
    pub fn fields(&self) -> Option<&Map<String, Value>> {
        self.fields.as_ref()
    }
}
