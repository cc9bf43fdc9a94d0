//! Pauses between items, as `requestOptions.batching` has them.

use std::time::Duration;

use serde_json::Value;

/// A pause before every n-th item but the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pace {
    size: usize,
    pub(crate) pause: Duration,
}

impl Pace {
    /// Reads a resolved `requestOptions`.
    pub(crate) fn read(options: Option<&Value>) -> Option<Self> {
        let batch = options?.get("batching")?.get("batch")?;
        // Numbers count as text, too: n8n compares them as JavaScript does.
        let number = |key: &str| match batch.get(key)? {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        let above_zero = |key: &str| number(key).filter(|number| *number > 0.0);
        let pause = above_zero("batchInterval")?;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count, and floats saturate")]
        let size = above_zero("batchSize").map_or(1, |size| size.max(1.0) as usize);
        Some(Self { size, pause: Duration::try_from_secs_f64(pause / 1000.0).ok()? })
    }

    /// Whether there is a pause before this item.
    pub(crate) fn is_before(self, index: usize) -> bool {
        index > 0 && index.is_multiple_of(self.size)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn batches_and_pauses_are_read_as_n8n_reads_them() {
        let read = |batch: Value| Pace::read(Some(&json!({"batching": {"batch": batch}})));
        let pace = |size, millis| Some(Pace { size, pause: Duration::from_millis(millis) });
        assert_eq!(read(json!({"batchSize": 3, "batchInterval": 20})), pace(3, 20));
        assert_eq!(read(json!({"batchSize": "3", "batchInterval": " 20 "})), pace(3, 20));
        assert_eq!(read(json!({"batchSize": -1, "batchInterval": 20})), pace(1, 20));
        assert_eq!(read(json!({"batchInterval": 20})), pace(1, 20));
        assert_eq!(read(json!({"batchSize": 3, "batchInterval": 0})), None);
        assert_eq!(read(json!({"batchSize": 3, "batchInterval": "soon"})), None);
        assert_eq!(Pace::read(None), None);
        let before = (0..7).filter(|index| pace(3, 1).unwrap().is_before(*index)).collect::<Vec<_>>();
        assert_eq!(before, [3, 6]);
    }
}
