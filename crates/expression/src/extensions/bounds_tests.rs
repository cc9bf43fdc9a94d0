//! Every built-in, called with huge receivers and arguments: none may run on after the time limit.

use std::{sync::Arc, time::Duration};

use serde_json::json;

use crate::{
    Engine, EngineConfig, Evaluator, Items, Limits, NodeContext, ParameterValue, Scope, WorkflowContext,
    limits::thread_time,
};

/// The limit of the test. What nothing interrupts takes minutes, or no end: twenty times the limit is out of the reach of
/// those, and of a machine's moods.
const LIMIT: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(2);

/// What is asked for its methods, and how a receiver of that kind is made.
const RECEIVERS: [(&str, &[&str]); 11] = [
    ("[]", &["({ length: 2 ** 53 - 1 })", "new Array(4e9)", "new Array(2000).fill('a'.repeat(1e6))"]),
    ("''", &["'日本é'.repeat(1e6)"]),
    ("5", &["1e308"]),
    ("5n", &["2n ** 900000n"]),
    ("new Uint8Array(1)", &["new Uint8Array(1e7)"]),
    ("new Map()", &["new Map(Array.from({ length: 1e5 }, (x, i) => [i, i]))"]),
    ("new Set()", &["new Set(Array.from({ length: 1e5 }, (x, i) => i))"]),
    ("/a/", &["/(?:)/g"]),
    ("new Date(0)", &["new Date(8.64e15)"]),
    ("new ArrayBuffer(1)", &["new ArrayBuffer(3e7)"]),
    ("[].values()", &["[].values.call({ length: 2 ** 53 - 1 })"]),
];

const NAMESPACES: [&str; 12] = [
    "Array",
    "String",
    "Object",
    "BigInt",
    "Math",
    "JSON",
    "Map",
    "Set",
    "WeakSet",
    "Uint8Array",
    "BigInt64Array",
    "Atomics",
];

const ARGUMENTS: [&str; 5] = [
    "",
    "{ length: 2 ** 53 - 1, [Symbol.isConcatSpreadable]: true }",
    "'a'.repeat(5e6) + 'b'",
    "[].values.call({ length: 2 ** 53 - 1 })",
    "{ size: 1, has: () => true, keys: () => [].values.call({ length: 2 ** 53 - 1 }) }",
];

/// Functions that make a value out of all their arguments.
const EXTRAS: [&str; 24] = [
    "`${2n ** 900000n}`",
    "BigInt('9'.repeat(1e6))",
    "String(7n ** 300000n)",
    "(2n ** 900000n).toLocaleString()",
    "(() => { let x = 3n; for (;;) x = x * x; })()",
    "(() => { let a = []; for (let i = 0; i < 12; i++) a = Array(50).fill(a); return a.flat(Infinity); })()",
    "(() => { let a = []; for (let i = 0; i < 12; i++) a = Array(50).fill(a); return String(a); })()",
    "(() => { let a = []; for (let i = 0; i < 12; i++) a = Array(50).fill(a); return JSON.stringify(a); })()",
    "(() => { let a = []; for (let i = 0; i < 12; i++) a = Array(50).fill(a); return a.length; })()",
    "(() => { let s = 'x'; for (;;) s += s; })()",
    "(() => { const f = () => f() + 1; return f(); })()",
    "JSON.parse('['.repeat(1e6))",
    "JSON.parse('[' + '1,'.repeat(3e6) + '1]').length",
    "[1, 2].chunk(-1)",
    "numberList(1, 1e12)",
    "Array.from({ length: 3e5 }, (x, i) => ({ i })).unique()",
    "Array.from({ length: 5e5 }, (x, i) => i).union(Array.from({ length: 5e5 }, (x, i) => -i))",
    "'x'.repeat(1e7).removeMarkdown()",
    "('a@'.repeat(1e5)).isEmail()",
    "'日'.repeat(5e6).replaceSpecialChars()",
    "'x'.repeat(2e7).hash('sha3')",
    "'a b '.repeat(1e6).toTitleCase()",
    "$jmespath({ a: Array.from({ length: 1e5 }, (x, i) => ({ i })) }, 'a[?i == `1`] | sort_by(@, &i)')",
    "'a'.repeat(3e4).match(/^(a+)+$|b/) || 'a'.repeat(3e4).replace(/(a|a)*c/, '')",
];

#[test]
fn every_built_in_ends_in_time() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let engine =
        Engine::new(EngineConfig { threads: 1, limits: Limits { cpu_time: LIMIT, ..Limits::default() } }).unwrap();
    let late = runtime.block_on(engine.run(|evaluator| {
        let mut late = Vec::new();
        for code in calls() {
            let (elapsed, outcome) = timed(evaluator, &code);
            if elapsed > LONGEST {
                late.push(format!("{elapsed:?} {code} -> {outcome}"));
            }
        }
        late
    }));
    let late = late.unwrap();
    assert!(late.is_empty(), "{} calls are late:\n{}", late.len(), late.join("\n"));
}

/// Every combination of function and arguments, as expressions.
fn calls() -> Vec<String> {
    let mut calls: Vec<String> = EXTRAS.iter().map(ToString::to_string).collect();
    for (sample, receivers) in RECEIVERS {
        for name in names(sample) {
            for (index, receiver) in receivers.iter().enumerate() {
                let is_thorough = index == 0 && matches!(sample, "[]" | "''" | "new Set()" | "[].values()");
                let arguments = if is_thorough { &ARGUMENTS[..] } else { &ARGUMENTS[..1] };
                calls.extend(arguments.iter().map(|arguments| {
                    let separator = if arguments.is_empty() { "" } else { ", " };
                    format!("({sample})['{name}'].call({receiver}{separator}{arguments})")
                }));
            }
        }
    }
    for namespace in NAMESPACES {
        for name in names(namespace) {
            calls.extend(ARGUMENTS.iter().map(|arguments| format!("{namespace}['{name}']({arguments})")));
        }
        calls.extend(ARGUMENTS.iter().map(|arguments| format!("new {namespace}({arguments})")));
    }
    calls
}

/// The names by reflection in a context of its own, in which nothing is taken away.
fn names(value: &str) -> Vec<String> {
    let context = rquickjs::Context::full(&rquickjs::Runtime::new().unwrap()).unwrap();
    context.with(|ctx| {
        let code = format!(
            "(() => {{
                let value;
                try {{ value = {value}; }} catch {{ return []; }}
                const names = new Set();
                for (let owner = Object(value); owner && owner !== Object.prototype && owner !== Function.prototype; owner = Object.getPrototypeOf(owner)) {{
                    for (const name of Object.getOwnPropertyNames(owner)) {{
                        try {{ if (typeof value[name] === 'function') names.add(name); }} catch {{}}
                    }}
                }}
                names.delete('constructor');
                return [...names];
            }})()"
        );
        ctx.eval(code).unwrap()
    })
}

fn timed(evaluator: &mut Evaluator, code: &str) -> (Duration, String) {
    let parameter = ParameterValue::compile(&json!(format!("={{{{ typeof ({code}) }}}}")));
    let items = Items::Batch(Arc::from([Arc::new(json!({"json": {}}))]));
    let scope = Scope::new(Arc::new(WorkflowContext::default()), Arc::new(NodeContext::default()), items, 0);
    let start = thread_time();
    let outcome = match evaluator.evaluate(&parameter, &scope) {
        Ok(evaluated) => format!("{:?}", evaluated.kind),
        Err(error) => format!("{:?}", error.code),
    };
    (thread_time() - start, outcome)
}
