//! What a simulated Halo holds: records, tokens, faults, the log.

use std::collections::BTreeMap;
use std::time::Instant;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::config::SimulatorConfig;
use crate::fault::Fault;
use crate::log::LoggedRequest;
use crate::resource::{IdType, Resource};

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) config: SimulatorConfig,
    pub(crate) log: Vec<LoggedRequest>,
    pub(crate) faults: Vec<Fault>,
    /// Tokens issued, with when they stop being valid.
    pub(crate) tokens: BTreeMap<String, Instant>,
    pub(crate) token_requests: usize,
    /// Start of the current window of the rate limit, and the requests in it.
    pub(crate) window: (Instant, usize),
    records: BTreeMap<&'static str, Records>,
}

/// The records of a resource by id, in the order they were made.
#[derive(Debug, Default)]
pub(crate) struct Records {
    by_id: IndexMap<String, Value>,
    last_id: u64,
}

impl State {
    pub(crate) fn new(config: SimulatorConfig) -> Self {
        Self {
            config,
            log: Vec::new(),
            faults: Vec::new(),
            tokens: BTreeMap::new(),
            token_requests: 0,
            window: (Instant::now(), 0),
            records: BTreeMap::new(),
        }
    }

    pub(crate) fn records(&mut self, resource: &'static Resource) -> &mut Records {
        self.records.entry(&resource.path).or_default()
    }
}

impl Records {
    pub(crate) fn all(&self) -> impl Iterator<Item = &Value> {
        self.by_id.values()
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Value> {
        self.by_id.get(&key(id))
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Value> {
        self.by_id.get_mut(&key(id))
    }

    pub(crate) fn remove(&mut self, id: &str) -> Option<Value> {
        self.by_id.shift_remove(&key(id))
    }

    /// Adds a record under a new id and returns it as stored: id first, then the fields in their order.
    pub(crate) fn insert(&mut self, id_type: IdType, fields: Map<String, Value>) -> Value {
        self.last_id += 1;
        let id = match id_type {
            IdType::Integer => Value::from(self.last_id),
            IdType::Uuid => Value::from(format!("{:08x}-0000-4000-8000-{:012x}", self.last_id, self.last_id)),
        };
        self.insert_as(id, fields)
    }

    /// Adds a record under the id given.
    pub(crate) fn insert_as(&mut self, id: Value, mut fields: Map<String, Value>) -> Value {
        if let Some(number) = id.as_u64() {
            self.last_id = self.last_id.max(number);
        }
        let id_key = id_text(&id).unwrap_or_default();
        let mut record = Map::from_iter([("id".to_owned(), id)]);
        fields.shift_remove("id");
        record.extend(fields);
        let record = Value::Object(record);
        self.by_id.insert(key(&id_key), record.clone());
        record
    }
}

/// The id of a posted record as text; none where it asks for a new one (missing, null, empty, 0 or negative).
pub(crate) fn id_text(id: &Value) -> Option<String> {
    match id {
        Value::Number(number) => number.as_i64().filter(|n| *n > 0).map(|n| n.to_string()),
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        _ => None,
    }
}

fn key(id: &str) -> String {
    id.to_ascii_lowercase()
}
