//! Bodies that are a JSON parameter: fields, and the lines of invoices. An expression could parse them, but n8n takes an
//! expression that fails for undefined, and a request without its body would leave.

use nodehost_runtime::{ErrorCode, HookContext, ItemError, RequestOptions, json_error};
use serde_json::Value;

/// Makes the parameter's value the body.
pub(crate) fn set(context: &HookContext, mut request: RequestOptions) -> Result<RequestOptions, ItemError> {
    let body = match context.parameters.get("invoiceLines") {
        Some(lines) => parsed("invoiceLines", lines, |_| "Invalid JSON format for invoice lines".to_owned())?,
        None => {
            let given = context.parameters.get("fieldInfoData").unwrap_or(&Value::Null);
            match parsed("fieldInfoData", given, parser_message)? {
                several @ Value::Array(_) => several,
                one => Value::Array(vec![one]),
            }
        }
    };
    request.set("body", Some(body));
    Ok(request)
}

/// The parser's message as the community node shows it; line and column stand in the description.
fn parser_message(text: &str) -> String {
    let message = json_error(text);
    message.split(" (line ").next().unwrap_or_default().to_owned()
}

/// The JSON in a parameter; `message` words the error for a text that is none.
fn parsed(parameter: &str, value: &Value, message: impl Fn(&str) -> String) -> Result<Value, ItemError> {
    let Value::String(text) = value else { return Ok(value.clone()) };
    serde_json::from_str(text).map_err(|error| {
        let refused = ItemError::operation(ErrorCode::InvalidParameter, message(text));
        let mut refused = refused.with_parameter(parameter.to_owned());
        refused.description = Some(error.to_string());
        refused
    })
}
