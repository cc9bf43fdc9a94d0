//! HTTPS: whom the egress trusts, and what it says of those it does not.

use std::sync::Arc;

use nodehost_runtime::egress::{EgressErrorKind, Fate};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::{egress_with, get};

/// A server with a certificate of its own making for this name; its address and the certificate in PEM.
async fn start(name: &str) -> (u16, String) {
    let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    let pem = made.cert.pem();
    let certificate: CertificateDer<'static> = made.cert.der().clone();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut request = [0; 4096];
            if stream.read(&mut request).await.is_ok() {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nsecret").await;
            }
        }
    });
    (port, pem)
}

#[tokio::test]
async fn certificates_are_verified_unless_the_request_says_otherwise() {
    let (port, pem) = start("127.0.0.1").await;
    let request = || get(format!("https://127.0.0.1:{port}/").parse().unwrap());
    let stranger = egress_with(&["127.0.0.1"], |_| {});
    let error = stranger.send(request()).await.unwrap_err();
    assert!(matches!(error.kind, EgressErrorKind::Tls(_)), "{error:?}");
    assert_eq!(error.fate, Fate::NotSent);
    assert!(error.to_string().contains("127.0.0.1"), "{error}");
    let mut careless = request();
    careless.verify_tls = false;
    assert_eq!(stranger.send(careless).await.unwrap().body, "secret");
    assert!(stranger.send(request()).await.is_err(), "what one request accepts, others do not");
    let trusting = egress_with(&["127.0.0.1"], |config| config.roots = vec![pem.into_bytes()]);
    assert_eq!(trusting.send(request()).await.unwrap().body, "secret");
}

#[tokio::test]
async fn a_certificate_for_another_name_says_so() {
    let (port, pem) = start("other.example").await;
    let egress = egress_with(&["127.0.0.1"], |config| config.roots = vec![pem.into_bytes()]);
    let error = egress.send(get(format!("https://127.0.0.1:{port}/").parse().unwrap())).await.unwrap_err();
    assert!(error.to_string().contains("another host name"), "{error}");
}
