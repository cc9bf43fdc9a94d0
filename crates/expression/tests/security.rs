//! The public exploits against n8n's expressions, and what else must not be reached.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::sync::Arc;

use nodehost_expression::{Engine, EngineConfig, Items, NodeContext, ParameterValue, Scope, WorkflowContext};
use serde_json::{Value, json};

/// The values of blocks, or their errors' messages.
fn answers(blocks: &[&str]) -> Vec<Result<Value, String>> {
    let parameters: Vec<_> =
        blocks.iter().map(|block| ParameterValue::compile(&json!(format!("={{{{ {block} }}}}")))).collect();
    let items = Items::Batch(Arc::from([Arc::new(json!({"json": {"a": 1, "o": {"x": 1}}}))]));
    let scope = Scope::new(Arc::new(WorkflowContext::default()), Arc::new(NodeContext::default()), items, 0);
    let engine = Engine::new(EngineConfig { threads: 1, ..EngineConfig::default() }).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let job = engine.run(move |evaluator| {
        let evaluate = |parameter| evaluator.evaluate(parameter, &scope);
        parameters
            .iter()
            .map(evaluate)
            .map(|result| result.map(|value| value.value.unwrap_or(Value::Null)).map_err(|error| error.message))
            .collect()
    });
    runtime.block_on(job).unwrap()
}

#[test]
fn forbidden_members_are_refused_with_n8ns_messages() {
    let cases = [
        ("[].constructor", "Expression contains invalid constructor function call"),
        ("[]['constructor']", "Cannot access \"constructor\" due to security concerns"),
        ("[][`constructor`]", "Cannot access \"constructor\" due to security concerns"),
        ("[]['const' + 'ructor']", "Cannot access \"constructor\" due to security concerns"),
        ("({}).__proto__", "Cannot access \"__proto__\" due to security concerns"),
        ("({})[['__proto__']]", "Cannot access \"__proto__\" due to security concerns"),
        ("Object.getPrototypeOf", "Cannot access \"getPrototypeOf\" due to security concerns"),
        ("Error.prepareStackTrace = (e, s) => s", "Cannot access \"prepareStackTrace\" due to security concerns"),
        ("arguments", "Cannot access \"arguments\" due to security concerns"),
        (
            "(() => { const { constructor } = () => {}; return 1 })()",
            "Cannot destructure \"constructor\" due to security concerns",
        ),
        (
            "(() => { const { ['constr' + 'uctor']: c } = () => {}; return c })()",
            "Computed property names in destructuring are not allowed due to security concerns",
        ),
        ("(() => { with ({}) { return 1 } })()", "Cannot use \"with\" statements due to security concerns"),
        (
            "(() => { class A extends Function {} return new A('return 1') })()",
            "Cannot extend \"Function\" due to security concerns",
        ),
        ("(() => { class A extends (() => {}) {} })()", "Cannot use dynamic class extension due to security concerns"),
        ("(() => { const ___n8n_data = 1; return 1 })()", "Cannot use \"___n8n_data\" due to security concerns"),
        ("$", "Cannot access \"$\" without calling it as a function"),
        ("$env.HOME", "access to env vars denied"),
        (
            "$jmespath({ a: 1 }, 'constructor')",
            "Cannot access this property in a jmespath query due to security concerns",
        ),
    ];
    let blocks: Vec<_> = cases.iter().map(|(block, _)| *block).collect();
    for ((block, message), answer) in cases.iter().zip(answers(&blocks)) {
        assert_eq!(answer, Err((*message).to_owned()), "{block}");
    }
}

/// Whatever an exploit does, it must not come by code made from strings, the host, or another realm.
#[test]
fn exploits_reach_nothing() {
    let exploits = [
        "(function () { return this.process.mainModule.require('child_process').execSync('id').toString() })()",
        "(() => { const f = (() => {})['cons' + 'tructor']; return f('return 7')() })()",
        "(function () { return arguments.callee.caller })()",
        "(async () => {}).constructor('return 7')()",
        "(() => { try { null.f() } catch (e) { return e['constr' + 'uctor']['constr' + 'uctor']('return 7')() } })()",
        "[1].map(Function('return 7'))",
        "eval('7')",
        "globalThis.eval('7')",
        "(0, eval)('7')",
        "new Function('return 7')()",
        "Reflect.construct(Function, ['return 7'])()",
        "setTimeout(() => 7)",
        "require('fs')",
        "process.binding('fs')",
        "import('fs')",
        "Object.defineProperty({}, 'x', { get: () => 7 })",
        "({}).__defineGetter__('x', () => 7)",
        "((x) => x`${'return 7'}`)(Function)",
        "`${{ toString: Function }}`",
        "[..._ = (function* () {})()].constructor",
        "JSON.parse('{\"__proto__\": {\"polluted\": 7}}').polluted",
        "Object.assign({}, JSON.parse('{\"__proto__\": {\"polluted\": 7}}')).polluted",
        "extend({}, 'constructor', ['return 7'])",
        "extend(() => {}, ['constructor'], ['return 7'])()",
        "({ x: 1 }).merge(JSON.parse('{\"__proto__\": {\"polluted\": 7}}')).polluted",
        "WebAssembly.instantiate()",
        "new Proxy({}, {})",
        "(class { static x = 7 }).x",
    ];
    for (exploit, answer) in exploits.iter().zip(answers(&exploits)) {
        let text = format!("{answer:?}");
        assert!(!text.contains('7') && !text.contains("uid"), "{exploit}: {text}");
    }
}

#[test]
fn intrinsics_are_frozen_and_yet_objects_can_be_written() {
    let blocks = [
        "(() => { try { Object.keys = 1 } catch {} try { Math.max = 1 } catch {} [].map.x = 1; $json.o.x = 2; return 1 })()",
        "[typeof Object.keys, typeof Math.max, [].map.x, $json.o.x]",
        "(() => { const o = {}; o.toString = () => 'own'; o.valueOf = 1; return String(o) })()",
        "(() => { const e = new Error('a'); e.message = 'b'; e.name = 'c'; return String(e) })()",
        "(() => { const f = function () {}; f.extra = 1; return f.extra })()",
    ];
    let expected = [json!(1), json!(["function", "function", null, 1]), json!("own"), json!("c: b"), json!(1)];
    for ((block, expected), answer) in blocks.iter().zip(expected).zip(answers(&blocks)) {
        assert_eq!(answer, Ok(expected), "{block}");
    }
}
