//! What an operator may set, by flag, by environment or in a TOML file under the same name: `--max-items`,
//! `NODEHOST_MAX_ITEMS`, `max-items`. A flag wins over the environment, the environment over the file, the file over
//! the default. A list is taken whole from the first place that has it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::{Arg, Args, CommandFactory, ValueEnum};
use serde::Deserialize;

/// The address `serve` listens on unless told otherwise.
pub(crate) const DEFAULT_LISTEN: &str = "127.0.0.1:7420";

/// Where settings come from beside flags and the environment.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Settings")]
pub(crate) struct ConfigFile {
    /// A TOML file with any of the settings below, under the same names
    #[arg(long, env = "NODEHOST_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// Settings of the host: the nodes it has, and what they may reach.
#[derive(Debug, Clone, Default, PartialEq, Args, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
#[command(next_help_heading = "Settings of the host")]
pub(crate) struct HostSettings {
    /// Node definitions to load besides those built in: a folder, an n8n bundle (`nodes.json`, `credentials.json`), or
    /// either as NAME=PATH, where NAME is the package whose prefix their types get
    #[arg(long, env = "NODEHOST_NODES", value_name = "DIR|FILE|NAME=PATH", value_delimiter = ',')]
    pub(crate) nodes: Option<Vec<String>>,

    /// A host, or a network in CIDR form, that nodes may reach although its address is private, loopback or link-local
    #[arg(long, env = "NODEHOST_ALLOW_HOST", value_name = "HOST|CIDR", value_delimiter = ',')]
    pub(crate) allow_host: Option<Vec<String>>,

    /// Send every outgoing request to this address instead, its own URL in the header `x-original-url`
    #[arg(long, env = "NODEHOST_EGRESS_GATEWAY", value_name = "URL")]
    pub(crate) egress_gateway: Option<String>,

    /// A proxy (http://host:port) for outgoing requests that name none; a private address needs --allow-host, too
    #[arg(long, env = "NODEHOST_PROXY", value_name = "URL")]
    pub(crate) proxy: Option<String>,

    /// A file of further root certificates, in PEM, to trust beside the system's
    #[arg(long, env = "NODEHOST_CA_FILE", value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,

    /// A folder of credentials that requests may name by id; see docs/credentials.md
    #[arg(long, env = "NODEHOST_CREDENTIALS_DIR", value_name = "DIR")]
    pub(crate) credentials_dir: Option<PathBuf>,

    /// The file with the key that the credentials in --credentials-dir are encrypted with: 32 bytes in base64 or
    /// hexadecimal. In place of the file, NODEHOST_STORE_KEY may hold the key itself
    #[arg(long, env = "NODEHOST_STORE_KEY_FILE", value_name = "FILE")]
    pub(crate) store_key_file: Option<PathBuf>,

    /// The threads that evaluate expressions; as many as there are processors, unless set
    #[arg(long, env = "NODEHOST_ENGINE_THREADS", value_name = "COUNT")]
    pub(crate) engine_threads: Option<usize>,

    /// Items at once where neither the request nor the node says [default: 8]
    #[arg(long, env = "NODEHOST_CONCURRENCY", value_name = "COUNT")]
    pub(crate) concurrency: Option<usize>,

    /// Tell the services that are called which trace a request belongs to, in the header `traceparent`; needs --otlp-endpoint.
    /// n8n sends no such header [default: false]
    #[arg(long, env = "NODEHOST_TRACE_OUTGOING", value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    pub(crate) trace_outgoing: Option<bool>,

    /// The largest answer to an outgoing request, in bytes [default: 33554432]
    #[arg(long, env = "NODEHOST_MAX_ANSWER_BYTES", value_name = "BYTES")]
    pub(crate) max_answer_bytes: Option<u64>,

