//! Node and credential descriptors in n8n's shape: model, loading, validation.
//!
//! A *descriptor* says what a node is: its properties, when they are shown, what requests they
//! make, which credentials it takes. It is JSON in n8n's own vocabulary (`INodeTypeDescription`,
//! `ICredentialType`), and the text it was read from is kept: what the host serves is what the
//! author wrote, key order included.
//!
//! ```
//! use nodehost_descriptor::load;
//!
//! let text = r#"{ "name": "hello", "displayName": "Hello", "version": 1, "properties": [
//!     { "name": "greeting", "displayName": "Greeting", "type": "string", "default": "hi" } ] }"#;
//! let node = load::node_from_text("my-package", text, |_| None).unwrap();
//!
//! assert_eq!(node.type_name(), "my-package.hello");
//! assert_eq!(node.descriptor().unwrap().properties[0].name, "greeting");
//! ```
//!
//! - [`NodeSource`] and [`CredentialSource`]: a descriptor as loaded; a summary is read at once,
//!   the typed model on first use.
//! - [`NodeDescriptor`], [`Property`], [`CredentialDescriptor`]: the typed model.
//! - [`load`]: files, node folders with `$include`, n8n's bundles, descriptors built into a binary.
//! - [`schema`]: the JSON Schemas descriptors are checked against.

mod credential;
mod display;
mod error;
pub mod load;
mod node;
mod property;
mod reader;
mod request_options;
pub mod schema;
mod source;

pub use credential::CredentialDescriptor;
pub use display::DisplayOptions;
pub use error::DescriptorError;
pub use node::{NodeCredential, NodeDescriptor};
pub use property::{Choice, Group, Mode, Options, Property, PropertyType, TypeOptions};
pub use source::{CredentialSource, NodeSource, NodeSummary};
