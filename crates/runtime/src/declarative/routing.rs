//! What a descriptor's `routing` says, read once.

use std::sync::Arc;

use nodehost_expression::{ParameterValue, reads_only};
use serde_json::{Map, Value};

use super::build::truthy;

/// The `routing` of a property or an option.
#[derive(Debug, Default)]
pub(crate) struct Routing {
    /// Options to set, by name.
    pub(crate) request: Vec<(String, Setting)>,
    /// Where the value goes.
    pub(crate) send: Option<Send>,
    /// What becomes of the answer.
    pub(crate) output: Output,
    /// `operations`, over those of the descriptor.
    pub(crate) operations: Map<String, Value>,
    /// Whether any of it has to be evaluated before the request is sent.
    pub(crate) is_dynamic: bool,
}

/// A value of the descriptor: a constant, or expressions.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    pub(crate) value: ParameterValue,
    /// An object or list with keys, whatever they turn out to hold.
    pub(crate) has_keys: bool,
    /// Expressions that look at nothing but `$credentials` and `$version`: the same for a whole execution.
    pub(crate) of_credential: bool,
    /// Expressions that look at no item but the current one.
    pub(super) reads_current: bool,
}

impl Setting {
    pub(crate) fn new(value: &Value) -> Self {
        let has_keys = value.as_object().is_some_and(|map| !map.is_empty());
        let compiled = ParameterValue::compile(value);
        let of_credential = compiled.as_constant().is_none() && is_of_credential(value);
        Self { value: compiled, has_keys, of_credential, reads_current: reads_current(value) }
    }
}

/// Whether the expressions in a value can only look at `$credentials` and `$version`, and say the same at any time.
fn is_of_credential(value: &Value) -> bool {
    const MORE: [&str; 6] = ["Date", "Duration", "Interval", "Math", "random", "now"];
    fn varies(value: &Value) -> bool {
        match value {
            Value::String(text) => MORE.iter().any(|name| text.contains(name)),
            Value::Array(list) => list.iter().any(varies),
            Value::Object(map) => map.values().any(varies),
            _ => false,
        }
    }
    reads_only(value, &["credentials", "version"]) && !varies(value)
}

/// Whether the expressions in a value, of a user or of a descriptor, look at no item but the current one.
pub(crate) fn reads_current(value: &Value) -> bool {
    const NAMES: [&str; 16] = [
        "json",
        "binary",
        "itemIndex",
        "runIndex",
        "parameter",
        "value",
        "version",
        "credentials",
        "response",
        "responseItem",
        "request",
        "pageCount",
        "index",
        "parent",
        "now",
        "today",
    ];
    reads_only(value, &NAMES)
}

/// `routing.send`.
#[derive(Debug, Default)]
pub(crate) struct Send {
    pub(crate) property: Option<Setting>,
    pub(crate) value: Option<Setting>,
    pub(crate) in_body: bool,
    pub(crate) dotted: bool,
    pub(crate) paginate: Option<Setting>,
    pub(crate) pre_send: Vec<String>,
}

/// `routing.output`.
#[derive(Debug, Default)]
pub(crate) struct Output {
    pub(crate) max_results: Option<Setting>,
    pub(crate) post_receive: Vec<Enabled>,
}

/// An action with its condition.
#[derive(Debug)]
pub(crate) struct Enabled {
    /// `None`: always.
    pub(crate) condition: Option<Setting>,
    pub(crate) action: Arc<Action>,
}

/// What is done to the items of an answer.
#[derive(Debug)]
pub(crate) enum Action {
    RootProperty(String),
    Filter(Setting),
    Limit(Setting),
    Set(Setting),
    SetKeyValue(Vec<(String, Setting)>),
    Sort(String),
    BinaryData(Setting),
    Hook(String),
    /// A type n8n does not know leaves no items.
    Unknown,
}

/// A function stood here, and was lost when the descriptor became JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LostFunction(pub(crate) &'static str);

impl Routing {
    pub(crate) fn read(routing: &Value) -> Result<Self, LostFunction> {
        let object = |key: &str| routing.get(key).and_then(Value::as_object);
        let request = object("request").into_iter().flatten();
        let mut routing = Self {
            request: request.map(|(key, value)| (key.clone(), Setting::new(value))).collect(),
            send: object("send").map(Send::read).transpose()?,
            output: object("output").map(Output::read).transpose()?.unwrap_or_default(),
            operations: object("operations").cloned().unwrap_or_default(),
            is_dynamic: false,
        };
        let is_dynamic = routing.evaluated().any(|setting| setting.value.as_constant().is_none());
        routing.is_dynamic = is_dynamic;
        Ok(routing)
    }

