//! Templates, evaluated through the pool.
#![allow(clippy::unwrap_used, clippy::needless_pass_by_value, reason = "helpers of tests")]

use std::sync::Arc;
use std::time::Duration;

use nodehost_expression::{
    Code, Engine, EngineConfig, Evaluated, ExpressionError, Items, Limits, NodeContext, ParameterValue, Scope,
    WorkflowContext,
};
use serde_json::{Value, json};

fn engine(limits: Limits) -> Engine {
    Engine::new(EngineConfig { threads: 1, limits }).unwrap()
}

fn scope(json: Value) -> Scope {
    let node = NodeContext {
        name: "Active".to_owned(),
        parameters: Arc::new(json!({"plain": "text", "twice": "={{ $json.a * 2 }}", "self": "={{ $parameter.self }}"})),
        ..NodeContext::default()
    };
    let items = Items::Batch(Arc::from([Arc::new(json!({"json": json})), Arc::new(json!({"json": {"a": "second"}}))]));
    Scope::new(Arc::new(WorkflowContext::default()), Arc::new(node), items, 0)
        .with("$value", Arc::new(json!("text")))
        .with("$index", Arc::new(json!(0)))
        .with("$parent", Arc::new(json!({"id": 7, "tags": ["a", "b"], "nil": null, "valueOf": 1})))
        .with("$credentials", Arc::new(json!({"url": "https://example.com", "constructor": "x"})))
}

#[track_caller]
fn evaluate_all(limits: Limits, json: &Value, expressions: &[Value]) -> Vec<Result<Evaluated, ExpressionError>> {
    let (scope, expressions) = (scope(json.clone()), expressions.to_vec());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let job = engine(limits);
    runtime
        .block_on(job.run(move |evaluator| {
            expressions
                .iter()
                .map(|expression| evaluator.evaluate(&ParameterValue::compile(expression), &scope))
                .collect()
        }))
        .unwrap()
}

#[track_caller]
fn value(expression: &str) -> Value {
    let json =
        json!({"a": 1, "name": "Bob", "list": [{"id": 1}, {"id": 2}], "nil": null, "o": {"x": {"y": 2}}, "f": 1.5});
    let result = evaluate_all(Limits::default(), &json, &[json!(expression)]).remove(0).unwrap();
    result.value.unwrap_or_else(|| json!({"undefined": true}))
}

#[track_caller]
fn error(expression: &str) -> String {
    evaluate_all(Limits::default(), &json!({"a": 1}), &[json!(expression)]).remove(0).unwrap_err().message
}

#[test]
fn a_single_block_keeps_its_type() {
    assert_eq!(value("={{ $json.a }}"), 1);
    assert_eq!(value("={{ $json.a + 1 }}"), 2);
    assert_eq!(value("={{ $json.list.map(x => x.id) }}"), json!([1, 2]));
    assert_eq!(value("={{ ({ a: $json.o, b: undefined }) }}"), json!({"a": {"x": {"y": 2}}}));
    assert_eq!(value("={{ { a: 1 } }}"), json!({"a": 1}));
    assert_eq!(value("={{ $json.missing }}"), json!({"undefined": true}));
    assert_eq!(value("={{ $json.missing.deeper }}"), json!({"undefined": true}));
    assert_eq!(value("={{ $json.nil }}"), Value::Null);
}

#[test]
fn several_blocks_are_text() {
    assert_eq!(value("=Hello {{ $json.name }}, {{ $json.a + 1 }}"), "Hello Bob, 2");
    assert_eq!(value("={{ $json.a }} "), "1 ");
    assert_eq!(
        value("=[{{ $json.nil }}{{ undefined }}{{ 0 }}{{ false }}{{ NaN }}{{ $json.list }}]"),
        "[0false[object Object],[object Object]]"
    );
    assert_eq!(value("=plain"), "plain");
    assert_eq!(value("="), "");
}

#[test]
fn the_fast_path_and_the_engine_agree() {
    for path in [
        "$json.a",
        "$json.name",
        "$json.list.length",
        "$json.list[1].id",
        "$json.list[7]",
        "$json.o.x",
        "$json.nil",
        "$json.f",
        "$json.o['x'].y",
        "$json.nil.x",
        "$json.a.b",
        "$json.name.length",
        "$json",
        "$value",
        "$value.length",
        "$value.x",
        "$index",
        "$parent",
        "$parent.id",
        "$parent.tags",
        "$parent.tags[1]",
        "$parent['tags'].length",
        "$parent.nil.x",
        "$parent.missing",
        "$credentials.url",
        "$response",
        "$response.body",
        "$self.x",
    ] {
        assert_eq!(value(&format!("={{{{ {path} }}}}")), value(&format!("={{{{ ({path}) }}}}")), "{path}");
        assert_eq!(value(&format!("=x{{{{ {path} }}}}")), value(&format!("=x{{{{ ({path}) }}}}")), "{path}");
    }
}

