//! The error policy: what an item's result becomes in the outputs.

use serde_json::Value;

use crate::{ErrorCode, Item, ItemError, OnError, Outcome, Outputs};

/// The policy of an execution.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Policy {
    pub(crate) on_error: OnError,
    /// Where error items go under `continueErrorOutput`: after the node's own outputs.
    pub(crate) error_output: usize,
}

/// Keys of a json that n8n takes for an error's.
const ERROR_KEYS: [&str; 3] = ["error", "message", "details"];

impl Policy {
    /// The number of outputs of the data.
    pub(crate) fn outputs(&self) -> usize {
        self.error_output + usize::from(self.on_error == OnError::ContinueErrorOutput)
    }

    /// Whether a failure ends the execution.
    pub(crate) fn stops(&self) -> bool {
        self.on_error == OnError::StopWorkflow
    }

    /// Makes an item's outcome, its lineage stamped.
    pub(crate) fn outcome(&self, index: usize, attempts: u32, result: Result<Outputs, ItemError>) -> Outcome {
        match result {
            Ok(outputs) => {
                let outputs =
                    if self.on_error == OnError::ContinueErrorOutput { self.route_errors(outputs) } else { outputs };
                Outcome { item_index: index, attempts, outputs: Some(pair(outputs, index)), error: None }
            }
            Err(mut error) => {
                error.item_index.get_or_insert(index);
                let outputs = self.error_outputs(&error).map(|outputs| pair(outputs, index));
                Outcome { item_index: index, attempts, outputs, error: Some(error) }
            }
        }
    }

    /// The error item, where the execution goes on with one.
    fn error_outputs(&self, error: &ItemError) -> Option<Outputs> {
        let ended = matches!(
            error.code,
            ErrorCode::NotRun | ErrorCode::Canceled | ErrorCode::DeadlineExceeded | ErrorCode::OutcomeUnknown
        );
        let output = match self.on_error {
            OnError::StopWorkflow => return None,
            _ if ended => return None,
            OnError::ContinueRegularOutput => 0,
            OnError::ContinueErrorOutput => self.error_output,
        };
        Some(Outputs::from([(output, vec![Item::of_error(error.clone())])]))
    }

    /// As n8n, an item whose json is an error in all but name goes to the error output.
    fn route_errors(&self, outputs: Outputs) -> Outputs {
        let mut routed = Outputs::new();
        for (output, items) in outputs {
            for item in items {
                let output = if is_error(&item) { self.error_output } else { output };
                routed.entry(output).or_default().push(item);
            }
        }
        routed
    }
}

fn is_error(item: &Item) -> bool {
    let Some(Value::Object(json)) = &item.json else { return false };
    let told = json.get("error").is_some_and(|error| match error {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Number(number) => number.as_f64() != Some(0.0),
        _ => true,
    });
    told && json.keys().all(|key| ERROR_KEYS.contains(&key.as_str()))
}

fn pair(mut outputs: Outputs, index: usize) -> Outputs {
    for items in outputs.values_mut() {
        for item in items {
            *item = std::mem::take(item).paired_with(index);
        }
    }
    outputs
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn policy(on_error: OnError) -> Policy {
        Policy { on_error, error_output: 1 }
    }

    fn failed() -> Result<Outputs, ItemError> {
        Err(ItemError::api(ErrorCode::HttpError, "no"))
    }

    #[test]
    fn a_failure_goes_where_the_policy_says() {
        assert_eq!(policy(OnError::StopWorkflow).outcome(3, 1, failed()).outputs, None);
        let regular = policy(OnError::ContinueRegularOutput).outcome(3, 1, failed());
        assert_eq!(regular.outputs.unwrap()[&0][0].json, Some(json!({"error": "no"})));
        let own = policy(OnError::ContinueErrorOutput).outcome(3, 1, failed());
        assert_eq!(own.error.unwrap().item_index, Some(3));
        assert_eq!(own.outputs.unwrap().keys().copied().collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn an_item_that_never_ran_leaves_no_error_item() {
        let outcome = policy(OnError::ContinueRegularOutput).outcome(0, 0, Err(ItemError::not_run(0)));
        assert_eq!(outcome.outputs, None);
    }

    #[test]
    fn an_answer_that_is_an_error_in_all_but_name_is_routed_as_one() {
        let items = vec![Item::new(json!({"error": "x", "message": 1})), Item::new(json!({"error": "x", "id": 1}))];
        let outcome = policy(OnError::ContinueErrorOutput).outcome(2, 1, Ok(Outputs::from([(0, items)])));
        let outputs = outcome.outputs.unwrap();
        assert_eq!((outputs[&0].len(), outputs[&1].len()), (1, 1));
    }

    #[test]
    fn every_item_is_paired() {
        let items = vec![Item::new(json!({})), Item::new(json!({}))];
        let outcome = policy(OnError::StopWorkflow).outcome(5, 1, Ok(Outputs::from([(0, items)])));
        let paired: Vec<_> =
            outcome.outputs.unwrap()[&0].iter().map(|item| serde_json::to_value(&item.paired_item).unwrap()).collect();
        assert_eq!(paired, [json!({"item": 5}), json!({"item": 5})]);
    }
}
