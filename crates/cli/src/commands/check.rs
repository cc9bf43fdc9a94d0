use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Args, ValueEnum};
use nodehost_descriptor::{DescriptorError, load};
use nodehost_kit::KitError;
use nodehost_parameters::check::{
    CredentialReport, Finding, Host, NodeReport, Operation, Severity, Verdict, check_credential, check_node,
};
use nodehost_runtime::{Host as Runtime, NodeKind};
use serde::Serialize;

use crate::exit::Exit;
use crate::out::say;
use crate::table::table;

/// Check descriptors before use: mistakes, with what to do about them, and which operations run here
#[derive(Args)]
#[command(after_help = "\
Examples:
  nodehost check ./my-node
  nodehost check ./my-node --cases ./my-node/cases
  nodehost check dist/types/nodes.json --format json

docs/descriptors.md tells how to write cases. The exit code is 4 if a definition has errors, 3 if a case fails.")]
pub(crate) struct Check {
    /// Descriptors, node folders, n8n bundles or packages
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Run these cases of the nodes, a file or a folder, with the replies they hold: nothing is sent to the network
    #[arg(long, value_name = "DIR|FILE", conflicts_with = "format")]
    cases: Option<PathBuf>,
    /// Write what is found into the cases, where it is not what they expect
    #[arg(long, requires = "cases")]
    update: bool,
    /// How to print the report
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Table,
    Json,
}

/// What was found at all paths.
#[derive(Default, Serialize)]
struct Report {
    /// Descriptors that could not be read.
    unreadable: Vec<Unreadable>,
    nodes: Vec<NodeReport>,
    credentials: Vec<CredentialReport>,
}

#[derive(Serialize)]
struct Unreadable {
    file: Option<PathBuf>,
    #[serde(flatten)]
    finding: Finding,
}

impl Check {
    pub(crate) async fn run(self) -> Result<Exit> {
        let runtime = nodehost_halopsa::register(Runtime::builder())?.build()?;
        let native: Vec<_> = runtime.nodes().into_iter().filter(|node| node.kind == NodeKind::Native).collect();
        let host = Host {
            has_hook: &|name| runtime.has_hook(name),
            is_native: &|node| native.iter().any(|known| known.node_type == node),
        };
        let mut report = Report::default();
        for path in &self.paths {
            report.look_at(path, &host);
        }
        report.find_duplicates();
        if let Some(cases) = &self.cases {
            return if report.has_errors() {
                report.print()?;
                Ok(Exit::Refused)
            } else {
                self.run_cases(cases).await
            };
        }
        match self.format {
            Format::Json => say!("{}", serde_json::to_string_pretty(&report)?)?,
            Format::Table => report.print()?,
        }
        Ok(if report.has_errors() { Exit::Refused } else { Exit::Success })
    }
}

impl Check {
    /// Runs cases on hosts with the nodes of these paths.
    async fn run_cases(&self, cases: &Path) -> Result<Exit> {
        let host = |egress| -> Result<Runtime> {
            let mut builder = nodehost_halopsa::register(Runtime::builder())?.egress(egress);
            for path in &self.paths {
                builder = builder.load(path, None)?;
            }
            Ok(builder.build()?)
        };
        let ran =
            if self.update { nodehost_kit::update(cases, host).await } else { nodehost_kit::check(cases, host).await };
        let report = match ran {
            Ok(report) => report,
            Err(KitError::Cases(errors)) => {
                eprintln!("{errors}");
                return Ok(Exit::Refused);
            }
            Err(error) => return Err(error.into()),
        };
        if self.update {
            for case in report.failed() {
                say!("updated {}", case.file.display())?;
            }
            return Ok(Exit::Success);
        }
        say!("{report}")?;
        Ok(if report.passed() { Exit::Success } else { Exit::ItemsFailed })
    }
}

