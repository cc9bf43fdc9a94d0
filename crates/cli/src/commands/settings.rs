use std::io::Write;

use anyhow::Result;
use clap::{Arg, Args};

use crate::exit::Exit;
use crate::settings;

/// Print a config file with every setting, explained and at its default
#[derive(Args)]
#[command(after_help = "Example:\n  nodehost settings > nodehost.toml\n  nodehost serve --config nodehost.toml")]
pub(crate) struct Settings {}

impl Settings {
    pub(crate) fn run(&self) -> Result<Exit> {
        std::io::stdout().write_all(example().as_bytes())?;
        Ok(Exit::Success)
    }
}

/// The settings as `--help` has them, in TOML, each commented out.
fn example() -> String {
    let mut text = String::from(
        "# Settings of nodehost, for --config. Each is also a flag (--max-items) and a variable of the environment\n\
         # (NODEHOST_MAX_ITEMS). A flag wins over the environment, the environment over this file, this file over the\n\
         # default. A list is taken whole from the first place that has it.\n",
    );
    for argument in settings::arguments() {
        let (Some(name), Some(help)) = (argument.get_long(), argument.get_help()) else { continue };
        let help = help.to_string();
        let (help, default) = match help.split_once(" [default: ") {
            Some((help, default)) => (help.to_owned(), Some(default.trim_end_matches(']').to_owned())),
            None => (help, None),
        };
        text.push('\n');
        for line in wrapped(&help, 110) {
            text.push_str(&format!("# {line}\n"));
        }
        text.push_str(&format!("#{name} = {}\n", value(&argument, default)));
    }
    text + settings::KEYS_EXAMPLE
}

fn value(argument: &Arg, default: Option<String>) -> String {
    let shown = default.unwrap_or_else(|| {
        let names = argument.get_value_names().unwrap_or_default();
        names.first().map(ToString::to_string).unwrap_or_default()
    });
    let quoted = match shown.as_str() {
        // A number, though no number is the default.
        "COUNT" => "4".to_owned(),
        "true" | "false" => shown,
        number if number.parse::<f64>().is_ok() => shown,
        _ => format!("\"{shown}\""),
    };
    if argument.get_value_delimiter().is_some() { format!("[{quoted}]") } else { quoted }
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is always a line");
        if line.is_empty() {
            line.push_str(word);
        } else if line.len() + 1 + word.len() <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The file in the repository is what the command prints.
    #[test]
    fn the_example_config_is_current() {
        let kept = include_str!("../../../../examples/nodehost.toml");
        assert_eq!(example(), kept, "renew it: nodehost settings > examples/nodehost.toml");
    }

    #[test]
    fn every_setting_of_the_example_can_be_set() {
        let uncommented: String = example()
            .lines()
            .filter(|line| line.starts_with('#') && !line.starts_with("# "))
            .take_while(|line| !line.starts_with("#["))
            .map(|line| format!("{}\n", &line[1..]))
            .collect();
        let table: toml::Table = uncommented.parse().unwrap();
        assert!(table["engine-threads"].is_integer() && table["trace-outgoing"].is_bool());
        assert_eq!(
            table.keys().cloned().collect::<std::collections::BTreeSet<_>>(),
            settings::names().into_iter().collect()
        );
    }
}
