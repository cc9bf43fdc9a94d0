//! HTTPS: whom the egress trusts, what it says of those it does not, and HTTP/2 over it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use nodehost_runtime::egress::{EgressErrorKind, Fate, Phase};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::{egress_with, get, post};

/// A certificate of its own making for this name: the server's side of TLS, and the certificate in PEM.
fn acceptor(name: &str, protocol: &[u8]) -> (TlsAcceptor, String) {
    let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    let pem = made.cert.pem();
    let certificate: CertificateDer<'static> = made.cert.der().clone();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    config.alpn_protocols = vec![protocol.to_vec()];
    (TlsAcceptor::from(Arc::new(config)), pem)
}

/// A server with a certificate for this name; its port and the certificate in PEM.
async fn start(name: &str) -> (u16, String) {
    let (acceptor, pem) = acceptor(name, b"http/1.1");
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

/// A server that speaks HTTP/2 and tells the version; requests to `/reset` are broken off. It counts its connections.
async fn start_http2(requests: Arc<AtomicUsize>) -> (u16, String, Arc<AtomicUsize>) {
    let (acceptor, pem) = acceptor("127.0.0.1", b"h2");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let connections = Arc::<AtomicUsize>::default();
    let counted = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            let (acceptor, requests) = (acceptor.clone(), Arc::clone(&requests));
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let answer = service_fn(move |request: http::Request<hyper::body::Incoming>| {
                    requests.fetch_add(1, Ordering::SeqCst);
                    let body = axum::body::Body::from(format!("{:?}", request.version()));
                    let reset = request.uri().path() == "/reset";
                    async move {
                        if reset { Err(std::io::Error::other("broken off")) } else { Ok(http::Response::new(body)) }
                    }
                });
                let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                drop(server.serve_connection(TokioIo::new(stream), answer).await);
            });
        }
    });
    (port, pem, connections)
}

#[tokio::test]
async fn http2_carries_many_requests_over_one_connection() {
    let (port, pem, connections) = start_http2(Arc::default()).await;
    let egress = egress_with(&["127.0.0.1"], |config| config.roots = vec![pem.into_bytes()]);
    let request = || get(format!("https://127.0.0.1:{port}/").parse().unwrap());
    assert_eq!(egress.send(request()).await.unwrap().body, "HTTP/2.0");
    for response in futures::future::join_all((0..50).map(|_| egress.send(request()))).await {
        assert_eq!(response.unwrap().body, "HTTP/2.0");
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_post_that_http2_breaks_off_is_not_sent_again() {
    let requests = Arc::<AtomicUsize>::default();
    let (port, pem, _) = start_http2(Arc::clone(&requests)).await;
    let egress = egress_with(&["127.0.0.1"], |config| config.roots = vec![pem.into_bytes()]);
    let mut request = post(format!("https://127.0.0.1:{port}/reset").parse().unwrap(), "x");
    request.transport_retries = 2;
    let error = egress.send(request).await.unwrap_err();
    assert_eq!(
        (error.kind.clone(), error.fate),
        (EgressErrorKind::Dropped(Phase::Response), Fate::Unknown),
        "{error:?}"
    );
    assert_eq!(requests.load(Ordering::SeqCst), 1);
}
