//! Any text as a template, whole and as a block: `cargo fuzz run template` in crates/expression.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use nodehost_expression::{Engine, EngineConfig, Items, NodeContext, ParameterValue, Scope, WorkflowContext};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

static ENGINE: LazyLock<(Runtime, Engine)> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
    let engine = Engine::new(EngineConfig { threads: 1, ..EngineConfig::default() }).expect("an engine");
    (runtime, engine)
});

fuzz_target!(|text: &str| {
    let (runtime, engine) = &*ENGINE;
    let items = Items::Batch(Arc::from([Arc::new(json!({"json": {"a": 1, "list": [1, {"b": "c"}]}}))]));
    let scope = Scope::new(Arc::new(WorkflowContext::default()), Arc::new(NodeContext::default()), items, 0);
    let texts = [format!("={text}"), format!("={{{{{text}}}}}")];
    let job = engine.run(move |evaluator| {
        for text in texts {
            drop(evaluator.evaluate(&ParameterValue::compile(&Value::String(text)), &scope));
        }
    });
    runtime.block_on(job).expect("the job does not panic");
});