#[test]
fn what_only_javascript_can_tell_is_left_to_the_engine() {
    let scope = scope(json!({"a": 1, "o": {"x": 2}, "__proto__": 3}));
    let bare = |text: &str| ParameterValue::compile(&json!(text)).evaluate_bare(&scope).map(|found| found.value);
    assert_eq!(bare("plain"), Some(Some(json!("plain"))));
    assert_eq!(bare("={{ $json.a }}"), Some(Some(json!(1))));
    assert_eq!(bare("={{ $json.missing }}"), Some(None));
    assert_eq!(bare("={{ $credentials.url }}/v{{ $parent.id }}"), Some(Some(json!("https://example.com/v7"))));
    for engine in [
        "={{ $json.a + 1 }}",
        "={{ $json.a.toString() }}",
        "={{ $json.a.b }}",
        "=x{{ $json.o }}",
        "={{ $json.__proto__ }}",
        "={{ $parent.valueOf }}",
        "={{ $credentials.constructor }}",
        "={{ $value.length }}",
        "={{ $response }}",
        "={{ $self.x }}",
    ] {
        assert_eq!(bare(engine), None, "{engine}");
    }
}

#[test]
fn names_of_the_scope() {
    assert_eq!(value("={{ $itemIndex }}"), 0);
    assert_eq!(
        value("={{ $input.all().length + ' ' + $input.last().json.a + ' ' + $input.item.json.name }}"),
        "2 second Bob"
    );
    assert_eq!(value("={{ $parameter.twice + $parameter.plain }}"), "2text");
    assert_eq!(value("={{ $rawParameter.twice }}"), "={{ $json.a * 2 }}");
    assert_eq!(value("={{ $parameter.self }}"), json!({"undefined": true}));
    assert_eq!(value("={{ $json === $json && $json.o === $json.o }}"), true);
    assert_eq!(value("={{ nothing }}"), json!({"undefined": true}));
    assert_eq!(value("={{ (x = 5, x) }}"), 5);
}

