//! The descriptor as a whole.

use nodehost_descriptor::Options;

#[test]
fn the_node_and_its_credential_fit_the_schemas() {
    let node = nodehost_halopsa::node().unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(node.type_name(), nodehost_halopsa::NODE_TYPE);
    let descriptor = node.descriptor().unwrap();
    assert!(descriptor.is_declarative());
    let resource = &descriptor.properties[0];
    let Options::Choices(resources) = &resource.options else { panic!("resource has no options") };
    assert_eq!(resources.len(), 13);

    let credential = nodehost_halopsa::credential_type().unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(credential.name(), "haloPSAApi");
}
