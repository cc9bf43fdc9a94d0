//! How the nodes of a workflow are connected.

use std::collections::{HashSet, VecDeque};

use serde_json::Value;

/// Which connections to follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Follow {
    Main,
    All,
    AllButMain,
}

/// n8n's connections by source node.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Graph<'v>(pub(crate) &'v Value);

struct Edge<'v> {
    from: &'v str,
    kind: &'v str,
    output: usize,
    to: &'v str,
    to_kind: &'v str,
    input: u64,
}

impl<'v> Graph<'v> {
    /// The nodes that can be reached from a node, itself not among them.
    pub(crate) fn children(self, node: &str, follow: Follow) -> HashSet<&'v str> {
        self.reachable(node, |edge| (edge.from, edge.to), |edge| allows(follow, edge.kind))
    }

    /// The nodes from which a node can be reached, itself not among them.
    pub(crate) fn parents(self, node: &str, follow: Follow) -> HashSet<&'v str> {
        self.reachable(node, |edge| (edge.to, edge.from), |edge| allows(follow, edge.to_kind))
    }

    /// Over which output of `parent` the way to `node` leads; none if there is no way.
    pub(crate) fn source_output(self, node: &str, parent: &str) -> Option<usize> {
        let mut seen = HashSet::new();
        let mut queue = VecDeque::from([node]);
        while let Some(current) = queue.pop_front() {
            if !seen.insert(current) {
                continue;
            }
            let mut incoming: Vec<Edge<'v>> =
                self.edges().filter(|edge| edge.to == current && edge.to_kind == "main").collect();
            incoming.sort_by_key(|edge| edge.input);
            for edge in &incoming {
                if edge.from == parent {
                    return Some(edge.output);
                }
                queue.push_back(edge.from);
            }
        }
        None
    }

    fn reachable(
        self,
        node: &str,
        direction: impl Fn(&Edge<'v>) -> (&'v str, &'v str),
        allowed: impl Fn(&Edge<'v>) -> bool,
    ) -> HashSet<&'v str> {
        let mut found = HashSet::new();
        let mut queue = vec![node.to_owned()];
        while let Some(current) = queue.pop() {
            for edge in self.edges().filter(|edge| allowed(edge)) {
                let (from, to) = direction(&edge);
                if from == current && to != node && found.insert(to) {
                    queue.push(to.to_owned());
                }
            }
        }
        found
    }

    fn edges(self) -> impl Iterator<Item = Edge<'v>> {
        entries(self.0).flat_map(|(from, kinds)| {
            entries(kinds).flat_map(move |(kind, outputs)| {
                elements(outputs).enumerate().flat_map(move |(output, targets)| {
                    elements(targets).filter_map(move |target| {
                        Some(Edge {
                            from,
                            kind,
                            output,
                            to: target.get("node")?.as_str()?,
                            to_kind: target.get("type")?.as_str()?,
                            input: target.get("index")?.as_u64()?,
                        })
                    })
                })
            })
        })
    }
}

fn allows(follow: Follow, kind: &str) -> bool {
    match follow {
        Follow::Main => kind == "main",
        Follow::All => true,
        Follow::AllButMain => kind != "main",
    }
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

fn elements(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_through_a_workflow() {
        let to = |node: &str| serde_json::json!({"node": node, "type": "main", "index": 0});
        let connections = serde_json::json!({
            "A": {"main": [[to("IF")]]},
            "IF": {"main": [[to("B")], [to("C")]]},
            "C": {"main": [[to("D")]], "ai_tool": [[{"node": "B", "type": "ai_tool", "index": 0}]]},
            "D": {"main": [[to("C")]]},
        });
        let graph = Graph(&connections);
        assert_eq!(graph.parents("D", Follow::Main), HashSet::from(["A", "IF", "C"]));
        assert_eq!(graph.children("C", Follow::AllButMain), HashSet::from(["B"]));
        assert_eq!(graph.source_output("D", "IF"), Some(1));
        assert_eq!(graph.source_output("B", "IF"), Some(0));
        assert_eq!(graph.source_output("A", "IF"), None);
    }
}
