//! `POST /v1/nodes/{type}/options`: the choices of a property, from its descriptor, a request or a hook.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::future::BoxFuture;
use nodehost_descriptor::{NodeDescriptor, Options, Property};
use nodehost_expression::{Items, NodeContext};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Host, start};
use crate::caller::Caller;
use crate::declarative::{Answer, Declarative, RequestOptions, Requests, RoutingPlan};
use crate::egress::Tally;
use crate::execution::{Flight, Job, Work};
use crate::parameters::{self, Checked};
use crate::request::Fields;
use crate::scopes::{self, ScopeMaker};
use crate::{Context, CredentialRef, ErrorCode, Item, ItemError, Refusal, Validation};

/// Which choices are wanted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OptionsRequest {
    /// The version of the type; default: the descriptor's own.
    pub type_version: Option<f64>,
    /// The parameters so far.
    pub parameters: Map<String, Value>,
    /// The credentials by type.
    pub credentials: BTreeMap<String, CredentialRef>,
    /// The property, as a path: `additionalFields.status_id`.
    pub property: String,
    /// The mode of a resource locator; default `list`.
    pub mode: Option<String>,
    /// What the user typed.
    pub filter: Option<String>,
    /// Where the last answer left off.
    pub pagination_token: Option<Value>,
}

/// The choices.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OptionsAnswer {
    /// n8n's options: `{name, value, description?, url?}`.
    pub options: Vec<Value>,
    /// Where to go on, if there is more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pagination_token: Option<Value>,
}

/// `typeOptions.loadOptionsMethod` and `searchListMethod`: loads choices. Called once for each request of a client;
/// must not block.
pub trait LoadOptionsHook: Send + Sync + 'static {
    /// Gives the choices.
    fn call<'a>(&'a self, context: &'a OptionsContext) -> BoxFuture<'a, Result<OptionsAnswer, ItemError>>;
}

/// What a hook that loads choices knows.
pub struct OptionsContext {
    /// The parameters so far, with defaults.
    pub parameters: Map<String, Value>,
    /// What the user typed.
    pub filter: Option<String>,
    /// Where the last answer left off.
    pub pagination_token: Option<Value>,
    caller: Arc<Caller>,
    base: RequestOptions,
}

impl OptionsContext {
    /// Sends a request with the node's credential, over its `requestDefaults`.
    pub async fn request(&self, options: &Map<String, Value>) -> Result<Answer, ItemError> {
        let mut request = self.base.clone();
        request.merge(RequestOptions::from(options.clone()));
        self.caller.call(&request, &Flight::default(), true).await
    }
}

impl OptionsRequest {
    /// Reads the request.
    pub fn from_value(value: Value) -> Result<Self, Refusal> {
        let mut errors = Vec::new();
        let mut fields = Fields::new(value, "", &mut errors);
        let property = fields.string("property");
        let request = Self {
            type_version: fields.read("typeVersion", "a number", |value| value.as_f64()),
            parameters: fields.object("parameters").unwrap_or_default(),
            credentials: fields.nested_map("credentials", CredentialRef::read),
            property: fields.require("property", property).unwrap_or_default(),
            mode: fields.string("mode"),
            filter: fields.string("filter"),
            pagination_token: fields.take("paginationToken"),
        };
        fields.finish();
        if errors.is_empty() { Ok(request) } else { Err(Refusal::of(ErrorCode::Malformed, errors)) }
    }
}

/// Where the choices of a property come from.
enum Origin {
    Listed(Vec<Value>),
    Hook(String),
    Routing(Value),
}

impl Host {
    /// The choices of a property.
    pub async fn options(&self, node_type: &str, request: OptionsRequest) -> Result<OptionsAnswer, Refusal> {
        self.load_options(node_type, request).await.map_err(Refusal::in_node)
    }