    /// The time zone of expressions where neither request nor workflow names one [default: UTC]
    #[arg(long, env = "NODEHOST_TIMEZONE", value_name = "ZONE")]
    pub(crate) timezone: Option<String>,
}

/// What is logged and traced, and how.
#[derive(Debug, Clone, Default, PartialEq, Args, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
#[command(next_help_heading = "Logs and traces")]
pub(crate) struct TelemetrySettings {
    /// What to log: a level (error, warn, info, debug, trace), or levels by module, as in `info,nodehost_runtime=debug`
    #[arg(long, env = "NODEHOST_LOG", value_name = "FILTER", global = true)]
    pub(crate) log: Option<String>,

    /// How to write logs: text, for people, or json, one object a line [default: text]
    #[arg(long, env = "NODEHOST_LOG_FORMAT", value_name = "FORMAT", global = true, hide_possible_values = true)]
    pub(crate) log_format: Option<LogFormat>,

    /// Send traces to the OpenTelemetry collector at this address (http://localhost:4318), by OTLP over HTTP. Further
    /// settings are OpenTelemetry's own variables: OTEL_EXPORTER_OTLP_HEADERS, OTEL_TRACES_SAMPLER, OTEL_SERVICE_NAME
    #[arg(long, env = "NODEHOST_OTLP_ENDPOINT", value_name = "URL", global = true)]
    pub(crate) otlp_endpoint: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people
    #[default]
    Text,
    /// One JSON object a line
    Json,
}

/// Settings of the HTTP interface.
#[derive(Debug, Clone, Default, PartialEq, Args, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
#[command(next_help_heading = "Settings of the server")]
pub(crate) struct ServerSettings {
    /// The address to listen on; one that is not loopback needs an API key [default: 127.0.0.1:7420]
    #[arg(long, env = "NODEHOST_LISTEN", value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<SocketAddr>,

    /// A name, other than loopback's, under which clients call the runner: what their `Host` header says
    #[arg(long, env = "NODEHOST_HOST_NAME", value_name = "NAME", value_delimiter = ',')]
    pub(crate) host_name: Option<Vec<String>>,

    /// A certificate chain in PEM, to serve HTTPS; needs --tls-key
    #[arg(long, env = "NODEHOST_TLS_CERT", value_name = "FILE")]
    pub(crate) tls_cert: Option<PathBuf>,

    /// The private key of --tls-cert, in PEM
    #[arg(long, env = "NODEHOST_TLS_KEY", value_name = "FILE")]
    pub(crate) tls_key: Option<PathBuf>,

    /// An origin (https://app.example) whose pages may call the runner from a browser
    #[arg(long, env = "NODEHOST_CORS_ORIGIN", value_name = "ORIGIN", value_delimiter = ',')]
    pub(crate) cors_origin: Option<Vec<String>>,

    /// A key that clients must present, as `Authorization: Bearer KEY` or `X-API-Key: KEY`. Other users of the machine
    /// can read flags: the environment or --api-key-file keeps it from them
    #[arg(long, env = "NODEHOST_API_KEY", value_name = "KEY", value_delimiter = ',', hide_env_values = true)]
    pub(crate) api_key: Option<Vec<String>>,

    /// A file of API keys, one a line; empty lines and lines that start with # are skipped
    #[arg(long, env = "NODEHOST_API_KEY_FILE", value_name = "FILE")]
    pub(crate) api_key_file: Option<PathBuf>,

    /// Keys with names and limits of their own, in the config file only
    #[arg(skip)]
    pub(crate) api_keys: Option<Vec<KeySettings>>,

    /// The largest request body, in bytes [default: 67108864]
    #[arg(long, env = "NODEHOST_MAX_BODY_BYTES", value_name = "BYTES")]
    pub(crate) max_body_bytes: Option<usize>,

    /// The most bytes of request bodies that are held at the same time; more are answered 429 [default: 536870912]
    #[arg(long, env = "NODEHOST_MAX_HELD_BYTES", value_name = "BYTES")]
    pub(crate) max_held_bytes: Option<usize>,

    /// The most items of one batch that is not streamed in both directions [default: 100000]
    #[arg(long, env = "NODEHOST_MAX_ITEMS", value_name = "COUNT")]
    pub(crate) max_items: Option<usize>,

