//! A service that answers every request with the same created record.

use axum::Router;
use axum::body::Bytes;

const CREATED: &str =
    r#"[{"id":"6f6a5b0e-0000-4000-8000-000000000001","name":"hook","url":"https://example.com/x","enabled":true}]"#;

pub(crate) fn serve() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        println!("http://{}", listener.local_addr().expect("an address"));
        let answer = |_: Bytes| async { ([("content-type", "application/json")], CREATED) };
        axum::serve(listener, Router::new().fallback(answer)).await.expect("the mock serves");
    });
}
