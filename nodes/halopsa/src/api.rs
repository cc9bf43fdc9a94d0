//! The field names of Halo's API, from the same files the simulator checks against.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

/// Whether records of a resource have a field of this name in the API.
pub(crate) fn knows(resource: &str, field: &str) -> bool {
    FIELDS.get(resource).is_some_and(|fields| fields.contains(field))
}

#[derive(Deserialize)]
struct File {
    resource: String,
    /// Names by type.
    fields: HashMap<String, Vec<String>>,
}

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        [$(include_str!(concat!("../simulator/resources/", $name, ".json"))),*]
    };
}

const FILES: [&str; 13] = files![
    "agents",
    "assets",
    "client",
    "fieldInfo",
    "invoices",
    "sites",
    "tickets",
    "ticketStatuses",
    "ticketTypes",
    "timesheet",
    "timesheetEvent",
    "webhooks",
    "webhookEvents",
];

static FIELDS: LazyLock<HashMap<String, HashSet<String>>> = LazyLock::new(|| {
    let read = |text| {
        let file: File = serde_json::from_str(text).expect("the files are well-formed, as the tests show");
        (file.resource, file.fields.into_values().flatten().collect())
    };
    FILES.into_iter().map(read).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_of_every_resource_are_known() {
        assert_eq!(FIELDS.len(), 13);
        assert!(knows("webhooks", "batch_delay_seconds"));
        assert!(!knows("webhooks", "auto_disable_attempts"));
        assert!(!knows("nothing", "id"));
    }
}