    /// The most executions at the same time; more are answered 429 [default: 256]
    #[arg(long, env = "NODEHOST_MAX_EXECUTIONS", value_name = "COUNT")]
    pub(crate) max_executions: Option<usize>,

    /// The longest an execution may take, in seconds; a request may ask for less [default: 86400]
    #[arg(long, env = "NODEHOST_MAX_EXECUTION_TIME", value_name = "SECONDS", value_parser = seconds)]
    #[serde(deserialize_with = "seconds_in_file")]
    pub(crate) max_execution_time: Option<Duration>,

    /// How long a client may take to send its headers, its body, or a line of a body that is streamed, in seconds
    /// [default: 30]
    #[arg(long, env = "NODEHOST_BODY_TIMEOUT", value_name = "SECONDS", value_parser = seconds)]
    #[serde(deserialize_with = "seconds_in_file")]
    pub(crate) body_timeout: Option<Duration>,

    /// How long a client may leave a streamed answer unread before its execution is ended, in seconds [default: 30]
    #[arg(long, env = "NODEHOST_STALL_TIMEOUT", value_name = "SECONDS", value_parser = seconds)]
    #[serde(deserialize_with = "seconds_in_file")]
    pub(crate) stall_timeout: Option<Duration>,

    /// How long running executions may go on after SIGTERM or SIGINT, in seconds [default: 30]
    #[arg(long, env = "NODEHOST_SHUTDOWN_TIMEOUT", value_name = "SECONDS", value_parser = seconds)]
    #[serde(deserialize_with = "seconds_in_file")]
    pub(crate) shutdown_timeout: Option<Duration>,
}

/// A key of the config file: `[[api-keys]]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct KeySettings {
    /// What logs call the key.
    pub(crate) name: String,
    /// The key itself, or:
    pub(crate) key: Option<String>,
    /// its SHA-256 hash, in hexadecimal.
    pub(crate) sha256: Option<String>,
    /// The node types that exist for the key: full types, or a start followed by `*`; default: all.
    pub(crate) nodes: Option<Vec<String>>,
    /// The most executions of the key at the same time; default: no limit of its own.
    pub(crate) max_executions: Option<usize>,
    /// The most requests of the key a second; default: no limit.
    pub(crate) requests_per_second: Option<f64>,
}

/// The part of the example config that no flag has.
pub(crate) const KEYS_EXAMPLE: &str = "
# Keys with names and limits of their own. `key` is the key itself, `sha256` its hash in hexadecimal: one of the two.
# `nodes` are the types that exist for the key, in full or a start followed by *; no limit holds unless it is set.
#[[api-keys]]
#name = \"reports\"
#sha256 = \"...\"
#nodes = [\"n8n-nodes-halopsacomplete.*\"]
#max-executions = 4
#requests-per-second = 10
";

/// Takes each setting from the flags and environment, and from the file where they lack it.
macro_rules! prefer {
    ($flags:expr, $file:expr, $type:ident { $($field:ident),* $(,)? }) => {
        $type { $($field: $flags.$field.or($file.$field)),* }
    };
}

impl HostSettings {
    /// These settings, completed from the file.
    pub(crate) fn with_file(self, file: &ConfigFile) -> Result<Self> {
        let file = File::read(file)?.host;
        Ok(prefer!(
            self,
            file,
            HostSettings {
                nodes,
                allow_host,
                egress_gateway,
                proxy,
                ca_file,
                credentials_dir,
                store_key_file,
                engine_threads,
                concurrency,
                trace_outgoing,
                max_answer_bytes,
                timezone,
            }
        ))
    }
}

impl TelemetrySettings {
    /// These settings, completed from the file.
    pub(crate) fn with_file(self, file: &ConfigFile) -> Result<Self> {
        let file = File::read(file)?.telemetry;
        Ok(prefer!(self, file, TelemetrySettings { log, log_format, otlp_endpoint }))
    }
}

