//! The resources as data, read once from the files in `resources/`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// The type of a field or query parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum FieldType {
    Integer,
    Number,
    Boolean,
    String,
    DateTime,
    Uuid,
    Array,
    Object,
    Any,
}

/// Field names by type, as the files list them, turned around.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "BTreeMap<FieldType, Vec<String>>")]
pub(crate) struct Fields(BTreeMap<String, FieldType>);

impl From<BTreeMap<FieldType, Vec<String>>> for Fields {
    fn from(by_type: BTreeMap<FieldType, Vec<String>>) -> Self {
        let each =
            |(field_type, names): (FieldType, Vec<String>)| names.into_iter().map(move |name| (name, field_type));
        Self(by_type.into_iter().flat_map(each).collect())
    }
}

impl Fields {
    pub(crate) fn get(&self, name: &str) -> Option<FieldType> {
        self.0.get(name).copied()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum How {
    /// The value of the first field, as text.
    Equals,
    /// One of a comma-separated list.
    In,
    /// Part of any of the fields, letters of either case.
    Contains,
    /// A date not before this one.
    From,
    /// A date not after this one.
    To,
    /// The same day.
    Same,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Filter {
    pub(crate) how: How,
    pub(crate) fields: Vec<String>,
}

/// How records of a resource are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum IdType {
    Integer,
    Uuid,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Resource {
    /// Its name in the node.
    pub(crate) resource: String,
    /// Its name in paths.
    pub(crate) path: String,
    pub(crate) id: IdType,
    /// The key of the records in a list answer; a bare array where there is none.
    #[serde(default)]
    pub(crate) list_key: Option<String>,
    pub(crate) paged: bool,
    /// Fields without which the real Halo refuses a new record.
    #[serde(default)]
    pub(crate) required: Vec<String>,
    /// Methods on a record that Halo's OpenAPI does not have.
    #[serde(default)]
    pub(crate) outside_open_api: Vec<String>,
    #[serde(default)]
    pub(crate) filters: BTreeMap<String, Filter>,
    pub(crate) list_query: Fields,
    pub(crate) get_query: Fields,
    #[serde(default)]
    pub(crate) max_length: BTreeMap<String, usize>,
    pub(crate) fields: Fields,
}

/// The fields of an invoice line, which has a route but no records of its own.
#[derive(Debug, Deserialize)]
pub(crate) struct Shape {
    pub(crate) fields: Fields,
}

/// All resources, in the order of the node.
pub(crate) fn all() -> &'static [Resource] {
    &RESOURCES
}

/// A resource by its name in paths or in the node, letters of either case, as Halo's routes are.
pub(crate) fn find(name: &str) -> Option<&'static Resource> {
    RESOURCES.iter().find(|r| r.path.eq_ignore_ascii_case(name) || r.resource.eq_ignore_ascii_case(name))
}

pub(crate) fn invoice_line() -> &'static Shape {
    &INVOICE_LINE
}

macro_rules! resource_file {
    ($name:literal) => {
        serde_json::from_str(include_str!(concat!("../resources/", $name, ".json"))).expect(concat!(
            "resources/",
            $name,
            ".json is well-formed, as the tests check"
        ))
    };
}

static RESOURCES: LazyLock<Vec<Resource>> = LazyLock::new(|| {
    vec![
        resource_file!("agents"),
        resource_file!("assets"),
        resource_file!("client"),
        resource_file!("fieldInfo"),
        resource_file!("invoices"),
        resource_file!("sites"),
        resource_file!("tickets"),
        resource_file!("ticketStatuses"),
        resource_file!("ticketTypes"),
        resource_file!("timesheet"),
        resource_file!("timesheetEvent"),
        resource_file!("webhooks"),
        resource_file!("webhookEvents"),
    ]
});

static INVOICE_LINE: LazyLock<Shape> = LazyLock::new(|| resource_file!("invoiceLines"));
