use anyhow::Result;
use clap::{Args, Subcommand};
use comfy_table::Table;
use nodehost_runtime::Host;
use serde_json::Value;

use crate::exit::Exit;
use crate::settings::{ConfigFile, HostSettings};
use crate::table::table;

/// List the nodes there are, or show one
#[derive(Args)]
#[command(after_help = "\
Examples:
  nodehost nodes list
  nodehost nodes show haloPsa
  nodehost nodes show haloPsa --json > node.json
  nodehost nodes list --nodes ./my-nodes")]
pub(crate) struct Nodes {
    #[command(subcommand)]
    command: NodesCommand,
}

#[derive(Subcommand)]
enum NodesCommand {
    /// List the nodes
    List {
        #[command(flatten)]
        file: ConfigFile,
        #[command(flatten)]
        host: HostSettings,
    },
    /// Show a node: its credentials, resources and operations
    Show {
        /// The node's type, or the name after the package where only one has it
        #[arg(value_name = "TYPE")]
        node: String,
        /// The version; default: the node's own
        #[arg(long = "version", value_name = "VERSION")]
        node_version: Option<f64>,
        /// Print the descriptor instead, as GET /v1/nodes/{type} has it
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        file: ConfigFile,
        #[command(flatten)]
        host: HostSettings,
    },
}

impl Nodes {
    pub(crate) fn run(self) -> Result<Exit> {
        match self.command {
            NodesCommand::List { file, host } => {
                println!("{}", list(&crate::host::build(&host.with_file(&file)?)?));
                Ok(Exit::Success)
            }
            NodesCommand::Show { node, node_version, json, file, host } => {
                let host = crate::host::build(&host.with_file(&file)?)?;
                show(&host, &node, node_version, json)
            }
        }
    }
}

fn list(host: &Host) -> Table {
    let mut table = table(["type", "versions", "kind", "description"]);
    for node in host.nodes() {
        let versions = node.versions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let kind = serde_json::to_value(node.kind).ok();
        let kind = kind.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
        table.add_row([node.node_type, versions, kind, node.description]);
    }
    table
}

fn show(host: &Host, node: &str, version: Option<f64>, json: bool) -> Result<Exit> {
    let text = match host.descriptor(node, version) {
        Ok(text) => text,
        Err(refusal) => {
            eprintln!("refused ({}): {refusal}", refusal.code);
            return Ok(Exit::Refused);
        }
    };
    if json {
        println!("{text}");
        return Ok(Exit::Success);
    }
    let descriptor: Value = serde_json::from_str(text)?;
    println!("{}: {}", word(&descriptor["displayName"]), word(&descriptor["description"]));
    for credential in list_of(&descriptor["credentials"]) {
        let required = if credential["required"] == true { "required" } else { "optional" };
        println!("Credential: {} ({required})", word(&credential["name"]));
    }
    let mut operations = table(["resource", "operations"]);
    for (resource, names) in operations_by_resource(&descriptor) {
        operations.add_row([resource, names.join(", ")]);
    }
    println!("{operations}");
    Ok(Exit::Success)
}

/// The operations of each resource; those of a node without resources stand under an empty name.
fn operations_by_resource(descriptor: &Value) -> Vec<(String, Vec<String>)> {
    let properties = list_of(&descriptor["properties"]);
    let named = |name: &'static str| properties.iter().filter(move |property| property["name"] == name);
    let resources: Vec<String> = named("resource").flat_map(values).collect();
    let operations_of = |resource: &str| -> Vec<String> {
        let of_resource = named("operation").filter(|property| {
            let shown = &property["displayOptions"]["show"]["resource"];
            shown.is_null() || list_of(shown).iter().any(|value| value == resource)
        });
        of_resource.flat_map(values).collect()
    };
    if resources.is_empty() {
        let operations = operations_of("");
        return if operations.is_empty() { Vec::new() } else { vec![(String::new(), operations)] };
    }
    resources.into_iter().map(|resource| (resource.clone(), operations_of(&resource))).collect()
}

fn values(property: &Value) -> Vec<String> {
    list_of(&property["options"]).iter().map(|option| word(&option["value"])).collect()
}

fn list_of(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn operations_stand_with_their_resource() {
        let operation = |resource: &str, names: &[&str]| {
            let options: Vec<_> = names.iter().map(|name| json!({ "name": name, "value": name })).collect();
            json!({ "name": "operation", "displayOptions": { "show": { "resource": [resource] } }, "options": options })
        };
        let resources = json!({ "name": "resource", "options": [{ "value": "a" }, { "value": "b" }] });
        let node = json!({ "properties": [resources, operation("a", &["get", "create"]), operation("b", &["run"])] });
        let expected =
            [("a".to_owned(), vec!["get".to_owned(), "create".to_owned()]), ("b".to_owned(), vec!["run".to_owned()])];
        assert_eq!(operations_by_resource(&node), expected);
        assert_eq!(operations_by_resource(&json!({ "properties": [] })), []);
    }
}
