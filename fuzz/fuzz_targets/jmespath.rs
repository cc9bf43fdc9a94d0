//! Any text as a JMESPath query over sample data: an answer or n8n's error, never a panic.

#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use nodehost_expression::{Engine, EngineConfig, Items, NodeContext, ParameterValue, Scope, WorkflowContext};
use serde_json::json;
use tokio::runtime::{Builder, Runtime};

static ENGINE: LazyLock<(Runtime, Engine)> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
    let engine = Engine::new(EngineConfig { threads: 1, ..EngineConfig::default() }).expect("an engine");
    (runtime, engine)
});

static QUERY: LazyLock<ParameterValue> =
    LazyLock::new(|| ParameterValue::compile(&json!("={{ $jmespath($json.data, $json.query) }}")));

fuzz_target!(|query: &str| {
    let (runtime, engine) = &*ENGINE;
    let data = json!({"a": 1, "list": [1, {"b": "c"}, [2, 3]], "people": [{"name": "Ann", "age": 3}, {"name": null}]});
    let items = Items::Batch(Arc::from([Arc::new(json!({"json": {"data": data, "query": query}}))]));
    let scope = Scope::new(Arc::new(WorkflowContext::default()), Arc::new(NodeContext::default()), items, 0);
    let job = engine.run(move |evaluator| drop(evaluator.evaluate(&QUERY, &scope)));
    runtime.block_on(job).expect("the job does not panic");
});
