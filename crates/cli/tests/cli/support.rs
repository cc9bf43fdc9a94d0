//! Running the binary.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::thread::JoinHandle;

use nodehost_watch::refuse;

/// The binary, in an environment without settings of its own.
pub(crate) fn nodehost(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nodehost"));
    command.args(arguments);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("NODEHOST_")) {
        command.env_remove(name);
    }
    command
}

/// Runs the binary to its end, with this on its standard input. It logs all there is to log; no secret may be in that, or
/// in what it says. What it logged is left out of the answer.
pub(crate) fn output(mut command: Command, input: &str) -> Output {
    logging(&mut command);
    // The demo shows a request with the secret of the service it simulates.
    let shows_its_own = command.get_args().next().is_some_and(|command| command == "demo");
    let mut output = whole_output(command, input);
    if !shows_its_own {
        refuse("what a command put out", "standard output", &String::from_utf8_lossy(&output.stdout));
    }
    refuse("what a command put out", "standard error", &String::from_utf8_lossy(&output.stderr));
    let said = output.stderr.split_inclusive(|byte| *byte == b'\n').filter(|line| !is_logged(line));
    output.stderr = said.collect::<Vec<_>>().concat();
    output
}

/// Runs the binary to its end as it is called.
pub(crate) fn whole_output(mut command: Command, input: &str) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that refuses its arguments does not read its input.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// Has everything logged that there is, in lines that can be told from what the command says.
fn logging(command: &mut Command) {
    command.env("NODEHOST_LOG", "trace").env("NODEHOST_LOG_FORMAT", "json");
}

fn is_logged(line: &[u8]) -> bool {
    serde_json::from_slice::<serde_json::Value>(line).is_ok_and(|line| line.get("level").is_some())
}

/// Runs the binary to its end: exit code, standard output, standard error.
pub(crate) fn run(arguments: &[&str], input: &str) -> (i32, String, String) {
    let output = output(nodehost(arguments), input);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

/// A process that goes on until it is told to end. No secret may be in its log.
pub(crate) struct Running {
    child: Child,
    lines: BufReader<ChildStdout>,
    log: Option<JoinHandle<()>>,
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Self {
        logging(&mut command);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let log = BufReader::new(child.stderr.take().unwrap());
        let read = || log.lines().map_while(Result::ok).for_each(|line| refuse("the log of a process", "text", &line));
        Self { child, lines, log: Some(std::thread::spawn(read)) }
    }

    /// Starts `serve` on a free port.
    pub(crate) fn serve(command: Command) -> (Self, SocketAddr) {
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
        drop(self.log.take().map(JoinHandle::join));
    }
}