impl ServerSettings {
    /// These settings, completed from the file.
    pub(crate) fn with_file(self, file: &ConfigFile) -> Result<Self> {
        let file = File::read(file)?.server;
        Ok(prefer!(
            self,
            file,
            ServerSettings {
                listen,
                host_name,
                tls_cert,
                tls_key,
                cors_origin,
                api_key,
                api_key_file,
                api_keys,
                max_body_bytes,
                max_held_bytes,
                max_items,
                max_executions,
                max_execution_time,
                body_timeout,
                stall_timeout,
                shutdown_timeout,
            }
        ))
    }
}

/// The settings of a file.
#[derive(Default, Deserialize)]
pub(crate) struct File {
    #[serde(flatten)]
    host: HostSettings,
    #[serde(flatten)]
    server: ServerSettings,
    #[serde(flatten)]
    telemetry: TelemetrySettings,
}

impl File {
    fn read(from: &ConfigFile) -> Result<Self> {
        let Some(path) = &from.config else { return Ok(Self::default()) };
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read the config file {}", path.display()))?;
        Self::parse(&text, path)
    }

    pub(crate) fn parse(text: &str, path: &Path) -> Result<Self> {
        let in_file = || format!("the config file {} is not valid", path.display());
        let table: toml::Table = text.parse().with_context(in_file)?;
        let known = names();
        if let Some(unknown) = table.keys().find(|key| !known.contains(key) && key.as_str() != "api-keys") {
            bail!("{}: there is no setting `{unknown}`; the settings are {}", in_file(), known.join(", "));
        }
        toml::from_str(text).with_context(in_file)
    }
}

/// The names of all settings, as a file has them.
pub(crate) fn names() -> Vec<String> {
    arguments().iter().filter_map(|argument| argument.get_long().map(str::to_owned)).collect()
}

/// All settings, as flags.
pub(crate) fn arguments() -> Vec<Arg> {
    #[derive(clap::Parser)]
    struct All {
        #[command(flatten)]
        _host: HostSettings,
        #[command(flatten)]
        _server: ServerSettings,
        #[command(flatten)]
        _telemetry: TelemetrySettings,
    }
    All::command().get_arguments().cloned().collect()
}

fn seconds(text: &str) -> Result<Duration, String> {
    text.parse().map_err(|_| "not a number of seconds".to_owned()).and_then(duration)
}

fn seconds_in_file<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    duration(f64::deserialize(deserializer)?).map(Some).map_err(serde::de::Error::custom)
}

fn duration(seconds: f64) -> Result<Duration, String> {
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_and_variables_have_the_same_names() {
        for argument in arguments() {
            let flag = argument.get_long().unwrap();
            let variable = format!("NODEHOST_{}", flag.replace('-', "_").to_uppercase());
            assert_eq!(argument.get_env().and_then(|name| name.to_str()), Some(variable.as_str()));
        }
    }

    #[test]
    fn a_flag_wins_over_the_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("nodehost.toml");
        std::fs::write(&path, "max-items = 5\nmax-executions = 7\nbody-timeout = 0.5\nnodes = [\"a\"]").unwrap();
        let file = ConfigFile { config: Some(path) };
        let flags = ServerSettings { max_items: Some(6), ..ServerSettings::default() };
        let settings = flags.with_file(&file).unwrap();
        assert_eq!((settings.max_items, settings.max_executions), (Some(6), Some(7)));
        assert_eq!(settings.body_timeout, Some(Duration::from_millis(500)));
        assert_eq!(HostSettings::default().with_file(&file).unwrap().nodes, Some(vec!["a".to_owned()]));
    }

    #[test]
    fn a_file_is_told_what_is_wrong_with_it() {
        let wrong = |text: &str| format!("{:#}", File::parse(text, Path::new("x.toml")).err().unwrap());
        assert!(wrong("max_items = 5").contains("x.toml is not valid: there is no setting `max_items`"));
        assert!(wrong("max-items = \"5\"").contains("invalid type: string"), "{}", wrong("max-items = \"5\""));
        assert!(wrong("max-items =").contains("x.toml"));
        assert!(wrong("body-timeout = -1").contains("x.toml"));
    }
}