impl Report {
    fn look_at(&mut self, path: &Path, host: &Host<'_>) {
        match load::path(path, None) {
            Ok(loaded) => {
                self.nodes.extend(loaded.nodes.iter().map(|node| check_node(node, host)));
                self.credentials.extend(loaded.credentials.iter().map(|source| check_credential(source)));
            }
            Err(errors) => self.unreadable.extend(errors.into_iter().map(Unreadable::from)),
        }
    }

    /// A version that two descriptors of a type serve: a host takes one of them, and which is of no use to know.
    fn find_duplicates(&mut self) {
        let mut seen: HashMap<(String, u64), Option<PathBuf>> = HashMap::new();
        for node in &mut self.nodes {
            for version in &node.versions {
                let key = (node.node_type.clone(), version.to_bits());
                let Some(first) = seen.get(&key) else {
                    seen.insert(key, node.file.clone());
                    continue;
                };
                let place = first.as_deref().map(|file| format!(" in {}", file.display())).unwrap_or_default();
                node.findings.push(Finding {
                    severity: Severity::Error,
                    pointer: "/version".to_owned(),
                    message: format!("version {version} of this node stands before{place}"),
                    remedy: "Remove one of the two, or give them different names or versions.".to_owned(),
                });
            }
        }
    }

    /// Everything that was found in descriptors, with where it was.
    fn findings(&self) -> impl Iterator<Item = (Option<&Path>, &str, &Finding)> {
        let unreadable = self.unreadable.iter().map(|one| (one.file.as_deref(), "", &one.finding));
        let of_nodes = self.nodes.iter().flat_map(|node| {
            node.findings.iter().map(|finding| (node.file.as_deref(), node.node_type.as_str(), finding))
        });
        let of_credentials = self.credentials.iter().flat_map(|credential| {
            credential.findings.iter().map(|finding| (credential.file.as_deref(), credential.name.as_str(), finding))
        });
        unreadable.chain(of_nodes).chain(of_credentials)
    }

    fn has_errors(&self) -> bool {
        self.findings().any(|(_, _, finding)| finding.severity == Severity::Error)
    }

    fn print(&self) -> Result<()> {
        let mut findings = table(["where", "", "what", "what to do"]);
        for (file, name, finding) in self.findings() {
            findings.add_row(row(file, name, finding));
        }
        if findings.row_iter().next().is_some() {
            say!("{findings}")?;
        }
        let mut operations = table(["node", "resource", "operation", "runs here", "why not"]);
        for node in &self.nodes {
            for operation in &node.operations {
                operations.add_row(operation_row(node, operation));
            }
        }
        if operations.row_iter().next().is_some() {
            say!("{operations}")?;
        }
        let count =
            |verdict| self.nodes.iter().flat_map(|node| &node.operations).filter(|one| one.verdict == verdict).count();
        say!(
            "{} nodes, {} credential types. Operations: {} run here, {} need JavaScript functions, {} are refused.",
            self.nodes.len(),
            self.credentials.len(),
            count(Verdict::Runs),
            count(Verdict::NeedsJavaScript),
            count(Verdict::Refused)
        )?;
        Ok(())
    }
}

fn row(file: Option<&Path>, name: &str, finding: &Finding) -> [String; 4] {
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let file = file.map(|file| format!("{}:", file.display())).unwrap_or_default();
    let place = [&file, name, &finding.pointer].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
    [place.join(" "), severity.to_owned(), finding.message.clone(), finding.remedy.clone()]
}

fn operation_row(node: &NodeReport, operation: &Operation) -> [String; 5] {
    let verdict = match operation.verdict {
        Verdict::Runs => "yes",
        Verdict::NeedsJavaScript => "needs JavaScript functions",
        Verdict::Refused => "refused",
    };
    [
        node.node_type.clone(),
        operation.resource.clone().unwrap_or_default(),
        operation.operation.clone().unwrap_or_default(),
        verdict.to_owned(),
        operation.reason.clone().unwrap_or_default(),
    ]
}

impl From<DescriptorError> for Unreadable {
    fn from(error: DescriptorError) -> Self {
        Self { file: error.file.clone(), finding: error.into() }
    }
}