    /// Whether nothing here looks at items other than the current one.
    pub(crate) fn reads_current(&self) -> bool {
        let actions = self.output.post_receive.iter().flat_map(|enabled| enabled.action.settings());
        self.evaluated().chain(actions).all(|setting| setting.reads_current)
            && self.operations.values().all(reads_current)
    }

    /// Whether bare paths are all that has to be evaluated before the request is sent.
    pub(crate) fn is_bare(&self) -> bool {
        self.evaluated().all(|setting| setting.value.is_bare())
    }

    /// What is evaluated before the request is sent.
    fn evaluated(&self) -> impl Iterator<Item = &Setting> {
        let sends = self.send.iter().flat_map(|send| [&send.property, &send.value, &send.paginate]).flatten();
        let request = self.request.iter().map(|(_, setting)| setting);
        let conditions = self.output.post_receive.iter().filter_map(|action| action.condition.as_ref());
        sends.chain(request).chain(&self.output.max_results).chain(conditions)
    }
}

impl Send {
    /// The part of the request that the value goes to.
    pub(crate) fn part(&self) -> &'static str {
        if self.in_body { "body" } else { "qs" }
    }

    fn read(send: &Map<String, Value>) -> Result<Self, LostFunction> {
        let truthy_setting = |key: &str| send.get(key).filter(|value| truthy(Some(value))).map(Setting::new);
        Ok(Self {
            property: send.get("property").map(Setting::new),
            value: truthy_setting("value"),
            in_body: send.get("type").and_then(Value::as_str) == Some("body"),
            dotted: send.get("propertyInDotNotation") != Some(&Value::Bool(false)),
            paginate: send.get("paginate").map(Setting::new),
            pre_send: hooks(send.get("preSend"), "preSend")?,
        })
    }
}

fn hooks(list: Option<&Value>, place: &'static str) -> Result<Vec<String>, LostFunction> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.map(|name| name.as_str().map(str::to_owned).ok_or(LostFunction(place))).collect()
}

impl Output {
    fn read(output: &Map<String, Value>) -> Result<Self, LostFunction> {
        let actions = output.get("postReceive").and_then(Value::as_array).into_iter().flatten();
        Ok(Self {
            max_results: output.get("maxResults").map(Setting::new),
            post_receive: actions.filter_map(|action| Enabled::read(action).transpose()).collect::<Result<_, _>>()?,
        })
    }
}

impl Enabled {
    fn read(action: &Value) -> Result<Option<Self>, LostFunction> {
        let condition = match action.get("enabled") {
            Some(Value::Bool(false)) => return Ok(None),
            Some(Value::String(text)) if text.starts_with('=') => Some(Setting::new(&Value::String(text.clone()))),
            _ => None,
        };
        Ok(Some(Self { condition, action: Arc::new(Action::read(action)?) }))
    }
}

impl Action {
    fn read(action: &Value) -> Result<Self, LostFunction> {
        if let Value::String(hook) = action {
            return Ok(Self::Hook(hook.clone()));
        }
        let Value::Object(map) = action else { return Err(LostFunction("postReceive")) };
        let none = Map::new();
        let properties = map.get("properties").and_then(Value::as_object).unwrap_or(&none);
        let setting = |key: &str| Setting::new(properties.get(key).unwrap_or(&Value::Null));
        let text = |key: &str| properties.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(match map.get("type").and_then(Value::as_str).unwrap_or_default() {
            "rootProperty" => Self::RootProperty(text("property")),
            "filter" => Self::Filter(setting("pass")),
            "limit" => Self::Limit(setting("maxResults")),
            "set" => Self::Set(setting("value")),
            "setKeyValue" => {
                Self::SetKeyValue(properties.iter().map(|(key, value)| (key.clone(), Setting::new(value))).collect())
            }
            "sort" => Self::Sort(text("key")),
            "binaryData" => Self::BinaryData(setting("destinationProperty")),
            _ => Self::Unknown,
        })
    }

    /// Whether an expression has to be evaluated.
    pub(crate) fn needs_engine(&self) -> bool {
        self.settings().iter().any(|setting| setting.value.as_constant().is_none())
    }

    fn settings(&self) -> Vec<&Setting> {
        match self {
            Self::Filter(setting) | Self::Limit(setting) | Self::Set(setting) | Self::BinaryData(setting) => {
                vec![setting]
            }
            Self::SetKeyValue(entries) => entries.iter().map(|(_, setting)| setting).collect(),
            Self::RootProperty(_) | Self::Sort(_) | Self::Hook(_) | Self::Unknown => Vec::new(),
        }
    }
}
