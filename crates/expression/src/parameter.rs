//! Parameter values, compiled once.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value};

use crate::data;
use crate::evaluator::{Evaluated, Kind};
use crate::path::{BarePath, Found};
use crate::scope::Scope;
use crate::template::{self, Chunk, CompileError, Program};

/// A parameter value as it stands in a workflow, compiled: a constant, a template, or a list or object with templates
/// inside. Cheap to clone, and shared between threads.
#[derive(Debug, Clone)]
pub struct ParameterValue(pub(crate) Arc<Node>);

impl ParameterValue {
    /// Compiles a parameter value. A string that starts with `=` is an expression; keys of objects never are.
    #[must_use]
    pub fn compile(value: &Value) -> Self {
        Self(Arc::new(Node::compile(value)))
    }

    /// The value, if no expression is in it.
    #[must_use]
    pub fn as_constant(&self) -> Option<&Value> {
        match &*self.0 {
            Node::Constant(value) => Some(value),
            _ => None,
        }
    }

    /// Whether its expressions are all bare paths, as `{{ $json.a.b }}`: those seldom need an engine. A constant is bare.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        self.0.is_bare()
    }

    /// The value in a scope as [`Evaluator::evaluate`](crate::Evaluator::evaluate) gives it, found without an engine; none
    /// where only JavaScript can tell.
    #[must_use]
    pub fn evaluate_bare(&self, scope: &Scope) -> Option<Evaluated> {
        self.0.evaluate(scope, None, &mut |_, _| Err(())).ok()
    }
}

/// Evaluates a template that needs the engine; beside it is the object that it stands in.
type ByEngine<'f, E> = dyn FnMut(&Template, Option<&Arc<Value>>) -> Result<Evaluated, E> + 'f;

#[derive(Debug)]
pub(crate) enum Node {
    Constant(Value),
    Template(Arc<Template>),
    List(Vec<Node>),
    /// With the object as it is written, for `$parameter["&sibling"]`.
    Object(Vec<(String, Node)>, Arc<Value>),
}

impl Node {
    fn compile(value: &Value) -> Self {
        match value {
            Value::String(text) => match text.strip_prefix('=') {
                Some(template) => Self::template(template),
                None => Self::Constant(value.clone()),
            },
            Value::Array(items) => {
                let items: Vec<Self> = items.iter().map(Self::compile).collect();
                match items.iter().map(Self::constant).collect::<Option<Vec<_>>>() {
                    Some(values) => Self::Constant(Value::Array(values)),
                    None => Self::List(items),
                }
            }
            Value::Object(map) => {
                let entries: Vec<_> = map.iter().map(|(key, value)| (key.clone(), Self::compile(value))).collect();
                let constant = |(key, value): &(String, Self)| Some((key.clone(), value.constant()?));
                match entries.iter().map(constant).collect::<Option<Map<_, _>>>() {
                    Some(map) => Self::Constant(Value::Object(map)),
                    None => Self::Object(entries, Arc::new(value.clone())),
                }
            }
            other => Self::Constant(other.clone()),
        }
    }

    fn template(text: &str) -> Self {
        // Text without blocks needs no engine, unless n8n refuses it or rewrites its brackets.
        if !text.contains('{') && !text.contains("constructor") {
            return Self::Constant(Value::String(text.to_owned()));
        }
        Self::Template(Arc::new(Template::new(text)))
    }

    /// The value in a scope; `siblings` is the object that the node stands in.
    pub(crate) fn evaluate<E>(
        &self,
        scope: &Scope,
        siblings: Option<&Arc<Value>>,
        engine: &mut ByEngine<'_, E>,
    ) -> Result<Evaluated, E> {
        match self {
            Self::Constant(value) => Ok(Evaluated { value: Some(value.clone()), kind: Kind::of_json(value) }),
            Self::Template(template) => match template.fast.as_ref().and_then(|fast| fast.evaluate(scope)) {
                Some(evaluated) => Ok(evaluated),
                None => engine(template, siblings),
            },
            Self::List(items) => {
                let mut values = Vec::with_capacity(items.len());
                for item in items {
                    values.push(item.evaluate(scope, None, engine)?.value.unwrap_or(Value::Null));
                }
                Ok(Evaluated { value: Some(Value::Array(values)), kind: Kind::Array })
            }
            Self::Object(entries, siblings) => {
                let mut map = Map::with_capacity(entries.len());
                for (key, node) in entries {
                    if let Some(value) = node.evaluate(scope, Some(siblings), engine)?.value {
                        map.insert(key.clone(), value);
                    }
                }
                Ok(Evaluated { value: Some(Value::Object(map)), kind: Kind::Object })
            }
        }
    }

