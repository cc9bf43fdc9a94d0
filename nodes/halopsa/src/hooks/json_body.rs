//! Bodies that are a JSON parameter: fields, and the lines of invoices. An expression could parse them, but n8n takes an
//! expression that fails for undefined, and a request without its body would leave.

use nodehost_runtime::{ErrorCode, HookContext, ItemError, RequestOptions, json_error};
use serde_json::{Value, json};

/// Makes the parameter's value the body: an array, of one where it is no array.
pub(crate) fn set(context: &HookContext, mut request: RequestOptions) -> Result<RequestOptions, ItemError> {
    let given = match context.parameters.get("invoiceLines") {
        Some(lines) => parsed("invoiceLines", lines, |_| "Invalid JSON format for invoice lines".to_owned())?,
        None => {
            parsed("fieldInfoData", context.parameters.get("fieldInfoData").unwrap_or(&Value::Null), parser_message)?
        }
    };
    let records = match given {
        Value::Array(several) => several,
        one => vec![one],
    };
    if records.is_empty() {
        // Data without elements would be no body at all; text is sent as it is.
        request.set("headers", Some(with_content_type(request.get("headers"))));
        request.set("body", Some(json!("[]")));
    } else {
        request.set("body", Some(Value::Array(records)));
    }
    Ok(request)
}

fn with_content_type(headers: Option<&Value>) -> Value {
    let mut headers = headers.and_then(Value::as_object).cloned().unwrap_or_default();
    headers.insert("content-type".to_owned(), json!("application/json"));
    Value::Object(headers)
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
