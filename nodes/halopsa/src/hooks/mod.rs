//! What the descriptor's JSON cannot say: one hook a file.

mod custom_fields;
mod json_body;
mod json_fields;
mod options;

use nodehost_runtime::HostBuilder;

/// Registers the hooks by the names the descriptor calls them.
pub(crate) fn register(builder: HostBuilder) -> HostBuilder {
    builder
        .pre_send("haloCustomFields", custom_fields::KeepOthers::default())
        .pre_send("haloJsonBody", json_body::set)
        .pre_send("haloJsonFields", json_fields::merge)
        .load_options("getTicketTypes", options::Choices::TicketTypes)
        .load_options("getTicketStatuses", options::Choices::TicketStatuses)
        .load_options("getCustomFields", options::Choices::CustomFields)
}