    async fn load_options(&self, node_type: &str, request: OptionsRequest) -> Result<OptionsAnswer, Refusal> {
        let found = self.inner.registry.find(node_type, request.type_version)?;
        let version = found.entry.compiled()?.version(found.version);
        let descriptor = Arc::clone(version.descriptor());
        let complete = parameters::complete(&version, &request.parameters)?;
        let unknown = || {
            let message = format!("{} has no choices to load for \"{}\"", descriptor.display_name, request.property);
            Refusal::at("/property", ErrorCode::UnknownProperty, message)
        };
        let property = find(&descriptor, &complete, version.type_version(), &request.property).ok_or_else(unknown)?;
        let origin = match origin(property, request.mode.as_deref().unwrap_or("list")).ok_or_else(unknown)? {
            Origin::Listed(options) => {
                return Ok(OptionsAnswer {
                    options: filtered(options, request.filter.as_deref()),
                    pagination_token: None,
                });
            }
            origin => origin,
        };
        let (checked, _) = Checked::new(Arc::clone(&version), &complete, &complete, Validation::Off)?;
        let checked = Arc::new(checked);
        let credential = start::credential(
            self,
            (&descriptor, found.entry.source.package()),
            &checked,
            &complete,
            &request.credentials,
        )
        .await?;
        let node = Arc::new(NodeContext {
            name: descriptor.display_name.clone(),
            node_type: found.node_type.to_owned(),
            type_version: found.version,
            parameters: Arc::new(Value::Object(complete.clone())),
            ..NodeContext::default()
        });
        let workflow = scopes::workflow(&Context::default(), &node, &self.inner.timezone, None)?;
        let exposed = credential.as_ref().map(start::exposed);
        let scopes = Arc::new(ScopeMaker::new(Arc::new(workflow), node, 0, None, exposed));
        let routing = match &origin {
            Origin::Routing(routing) => routing.clone(),
            _ => Value::Object(Map::new()),
        };
        let mut plan = RoutingPlan::of_routing(&checked, &routing)?;
        let urls = start::node_urls(self, &mut plan, &scopes).await;
        let credential = credential.map(|credential| credential.with_node_urls(&urls));
        let caller = Arc::new(Caller {
            credentials: self.inner.credentials.clone(),
            credential,
            transport_retries: start::TRANSPORT_RETRIES,
            deadline: None,
            tally: Arc::new(Tally::default()),
            label: Arc::from(found.node_type),
            notes: Arc::default(),
        });
        let item = Arc::new(serde_json::json!({"json": {}, "pairedItem": {"item": 0}}));
        let job = Job { index: 0, items: Items::Batch(Arc::from([Arc::clone(&item)])), item };
        let work = Declarative {
            requests: Arc::new(Requests::new(plan, checked, &scopes.of(&job))),
            scopes,
            engine: self.inner.engine.clone(),
            caller: Arc::clone(&caller),
            hooks: Arc::clone(&self.inner.hooks),
            stops: true,
        };
        let ready = work.prepare(vec![job.clone()]).await.pop().expect("one item, one result").map_err(failed)?;
        match origin {
            Origin::Hook(name) => {
                let hook = self.inner.hooks.load_options.get(&name).ok_or_else(|| {
                    Refusal::at("/property", ErrorCode::NotExecutable, format!("This host has no hook \"{name}\""))
                })?;
                let base = ready.into_options();
                let context = OptionsContext {
                    parameters: complete,
                    filter: request.filter,
                    pagination_token: request.pagination_token,
                    caller,
                    base,
                };
                hook.call(&context).await.map_err(failed)
            }
            _ => {
                let outputs = work.run(&job, ready, &Flight::default()).await.map_err(failed)?;
                let items = outputs.into_values().flatten();
                let options = items.filter_map(|item: Item| item.json).collect();
                Ok(OptionsAnswer { options: filtered(options, request.filter.as_deref()), pagination_token: None })
            }
        }
    }
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn failed(error: ItemError) -> Refusal {
    let message = match &error.description {
        Some(description) => format!("{}: {description}", error.message),
        None => error.message.clone(),
    };
    Refusal::at("/property", error.code, message)
}

/// The property at a path, shown with these parameters where several share the name.
fn find<'d>(
    descriptor: &'d NodeDescriptor,
    complete: &Map<String, Value>,
    version: f64,
    path: &str,
) -> Option<&'d Property> {
    let shown = |property: &&Property| {
        let options = property.display_options.as_ref();
        nodehost_parameters::is_displayed(options, complete, complete, Some((descriptor, version))).unwrap_or(true)
    };
    let mut segments = path.split('.').map(|segment| segment.split('[').next().unwrap_or(segment));
    let first = segments.next()?;
    let named = || descriptor.properties.iter().filter(move |property| property.name == first);
    let mut property = named().find(shown).or_else(|| named().next())?;
    let mut group = None;
    for segment in segments {
        if let Some(values) = group.take() {
            let values: &'d [Property] = values;
            property = values.iter().find(|inner| inner.name == segment)?;
            continue;
        }
        match &property.options {
            Options::Properties(inner) => property = inner.iter().find(|inner| inner.name == segment)?,
            Options::Groups(groups) => {
                group = Some(groups.iter().find(|inner| inner.name == segment)?.values.as_deref()?);
            }
            _ => return None,
        }
    }
    Some(property)
}

fn origin(property: &Property, mode: &str) -> Option<Origin> {
    let hook = |value: Option<&Value>| value.and_then(Value::as_str).map(|name| Origin::Hook(name.to_owned()));
    if let Some(modes) = &property.modes {
        let options = modes.iter().find(|known| known.name == mode)?.extra.get("typeOptions")?;
        return hook(options.get("searchListMethod"));
    }
    if let Some(hook) = hook(property.type_options.get("loadOptionsMethod")) {
        return Some(hook);
    }
    if let Some(routing) = property.type_options.get("loadOptions").and_then(|options| options.get("routing")) {
        return Some(Origin::Routing(routing.clone()));
    }
    let Options::Choices(choices) = &property.options else { return None };
    let option = |choice: &nodehost_descriptor::Choice| {
        let mut map = Map::new();
        map.insert("name".to_owned(), Value::from(choice.name.clone()));
        map.insert("value".to_owned(), choice.value.clone().unwrap_or(Value::Null));
        if let Some(description) = choice.extra.get("description") {
            map.insert("description".to_owned(), description.clone());
        }
        Value::Object(map)
    };
    Some(Origin::Listed(choices.iter().map(option).collect()))
}

/// The options whose name holds what the user typed.
fn filtered(options: Vec<Value>, filter: Option<&str>) -> Vec<Value> {
    let Some(filter) = filter.map(str::to_lowercase).filter(|filter| !filter.is_empty()) else { return options };
    let matches = |option: &Value| {
        option
            .get("name")
            .is_some_and(|name| nodehost_expression::data::to_js_string(name).to_lowercase().contains(&filter))
    };
    options.into_iter().filter(matches).collect()
}