#[test]
fn item_data_is_like_an_object() {
    assert_eq!(value("={{ Object.keys($json).join() }}"), "a,name,list,nil,o,f");
    assert_eq!(value("={{ JSON.stringify($json.o) }}"), r#"{"x":{"y":2}}"#);
    assert_eq!(value("={{ 'a' in $json && !('zz' in $json) && $json.hasOwnProperty('a') }}"), true);
    assert_eq!(value("={{ ({ ...$json.o, z: 1 }) }}"), json!({"x": {"y": 2}, "z": 1}));
    assert_eq!(
        value("={{ Array.isArray($json.list) && $json instanceof Object && String($json) }}"),
        "[object Object]"
    );
    assert_eq!(value("={{ ($json.new = 1, delete $json.a, Object.keys($json).join()) }}"), "name,list,nil,o,f,new");
}

#[test]
fn nothing_outlives_an_evaluation() {
    let expressions = [
        json!("={{ ($json.a = 99, $json.o = 1, x = 5, JSON.leak = 1, $input.leak = 2, Math.leak = 3, $json.a) }}"),
        json!("={{ [$json.a, x, JSON.leak, $input.leak, Math.leak] }}"),
    ];
    let results = evaluate_all(Limits::default(), &json!({"a": 1}), &expressions);
    assert_eq!(results[0].as_ref().unwrap().value, Some(json!(99)));
    assert_eq!(results[1].as_ref().unwrap().value, Some(json!([1, null, null, null, null])));
}

#[test]
fn lists_and_objects_are_resolved_inside() {
    let expression = json!({"={{ 1 }}": "={{ 1 + 1 }}", "list": ["={{ $json.a }}", "x", {"deep": "=n{{ 1 }}"}], "gone": "={{ undefined }}"});
    let result = evaluate_all(Limits::default(), &json!({"a": 1}), &[expression]).remove(0).unwrap();
    assert_eq!(result.value, Some(json!({"={{ 1 }}": 2, "list": [1, "x", {"deep": "n1"}]})));
}

#[test]
fn errors_are_raised_or_swallowed_as_in_n8n() {
    assert_eq!(error("={{ ( }}"), "invalid syntax");
    assert_eq!(error("={{ }}"), "invalid syntax");
    assert_eq!(error("={{ parseInt }}"), "this is a function, please add ()");
    assert_eq!(error("={{ [].constructor }}"), "Expression contains invalid constructor function call");
    assert_eq!(error("={{ ['x']['constructor'] }}"), "Cannot access \"constructor\" due to security concerns");
    assert_eq!(error("={{ ({})['__pro' + 'to__'] }}"), "Cannot access \"__proto__\" due to security concerns");
    assert_eq!(value("={{ null.x }}"), json!({"undefined": true}));
    assert_eq!(value("={{ 1n + 1 }}"), Value::Null);
    assert_eq!(value("={{ (() => { throw new Error('x') })() }}"), json!({"undefined": true}));
}

#[test]
fn spent_limits_are_errors_of_their_item_alone() {
    let expressions = [
        json!("={{ (() => { while (true) {} })() }}"),
        json!("={{ (() => { let s = 'x'; while (true) s += s + s.length; })() }}"),
        json!("={{ (() => { const a = []; while (true) a.push(new Array(1000).fill(1)) })() }}"),
        json!("={{ 'x'.repeat(20000000) }}"),
        json!("={{ (function f() { return f() + 1 })() }}"),
        json!("={{ $json.a + 1 }}"),
    ];
    let limits = Limits { cpu_time: Duration::from_millis(300), ..Limits::default() };
    let results = evaluate_all(limits, &json!({"a": 1}), &expressions);
    let codes: Vec<_> = results.iter().map(|result| result.as_ref().map_err(|error| error.code)).collect();
    assert_eq!(codes[0], Err(Code::TimeLimit));
    assert!(matches!(codes[1], Err(Code::MemoryLimit | Code::TimeLimit)), "{:?}", codes[1]);
    assert!(matches!(codes[2], Err(Code::MemoryLimit | Code::TimeLimit)), "{:?}", codes[2]);
    assert_eq!(codes[3], Err(Code::ResultLimit));
    assert_eq!(codes[4], Err(Code::StackLimit));
    assert_eq!(codes[5].as_ref().unwrap().value, Some(json!(2)));
}

#[test]
fn names_that_the_caller_adds() {
    let response = json!({"body": {"next": "abc", "list": [1, 2]}, "statusCode": 200});
    let scope = scope(json!({"a": 1})).with("$response", Arc::new(response)).with("$value", Arc::new(json!("v")));
    let expressions = [
        "={{ $response.body.next + $value }}",
        "={{ $response.body === $response.body }}",
        "={{ $nothing }}",
        "={{ ($response.body.next = 'x', $response.body.next) }}",
        "={{ $response.body.list.map(x => x * 2) }}",
    ];
    let expected = [json!("abcv"), json!(true), Value::Null, json!("x"), json!([2, 4])];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let values = runtime
        .block_on(engine(Limits::default()).run(move |evaluator| {
            expressions.map(|text| evaluator.evaluate(&ParameterValue::compile(&json!(text)), &scope).unwrap().value)
        }))
        .unwrap();
    for (value, expected) in values.into_iter().zip(expected) {
        assert_eq!(value.unwrap_or(Value::Null), expected);
    }
}

#[test]
fn a_streamed_item_sees_itself_alone() {
    let items = Items::Current(Arc::new(json!({"json": {"a": 7}, "pairedItem": {"item": 3}})));
    let scope = Scope::new(Arc::new(WorkflowContext::default()), Arc::new(NodeContext::default()), items, 3);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let results = runtime
        .block_on(engine(Limits::default()).run(move |evaluator| {
            [
                "={{ $json.a + $itemIndex }}",
                "={{ $input.item.json.a }}",
                "={{ $input.all() }}",
                "={{ (() => { try { return $input.first() } catch { return 1 } })() }}",
                "={{ $json.a }}",
            ]
            .map(|text| {
                evaluator
                    .evaluate(&ParameterValue::compile(&json!(text)), &scope)
                    .map(|value| value.value)
                    .map_err(|error| error.code)
            })
        }))
        .unwrap();
    let stream = Err(Code::BatchScopeInStream);
    assert_eq!(results, [Ok(Some(json!(10))), Ok(Some(json!(7))), stream.clone(), stream, Ok(Some(json!(7)))]);
}

#[test]
fn queueing_counts_against_the_deadline() {
    let engine = engine(Limits { cpu_time: Duration::from_millis(300), ..Limits::default() });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let scope = scope(json!({"a": 1}));
        let busy = ParameterValue::compile(&json!("={{ (() => { while (true) {} })() }}"));
        let occupied = engine.run(move |evaluator| evaluator.evaluate(&busy, &scope).unwrap_err().code);
        let late = engine.run_until(std::time::Instant::now() + Duration::from_millis(20), |_| ());
        let (occupied, late) = tokio::join!(occupied, late);
        assert_eq!(occupied, Ok(Code::TimeLimit));
        assert_eq!(late, Err(nodehost_expression::EngineError::DeadlineExceeded));
    });
}
