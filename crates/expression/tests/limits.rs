//! No expression hangs, exhausts or escapes the host.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::sync::Arc;
use std::time::Duration;

use nodehost_expression::{
    Code, Engine, EngineConfig, Evaluator, Items, NodeContext, ParameterValue, Scope, WorkflowContext,
};
use serde_json::{Value, json};

/// CPU time: twice the limit, and as much again for a build without optimisation.
const LONGEST: Duration = Duration::from_millis(400);

fn scope() -> Scope {
    let items = Items::Batch(Arc::from([Arc::new(json!({"json": {"a": 1}}))]));
    Scope::new(Arc::new(WorkflowContext::default()), Arc::new(NodeContext::default()), items, 0)
}

fn with_engine<R: Send + 'static>(threads: usize, job: impl FnOnce(&mut Evaluator) -> R + Send + 'static) -> R {
    let engine = Engine::new(EngineConfig { threads, ..EngineConfig::default() }).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(engine.run(job)).unwrap()
}

/// The answer as text, and how long it took.
fn timed(evaluator: &mut Evaluator, expression: &str) -> (Result<Option<Value>, Code>, Duration) {
    let parameter = ParameterValue::compile(&json!(expression));
    let start = thread_time();
    let result = evaluator.evaluate(&parameter, &scope());
    (result.map(|evaluated| evaluated.value).map_err(|error| error.code), thread_time() - start)
}

/// CPU time of this thread, so that other work on the machine does not count.
fn thread_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
}

#[test]
fn bombs_are_errors_within_their_limit() {
    const BOMBS: [&str; 12] = [
        "={{ (() => { while (true) {} })() }}",
        "={{ (() => { for (;;) { try { while (true) {} } catch {} finally { continue } } })() }}",
        "={{ /(a+)+$/.test('a'.repeat(40) + 'b') }}",
        "={{ (() => { let s = 'x'; while (true) s += s; })() }}",
        "={{ (() => { const a = []; while (true) a.push('x'.repeat(1000) + a.length); })() }}",
        "={{ [1, 2].chunk(-1) }}",
        "={{ (() => { const f = () => f() + 1; return f() })() }}",
        "={{ (() => { const f = () => { try { return f() } catch { return f() } }; return f() })() }}",
        "={{ 'x'.repeat(30000000) }}",
        "={{ Array.from({ length: 3000000 }, (_, i) => ({ i })) }}",
        "={{ (() => { let o = {}; for (;;) o = { o }; })() }}",
        "={{ (function* () { for (;;) yield 1 })().toArray() }}",
    ];
    with_engine(1, |evaluator| {
        timed(evaluator, "={{ [1].map(x => x + 1) }}").0.unwrap();
        let idle = evaluator.memory().unwrap();
        for bomb in BOMBS {
            let (result, took) = timed(evaluator, bomb);
            assert!(matches!(&result, Err(code) if *code != Code::ExpressionError), "{bomb}: {result:?}");
            assert!(took < LONGEST, "{bomb} took {took:?}");
            assert_eq!(timed(evaluator, "={{ [$json.a].map(x => x + 1) }}").0, Ok(Some(json!([2]))), "after {bomb}");
            assert!(evaluator.memory().unwrap() < idle * 2, "after {bomb}: {:?}", evaluator.memory());
        }
    });
}

#[test]
fn built_ins_that_do_not_poll_are_bounded() {
    const CALLS: [&str; 22] = [
        "[].join.call({ length: 1e9 }, '')",
        "[].reverse.call({ length: 2 ** 53 - 1 })",
        "[].indexOf.call({ length: 2 ** 53 - 1 }, 1)",
        "[].sort.call({ length: 2 ** 32 })",
        "[].flat.call({ length: 2 ** 53 - 1 })",
        "[].concat({ length: 2 ** 53 - 1, [Symbol.isConcatSpreadable]: true })",
        "'a'.repeat(1e7).indexOf('a'.repeat(5e6) + 'b')",
        "'a'.repeat(1e7).replaceAll('a'.repeat(5e6) + 'b', '')",
        "String(2n ** 1000000n)",
        "(1n << 1000000n).toString()",
        "(() => { let x = 3n; for (;;) x *= x; })()",
        "BigInt('9'.repeat(1000000))",
        "new Array(4e9).join()",
        "(() => { const a = []; a.length = 4e9; return a.lastIndexOf(1) })()",
        "(() => { const a = []; a[4e9] = 1; return a.indexOf(2) })()",
        "(() => { const a = [1]; [a.length] = [4e9]; return a.indexOf(2) })()",
        "new Set({ length: 1e9 })",
        "JSON.stringify(Object.assign([], { length: 4e9 }))",
        "Array.from({ length: 1e9 }).length",
        "new Uint8Array(5e7).sort().length",
        "'é'.repeat(2e7).normalize('NFD').length",
        "encodeURIComponent('é'.repeat(1e7)).length",
    ];
    with_engine(1, |evaluator| {
        for call in CALLS {
            let (_, took) = timed(evaluator, &format!("={{{{ {call} }}}}"));
            assert!(took < LONGEST, "{call} took {took:?}");
        }
    });
}