    fn is_bare(&self) -> bool {
        match self {
            Self::Constant(_) => true,
            Self::Template(template) => template.fast.is_some(),
            Self::List(items) => items.iter().all(Self::is_bare),
            Self::Object(entries, _) => entries.iter().all(|(_, node)| node.is_bare()),
        }
    }

    /// The value of a constant, which is not always as written: `=text` is `text`.
    fn constant(&self) -> Option<Value> {
        match self {
            Self::Constant(value) => Some(value.clone()),
            _ => None,
        }
    }
}

/// A template that has to be evaluated.
#[derive(Debug)]
pub(crate) struct Template {
    /// Tells templates apart in an engine's cache.
    pub(crate) id: u64,
    /// The text without its `=`.
    text: String,
    /// How the template is evaluated without the engine, where it can be.
    pub(crate) fast: Option<Fast>,
    program: OnceLock<Result<Program, CompileError>>,
}

/// A template that consists of bare paths and text alone.
#[derive(Debug)]
pub(crate) enum Fast {
    Whole(BarePath),
    Mixed(Vec<Part>),
}

#[derive(Debug)]
pub(crate) enum Part {
    Text(String),
    Path(BarePath),
}

impl Fast {
    /// The value of bare paths; none where the engine has to say.
    fn evaluate(&self, scope: &Scope) -> Option<Evaluated> {
        match self {
            Self::Whole(path) => Some(match path.follow(scope)? {
                Found::Value(value) => Evaluated { value: Some(plain(value)), kind: Kind::of_json(value) },
                Found::Length(length) => Evaluated { value: Some(Value::from(length)), kind: Kind::Number },
                Found::Undefined => Evaluated { value: None, kind: Kind::Undefined },
            }),
            Self::Mixed(parts) => {
                let mut text = String::new();
                for part in parts {
                    match part {
                        Part::Text(part) => text.push_str(part),
                        Part::Path(path) => match path.follow(scope)? {
                            Found::Value(value) => text.push_str(&text_of(value)?),
                            Found::Length(length) => text.push_str(&length.to_string()),
                            Found::Undefined => {}
                        },
                    }
                }
                Some(Evaluated { value: Some(Value::String(text)), kind: Kind::String })
            }
        }
    }
}

/// A value of an item as JSON.stringify writes it: there is no -0.
fn plain(value: &Value) -> Value {
    match value {
        Value::Number(number) if number.as_f64() == Some(0.0) => Value::from(0),
        other => other.clone(),
    }
}

/// A value inside text; objects and arrays are left to the engine.
fn text_of(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Null => Some("".into()),
        Value::String(text) => Some(text.as_str().into()),
        Value::Bool(_) | Value::Number(_) => Some(data::to_js_string(value).into()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

impl Template {
    pub(crate) fn new(text: &str) -> Self {
        static IDS: AtomicU64 = AtomicU64::new(0);
        let id = IDS.fetch_add(1, Ordering::Relaxed);
        Self { id, text: text.to_owned(), fast: fast(text), program: OnceLock::new() }
    }

    /// The compiled program. Compiling parses source from outside, so it happens on an engine's thread, whose stack
    /// is large.
    pub(crate) fn program(&self) -> &Result<Program, CompileError> {
        self.program.get_or_init(|| template::compile(&self.text))
    }
}

fn fast(text: &str) -> Option<Fast> {
    // Backslashes mean something to n8n's other splitting; templates with them take the long way.
    if text.contains('\\') {
        return None;
    }
    let chunks = template::split(text);
    if let [Chunk::Text(empty), Chunk::Code { source, .. }] = chunks.as_slice()
        && empty.is_empty()
    {
        return BarePath::parse(source).map(Fast::Whole);
    }
    let parts = chunks.into_iter().map(|chunk| match chunk {
        Chunk::Text(text) => Some(Part::Text(text)),
        Chunk::Code { source, .. } => BarePath::parse(&source).map(Part::Path),
    });
    let parts: Vec<Part> = parts.collect::<Option<_>>()?;
    let refused = parts.iter().any(|part| matches!(part, Part::Text(text) if text.contains("constructor")));
    (!refused).then_some(Fast::Mixed(parts))
}
