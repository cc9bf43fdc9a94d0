//! Running the binary.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};

/// The binary, in an environment without settings of its own.
pub(crate) fn nodehost(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nodehost"));
    command.args(arguments);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("NODEHOST_")) {
        command.env_remove(name);
    }
    command
}

/// Runs the binary to its end, with this on its standard input.
pub(crate) fn output(mut command: Command, input: &str) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that refuses its arguments does not read its input.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// Runs the binary to its end: exit code, standard output, standard error.
pub(crate) fn run(arguments: &[&str], input: &str) -> (i32, String, String) {
    let output = output(nodehost(arguments), input);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

/// A process that goes on until it is told to end.
pub(crate) struct Running {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    /// Starts `serve` on a free port.
    pub(crate) fn serve(mut command: Command) -> (Self, SocketAddr) {
        command.env("NODEHOST_LOG", "off");
        let mut running = Self::start(command);
        let line = running.line_with("listens on http://");
        let address = line.trim().rsplit_once("//").unwrap().1.parse().unwrap();
        (running, address)
    }

    /// Reads standard output up to a line with this in it.
    pub(crate) fn line_with(&mut self, part: &str) -> String {
        loop {
            let mut line = String::new();
            assert_ne!(self.lines.read_line(&mut line).unwrap(), 0, "the output ended before {part:?}");
            if line.contains(part) {
                return line;
            }
        }
    }

    /// Asks the process to end, as service managers do.
    pub(crate) fn ask_to_end(&self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    }

    /// Waits for the end of the process.
    pub(crate) fn ended(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// Asks the process to end, and waits for it.
    pub(crate) fn terminate(self) -> ExitStatus {
        self.ask_to_end();
        self.ended()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
