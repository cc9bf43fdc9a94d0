//! The watch sees what it is there to see: this binary runs itself, and lets a secret out.

use std::process::Command;

const LEAK: &str = "NODEHOST_WATCH_LEAK";

#[test]
fn a_secret_that_gets_out_ends_the_process() {
    super::watch();
    match std::env::var(LEAK).as_deref() {
        Ok("event") => tracing::trace!(target: "elsewhere", header = "Bearer canary-1", "sent"),
        Ok("message") => tracing::trace!("sent with {}", "demo-secret"),
        Ok("span") => drop(tracing::debug_span!("request", url = "/?key=canary").entered()),
        Ok("later") => {
            tracing::debug_span!("request", url = tracing::field::Empty).record("url", "/?key=canary");
        }
        Ok("panic") => drop(std::thread::spawn(|| panic!("no use for simulated-token-000001")).join()),
        Ok("nothing") => tracing::trace!(header = "Bearer …", "sent"),
        _ => {
            for way in ["event", "message", "span", "later", "panic", "nothing"] {
                let test = std::env::current_exe().expect("the path of this program");
                let told = Command::new(test).env(LEAK, way).output().expect("it runs");
                let text = String::from_utf8_lossy(&told.stderr);
                assert_eq!(told.status.success(), way == "nothing", "{way}: {text}");
                assert_eq!(text.contains("a secret ("), way != "nothing", "{way}: {text}");
            }
        }
    }
}
