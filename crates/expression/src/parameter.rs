//! Parameter values, compiled once.

use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value};

use crate::path::BarePath;
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
}

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