/// Calls every function that can be reached, on every receiver and with every argument that is huge.
#[test]
fn every_built_in_with_huge_receivers() {
    let owners = [
        "Array",
        "Array.from([])",
        "Object",
        "({})",
        "String",
        "'x'",
        "Number",
        "(1)",
        "Boolean",
        "true",
        "Math",
        "JSON",
        "Date",
        "new Date(0)",
        "RegExp",
        "/x/g",
        "Map",
        "new Map()",
        "Set",
        "new Set()",
        "WeakMap",
        "new WeakMap()",
        "BigInt",
        "(1n)",
        "Symbol",
        "ArrayBuffer",
        "new ArrayBuffer(8)",
        "Uint8Array",
        "new Uint8Array(8)",
        "new Float64Array(8)",
        "new DataView(new ArrayBuffer(8))",
        "[][Symbol.iterator]()",
        "[].values()",
        "(function* () {})()",
        "(() => 1)",
        "new Error('x')",
        "Intl",
        "Atomics",
    ];
    let huge = [
        "({ length: 2 ** 53 - 1 })",
        "new Array(999999)",
        "'a'.repeat(1999999)",
        "new Uint8Array(3999999)",
        "2 ** 53 - 1",
        "2n ** 60000n",
    ];
    with_engine(1, move |evaluator| {
        let mut slow = Vec::new();
        for owner in owners {
            let (names, _) = timed(
                evaluator,
                &format!(
                    "={{{{ (() => {{ const names = new Set(); for (let o = {owner}; o; o = o.__up__) {{ Object.getOwnPropertyNames(o).forEach(n => names.add(n)); break; }} return [...names] }})() }}}}"
                ),
            );
            let Ok(Some(Value::Array(names))) = names else { continue };
            for name in names.iter().filter_map(Value::as_str) {
                for value in huge {
                    let code = format!(
                        "={{{{ (() => {{ const h = {value}; const f = ({owner})['{name}']; if (typeof f !== 'function') return; try {{ f.call(h, h, h) }} catch (e) {{}} try {{ f.call({owner}, h, h) }} catch (e) {{}} }})() }}}}"
                    );
                    let (_, took) = timed(evaluator, &code);
                    if took > LONGEST {
                        slow.push(format!("{owner}.{name} with {value} took {took:?}"));
                    }
                }
            }
        }
        assert!(slow.is_empty(), "{slow:#?}");
    });
}

#[test]
fn ten_thousand_bombs_leave_the_pool_as_it_was() {
    let limits = nodehost_expression::Limits { cpu_time: Duration::from_micros(100), ..Default::default() };
    let engine = Engine::new(EngineConfig { threads: 8, limits }).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let bomb = ParameterValue::compile(&json!("={{ (() => { const a = []; while (true) a.push(a.length); })() }}"));
        let mut waiting = Vec::new();
        for _ in 0..40 {
            let (engine, bomb) = (engine.clone(), bomb.clone());
            waiting.push(async move {
                engine
                    .run(move |evaluator| (0..250).filter(|_| evaluator.evaluate(&bomb, &scope()).is_err()).count())
                    .await
            });
        }
        let mut failed = 0;
        for job in waiting {
            failed += job.await.unwrap();
        }
        assert_eq!(failed, 10_000);
        let sum = ParameterValue::compile(&json!("={{ [$json.a, 1].sum() }}"));
        let value = engine.run(move |evaluator| evaluator.evaluate(&sum, &scope())).await.unwrap();
        assert_eq!(value.unwrap().value, Some(json!(2)));
    });
}
