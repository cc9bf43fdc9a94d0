//! Choices that Halo knows: ticket types, ticket statuses, custom fields.

use futures::future::BoxFuture;
use nodehost_runtime::{ErrorCode, ItemError, LoadOptionsHook, OptionsAnswer, OptionsContext};
use serde_json::{Map, Value, json};

/// What is to be chosen from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Choices {
    TicketTypes,
    TicketStatuses,
    /// Those of the resource that is chosen.
    CustomFields,
}

impl LoadOptionsHook for Choices {
    fn call<'a>(&'a self, context: &'a OptionsContext) -> BoxFuture<'a, Result<OptionsAnswer, ItemError>> {
        Box::pin(self.load(context))
    }
}

impl Choices {
    async fn load(self, context: &OptionsContext) -> Result<OptionsAnswer, ItemError> {
        let Some(request) = self.request(&context.parameters) else { return Ok(OptionsAnswer::default()) };
        let answer = context.request(&request).await?.body.to_value();
        let entries = match &answer {
            Value::Array(entries) => entries,
            Value::Object(map) => map.values().find_map(Value::as_array).ok_or_else(|| unexpected(&answer))?,
            _ => return Err(unexpected(&answer)),
        };
        let wanted = context.filter.as_deref().unwrap_or_default().to_lowercase();
        let mut options: Vec<(String, Value)> = entries.iter().filter_map(option).collect();
        options.retain(|(name, _)| name.to_lowercase().contains(&wanted));
        options.sort_by_cached_key(|(name, _)| name.to_lowercase());
        let options = options.into_iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        Ok(OptionsAnswer { options, pagination_token: None })
    }

    /// The request that lists them; none where the resource has no custom fields.
    fn request(self, parameters: &Map<String, Value>) -> Option<Map<String, Value>> {
        let (url, query) = match self {
            Self::TicketTypes => ("/TicketType", json!({})),
            Self::TicketStatuses => ("/Status", json!({})),
            Self::CustomFields => {
                let kind = match parameters.get("resource")?.as_str()? {
                    "tickets" => 1,
                    "client" => 2,
                    "sites" => 3,
                    "assets" => 5,
                    _ => return None,
                };
                ("/FieldInfo", json!({ "typeid": kind }))
            }
        };
        json!({ "method": "GET", "url": url, "qs": query }).as_object().cloned()
    }
}

/// An entry with an id and a name; Halo has some without, which nobody can choose.
fn option(entry: &Value) -> Option<(String, Value)> {
    let id = entry.get("id").filter(|id| id.as_f64().is_some_and(|id| id != 0.0) || id.is_string())?;
    let text = |key: &str| entry.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let name = text("label").or_else(|| text("name"))?;
    Some((name.to_owned(), id.clone()))
}

fn unexpected(answer: &Value) -> ItemError {
    let message = "Halo answered something else than a list";
    let mut error = ItemError::operation(ErrorCode::InvalidResponse, message);
    error.description = Some(answer.to_string().chars().take(300).collect());
    error
}
