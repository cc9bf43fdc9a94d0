use serde_json::{Map, Value};

use super::Fields;

/// What expressions see besides the items, in n8n's own shapes; every part is optional.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Context {
    /// The workflow around the node.
    pub workflow: Option<WorkflowInfo>,
    /// What the nodes before it produced, by node name.
    pub run_data: Option<Map<String, Value>>,
    /// The node the expressions belong to (of `/v1/expressions`; an execution has its own).
    pub active_node: Option<String>,
    /// Where the items come from.
    pub input: Option<InputSource>,
    /// The run index.
    pub run_index: usize,
    /// n8n's mode: `trigger`, `manual`, `webhook`, ...
    pub mode: Option<String>,
    /// The execution's id.
    pub execution_id: Option<String>,
    /// `$vars`.
    pub vars: Map<String, Value>,
    /// Where the clock stands, ISO 8601; default: it runs.
    pub now: Option<String>,
    /// The default time zone.
    pub timezone: Option<String>,
    /// `$execution.resumeUrl`.
    pub resume_url: Option<String>,
    /// `$execution.resumeFormUrl`.
    pub resume_form_url: Option<String>,
}

/// n8n's workflow.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WorkflowInfo {
    /// `$workflow.id`.
    pub id: Option<String>,
    /// `$workflow.name`.
    pub name: Option<String>,
    /// `$workflow.active`.
    pub active: bool,
    /// The nodes.
    pub nodes: Vec<Value>,
    /// The connections by source node.
    pub connections: Map<String, Value>,
    /// The settings, of which `timezone` is read.
    pub settings: Map<String, Value>,
}

/// Where a node's items come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputSource {
    /// The node before.
    pub previous_node: String,
    /// Its output.
    pub previous_node_output: usize,
    /// Its run.
    pub previous_node_run: usize,
}

impl Default for InputSource {
    fn default() -> Self {
        Self { previous_node: "Input".to_owned(), previous_node_output: 0, previous_node_run: 0 }
    }
}

impl Context {
    /// Reads a context where it stands.
    pub(crate) fn read(mut fields: Fields<'_>) -> Self {
        let context = Self::read_known(&mut fields);
        fields.finish();
        context
    }

    /// Reads what every context may have, and leaves the rest to the caller.
    pub(crate) fn read_known(fields: &mut Fields<'_>) -> Self {
        Self {
            workflow: fields.nested("workflow", WorkflowInfo::read),
            run_data: fields.object("runData"),
            active_node: fields.string("activeNode"),
            input: fields.nested("input", InputSource::read),
            run_index: index(fields, "runIndex", MAX_INDEX),
            mode: fields.string("mode"),
            execution_id: fields.string("executionId"),
            vars: fields.object("vars").unwrap_or_default(),
            now: fields.string("now"),
            timezone: fields.string("timezone"),
            resume_url: fields.string("resumeUrl"),
            resume_form_url: fields.string("resumeFormUrl"),
        }
    }
}

impl WorkflowInfo {
    fn read(mut fields: Fields<'_>) -> Self {
        // A workflow is taken as n8n saves it, with whatever else it carries.
        Self {
            id: fields.string("id"),
            name: fields.string("name"),
            active: fields.boolean("active").unwrap_or_default(),
            nodes: fields.list("nodes").unwrap_or_default(),
            connections: fields.object("connections").unwrap_or_default(),
            settings: fields.object("settings").unwrap_or_default(),
        }
    }
}

impl InputSource {
    fn read(mut fields: Fields<'_>) -> Self {
        let source = Self {
            previous_node: fields.string("previousNode").unwrap_or_else(|| "Input".to_owned()),
            previous_node_output: index(&mut fields, "previousNodeOutput", MAX_OUTPUT),
            previous_node_run: index(&mut fields, "previousNodeRun", MAX_INDEX),
        };
        fields.finish();
        source
    }
}

/// The outputs of a node up to this one are held, empty ones, too.
const MAX_OUTPUT: u64 = 1000;
const MAX_INDEX: u64 = u32::MAX as u64;

fn index(fields: &mut Fields<'_>, key: &'static str, most: u64) -> usize {
    fields.integer(key, 0..=most).and_then(|n| usize::try_from(n).ok()).unwrap_or_default()
}
