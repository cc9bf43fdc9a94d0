use anyhow::Result;
use clap::{Args, Subcommand};
use comfy_table::Table;
use nodehost_parameters::nearest;
use nodehost_runtime::{Host, ParametersRequest};
use serde_json::Value;

use super::run::refused_of;
use crate::exit::Exit;
use crate::out::say;
use crate::settings::{ConfigFile, HostSettings};
use crate::table::table;

/// List the nodes there are, or show one
#[derive(Args)]
#[command(after_help = "\
Examples:
  nodehost nodes list
  nodehost nodes show haloPsa
  nodehost nodes show haloPsa --resource webhooks --operation create
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
    /// Show a node: its credentials, resources and operations, or the parameters of an operation
    Show {
        /// The node's type, or the name after the package where only one has it
        #[arg(value_name = "TYPE")]
        node: String,
        /// The version; default: the node's own
        #[arg(long = "version", value_name = "VERSION")]
        node_version: Option<f64>,
        /// Show the parameters of this resource
        #[arg(long, conflicts_with = "json")]
        resource: Option<String>,
        /// Show the parameters of this operation
        #[arg(long, conflicts_with = "json")]
        operation: Option<String>,
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
                say!("{}", list(&crate::host::build(&host.with_file(&file)?)?))?;
                Ok(Exit::Success)
            }
            NodesCommand::Show { node, node_version, resource, operation, json, file, host } => {
                let host = crate::host::build(&host.with_file(&file)?)?;
                let chosen: Chosen = [("resource", resource), ("operation", operation)];
                if chosen.iter().all(|(_, value)| value.is_none()) {
                    return show(&host, &node, node_version, json);
                }
                show_parameters(&host, &node, node_version, &chosen)
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
            return Ok(refused_of(host, node, &refusal));
        }
    };
    if json {
        say!("{text}")?;
        return Ok(Exit::Success);
    }
    let descriptor: Value = serde_json::from_str(text)?;
    say!("{}: {}", word(&descriptor["displayName"]), word(&descriptor["description"]))?;
    for credential in list_of(&descriptor["credentials"]) {
        let required = if credential["required"] == true { "required" } else { "optional" };
        say!("Credential: {} ({required})", word(&credential["name"]))?;
    }
    let mut operations = table(["resource", "operations"]);
    for (resource, names) in operations_by_resource(&descriptor) {
        operations.add_row([resource, names.join(", ")]);
    }
    say!("{operations}")?;
    Ok(Exit::Success)
}

/// The values that choose an operation.
type Chosen = [(&'static str, Option<String>); 2];

/// The parameters that apply to a resource and an operation.
fn show_parameters(host: &Host, node: &str, version: Option<f64>, chosen: &Chosen) -> Result<Exit> {
    let given = chosen.iter().filter_map(|(name, value)| Some(((*name).to_owned(), Value::from(value.clone()?))));
    let parameters = given.collect();
    let request = ParametersRequest { type_version: version, parameters, ..ParametersRequest::default() };
    let (text, answer) =
        match host.descriptor(node, version).and_then(|text| Ok((text, host.parameters(node, &request)?))) {
            Ok(known) => known,
            Err(refusal) => return Ok(refused_of(host, node, &refusal)),
        };
    let descriptor: Value = serde_json::from_str(text)?;
    let properties = list_of(&descriptor["properties"]);
    let shown: Vec<&Value> = answer.displayed.iter().filter_map(|index| properties.get(*index)).collect();
    for (name, value) in chosen {
        let Some(value) = value else { continue };
        let known: Vec<String> = shown.iter().filter(|one| one["name"] == *name).flat_map(|one| values(one)).collect();
        if !known.contains(value) {
            let meant = nearest(value, known.iter().map(String::as_str)).map(|name| format!(" Did you mean {name}?"));
            eprintln!("There is no {name} {value}.{} There are: {}", meant.unwrap_or_default(), known.join(", "));
            return Ok(Exit::Refused);
        }
    }
    let mut rows = table(["parameter", "type", "required", "default", "meaning"]);
    for property in shown.into_iter().filter(|property| chosen.iter().all(|(name, _)| property["name"] != *name)) {
        add_parameter(&mut rows, property, "");
    }
    say!("{rows}")?;
    Ok(Exit::Success)
}

/// A row for the parameter, and one for each of its fields where it is a collection.
fn add_parameter(rows: &mut Table, property: &Value, above: &str) {
    let path = format!("{above}{}", word(&property["name"]));
    let required = if property["required"] == true { "yes" } else { "" };
    let default = property.get("default").map(Value::to_string).unwrap_or_default();
    let mut meaning = property["displayName"].as_str().unwrap_or_default().to_owned();
    if property["type"] == "options" {
        meaning = format!("{meaning}: {}", values(property).join(", "));
    }
    rows.add_row([path.clone(), word(&property["type"]), required.to_owned(), default, meaning]);
    if property["type"] == "collection" {
        for field in list_of(&property["options"]) {
            add_parameter(rows, field, &format!("{path}."));
        }
    }
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
