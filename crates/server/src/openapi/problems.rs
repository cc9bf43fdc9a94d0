//! Which problems a call may be answered with.

use serde_json::Value;

use crate::guard::OPEN_PATHS;

/// The statuses of an operation's problems, as text, and what each means. What any call may say stands under `default`.
pub(super) fn of(path: &str, operation: &Value, keyed: bool) -> Vec<(&'static str, &'static str)> {
    let (has_body, has_name) = (operation["requestBody"].is_object(), path.contains('{'));
    let asks_key = keyed && !OPEN_PATHS.contains(&path);
    let gives_json = path.starts_with("/v1/");
    let executes = path == "/v1/executions";
    let list = [
        (true, "400", "Not of the shape that is asked for; no Host header, or two"),
        (asks_key, "401", "No API key, or one that is not known"),
        (has_name || executes, "404", "There is no such node or credential type for the caller"),
        (gives_json, "406", "Accept allows none of the formats of the answer"),
        (has_body, "408", "The body did not arrive in time"),
        (has_body, "413", "Over a limit, which is named"),
        (has_body, "415", "Content-Type is none that is taken"),
        (true, "421", "The Host header names neither loopback nor a name that was set up"),
        (has_body && path != "/v1/expressions", "422", "Refused before anything was sent; `errors` has every reason"),
        (asks_key || has_body, "429", "More requests, executions or bytes than the runner or the API key allows"),
        (executes || path == "/readyz", "503", "The runner is shutting down"),
        (true, "default", "A defect of the runner, or a problem that any server may have"),
    ];
    list.into_iter().filter(|(may, ..)| *may).map(|(_, status, meaning)| (status, meaning)).collect()
}
