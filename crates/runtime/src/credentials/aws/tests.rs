//! Signatures as n8n's own `aws` credential makes them, its clock stopped at the same moment.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::*;

/// 2025-01-31T12:00:00Z.
fn time() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_738_324_800)
}

fn signer(more: &Value) -> Result<Signer, CredentialError> {
    // AWS's own example of a key, which opens nothing.
    let mut data = json!({
        "region": "eu-west-1", "accessKeyId": " AKIDEXAMPLE ", "secretAccessKey": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    });
    data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let choices = ["eu-west-1", "us-east-1", "us-west-2"].map(|name| json!({ "name": name, "value": name }));
    let region = json!({ "name": "region", "displayName": "Region", "type": "options", "default": "us-east-1", "options": choices });
    let region = json!({ "name": "aws", "displayName": "AWS", "properties": [region] });
    let properties = nodehost_descriptor::CredentialDescriptor::from_value(region).unwrap().properties;
    Signer::read("aws", &properties, &CredentialData::new(data.as_object().unwrap().clone()))
}

fn request(method: &Method, url: &str, headers: &[(&str, &str)], body: &str) -> OutgoingRequest {
    let mut request = OutgoingRequest::new(method.clone(), url.parse().unwrap());
    for (name, value) in headers {
        request.headers.insert(HeaderName::try_from(*name).unwrap(), value.parse().unwrap());
    }
    if !body.is_empty() {
        request.body = body.to_owned().into();
    }
    request
}

fn authorization(request: &OutgoingRequest) -> &str {
    request.headers["authorization"].to_str().unwrap()
}

#[test]
fn signatures_are_those_of_n8n() {
    let none = json!({});
    let json_type = [("content-type", "application/x-amz-json-1.1"), ("X-Amz-Target", "T.Op")];
    let token = json!({ "temporaryCredentials": true, "sessionToken": " token/+= " });
    let bedrock = json!({ "bedrockEndpoint": "https://vpce.example.com/base/" });
    for (data, mut request, url, expected) in [
        (
            &none,
            request(
                &Method::GET,
                "https://sqs.us-east-1.amazonaws.com/1/q?Action=List&b=1 2&b=%2B&a=x+y",
                &[("x-custom", " a  b ")],
                "",
            ),
            "https://sqs.us-east-1.amazonaws.com/1/q?Action=List&b=1%202&b=%2B&a=x+y",
            "us-east-1/sqs/aws4_request, SignedHeaders=host;x-amz-date;x-custom, \
             Signature=f43f4197253a18af8a65e5b7109a8a64ac59436ca7af574a7ba86aa4d36b691f",
        ),
        (
            &none,
            request(&Method::POST, "https://iam.amazonaws.com/", &json_type, "{\"a\":1}"),
            "https://iam.amazonaws.com/",
            "eu-west-1/iam/aws4_request, SignedHeaders=content-length;content-type;host;x-amz-date;x-amz-target, \
             Signature=2c93b4c94835d9dd66731251b4f18383c3adbabf937d895432de3f3109ac7bfe",
        ),
        (
            &none,
            request(&Method::GET, "https://example.execute-api.us-east-1.amazonaws.com/prod//a%20b/c:d/é(1)/", &[], ""),
            "https://example.execute-api.us-east-1.amazonaws.com/prod//a%20b/c:d/%C3%A9(1)/",
            "us-east-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, \
             Signature=f784dd432aeeae55aea716172098c3d2d802b2e9836b54b1d83598d9a2838ded",
        ),
        (
            &token,
            request(&Method::PUT, "https://bucket.s3.us-east-1.amazonaws.com/a b/c+d&e(f)/%2F%zz/é", &[], "hello"),
            "https://bucket.s3.us-east-1.amazonaws.com/a%20b/c%2Bd%26e%28f%29//%25zz/%C3%A9",
            "us-east-1/s3/aws4_request, \
             SignedHeaders=content-length;content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token, \
             Signature=9b94b11c667a02feaed319818c89670e191468fe0d2a60b60dd9cd8bbaf136ea",
        ),
        (
            &none,
            request(&Method::GET, "http://localhost:9000/x", &[], ""),
            "http://localhost:9000/x",
            "eu-west-1/localhost/aws4_request, SignedHeaders=host;x-amz-date, \
             Signature=fd022ed78295175438de526122f716cfcdfab250ba640b2962b93edcbe781cc6",
        ),
        (
            &none,
            request(
                &Method::POST,
                "https://gateway.example.com/x?service=cognito-idp&_region=us-west-2",
                &[("content-type", "application/json")],
                "{}",
            ),
            "https://gateway.example.com/x",
            "us-west-2/cognito-idp/aws4_request, SignedHeaders=content-length;content-type;host;x-amz-date, \
             Signature=dbb9c85b38203d2716eb0cd157da6586d89df512950fc2e83a101f13aedfd603",
        ),
        (
            &bedrock,
            request(&Method::GET, "https://bedrock.us-east-1.amazonaws.com/foundation-models?x=1", &[], ""),
            "https://vpce.example.com/base/foundation-models?x=1",
            "us-east-1/bedrock/aws4_request, SignedHeaders=host;x-amz-date, \
             Signature=e2eba1c2d236528c01b22f91e51fca484e7823a9fd60db322476626850f77ab3",
        ),
    ] {
        signer(data).unwrap().sign_at(&mut request, time()).unwrap();
        assert_eq!(request.url.as_str(), url);
        let expected = format!("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20250131/{expected}");
        assert_eq!(authorization(&request), expected, "{url}");
    }
}

#[test]
fn what_cannot_be_signed_is_told() {
    for (data, told) in [
        (json!({ "accessKeyId": " " }), "accessKeyId"),
        (json!({ "secretAccessKey": "" }), "secretAccessKey"),
        (json!({ "region": "eu-nowhere-1" }), "region"),
        (json!({ "bedrockEndpoint": "ftp://x.example" }), "bedrockEndpoint"),
    ] {
        let error = signer(&data).err().unwrap().to_string();
        assert!(error.contains(told), "{error}");
    }
    let signer = signer(&json!({})).unwrap();
    let sign = |url| signer.sign_at(&mut request(&Method::GET, url, &[], ""), time());
    let error = sign("https://sqs.eu-nowhere-1.amazonaws.com/").unwrap_err().to_string();
    assert!(error.contains("eu-nowhere-1") && error.contains("sqs.eu-nowhere-1.amazonaws.com"), "{error}");
    assert!(sign("https://host.example.com/?_region=eu-nowhere-1").is_err());
    sign("https://store.eu-nowhere-1.example.com/").unwrap();
}

#[test]
fn a_request_that_was_signed_can_be_signed_again() {
    let signer = signer(&json!({})).unwrap();
    let mut once = request(&Method::GET, "https://sqs.us-east-1.amazonaws.com/?a=1", &[], "");
    signer.sign_at(&mut once, time()).unwrap();
    let first = authorization(&once).to_owned();
    signer.sign_at(&mut once, time()).unwrap();
    assert_eq!(authorization(&once), first);
}
