//! The extension methods and functions, a table for each receiver type.

use rquickjs::{CatchResultExt, Context, Object, Runtime, Value};

use super::{Host, install};

const ERRORS: &str = "
    class ExpressionError extends Error { constructor(message, options) { super(message); Object.assign(this, options); } }
    class ExpressionExtensionError extends ExpressionError {}
    ({ ExpressionError, ExpressionExtensionError })";

/// Runs every code with `x` as `extend` and the functions in scope; the outcome is JSON, or the error's message.
fn check(table: &[(&str, &str)]) {
    check_by(table, |outcome, expected| outcome == *expected);
}

fn check_by<C: std::fmt::Display, E: std::fmt::Debug>(table: &[(C, E)], is_equal: impl Fn(&str, &E) -> bool) {
    let context = Context::full(&Runtime::new().unwrap()).unwrap();
    context.with(|ctx| {
        let errors: Object = ctx.eval(ERRORS).unwrap();
        let scope: Object = ctx.eval("({ DateTime: class { static isDateTime() { return false; } } })").unwrap();
        install(&ctx, Host { errors, scope: scope.clone() }).catch(&ctx).unwrap();
        ctx.globals().set("x", scope.get::<_, Value>("extend").unwrap()).unwrap();
        ctx.globals().set("optional", scope.get::<_, Value>("extendOptional").unwrap()).unwrap();
        ctx.globals().set("f", scope).unwrap();
        let wrap = |code: &C| {
            format!("(() => {{ try {{ return JSON.stringify({code}) ?? 'undefined' }} catch (e) {{ return e.message }} }})()")
        };
        for (code, expected) in table {
            let outcome: String = ctx.eval(wrap(code)).catch(&ctx).unwrap();
            assert!(is_equal(&outcome, expected), "{code}\n  is {outcome}\n  not {expected:?}");
        }
    });
}

#[test]
fn strings() {
    check(&[
        (r#"x("hello", "hash", [])"#, r#""5d41402abc4b2a76b9719d911017c592""#),
        (
            r#"x("hello", "hash", ["crc"])"#,
            "Unknown algorithm crc. Available algorithms are: md5,sha1,sha224,sha256,sha384,sha512,sha3, and Base64.",
        ),
        (r#"x("hello", "hash", ["Base64"])"#, r#""aGVsbG8=""#),
        (r#"x("the quick a brown FOX: of", "toTitleCase", [])"#, r#""The Quick a Brown FOX: Of""#),
        (r#"x("line1\nline2", "toTitleCase", [])"#, r#""Line1Line2""#),
        (r#"x("quick! brown FOX", "toSentenceCase", [])"#, r#""Quick! Brown fox""#),
        (r#"x("quick-brown $FOX", "toSnakeCase", [])"#, r#""quick_brown_fox""#),
        (
            r##"x("# Title\n\n**bold** [link](u) `code`\n* item", "removeMarkdown", [])"##,
            r#""Title\n\nbold link code\nitem""#,
        ),
        (r#"x("<b>bold</b> <a", "removeTags", [])"#, r#""bold ""#),
        (r#"x("€1.5 Lek", "toNumber", [])"#, "1.5"),
        (r#"x("1,5", "toFloat", [])"#, "cannot convert to float, expected . as decimal separator"),
        (r#"x("abc", "toInt", [])"#, "cannot convert to integer"),
        (r#"x("ff", "toInt", [16])"#, "255"),
        (r#"x("NO", "toBoolean", [])"#, "false"),
        (r#"x("{'a':1}", "parseJson", [])"#, "Parsing failed. Check you're using double quotes"),
        (r#"x('say "hi"', "quote", [])"#, r#""\"say \\\"hi\\\"\"""#),
        (r#"x("me@example.com", "isEmail", [])"#, "true"),
        (r#"x("hi me@example.com", "extractEmail", [])"#, r#""me@example.com""#),
        (r#"x("see https://n8n.io/a?b#c now", "extractUrl", [])"#, r#""https://n8n.io/a?b#c""#),
        (r#"x("https://www.n8n.io/workflows", "extractDomain", [])"#, r#""www.n8n.io""#),
        (r#"x("http://n8n.io/workflows?a", "extractUrlPath", [])"#, r#""/workflows""#),
        (r#"x("none", "extractUrlPath", [])"#, "undefined"),
        (r#"x("n8n.io", "isDomain", [])"#, "true"),
        (r#"x("http://n8n.io", "isUrl", [])"#, "true"),
        (r#"x("1e3", "isNumeric", [])"#, "true"),
        (r#"x("déjà vu", "replaceSpecialChars", [])"#, r#""deja vu""#),
        (r#"x("a b&c", "urlEncode", [])"#, r#""a%20b%26c""#),
        (r#"x("a b&c", "urlEncode", [true])"#, r#""a%20b&c""#),
        (r#"x("aGVsbG8", "base64Decode", [])"#, r#""hello""#),
        (r#"x("abc", "length", [])"#, "3"),
    ]);
}

#[test]
fn numbers_and_booleans() {
    check(&[
        (r#"x(1.256, "round", [2])"#, "1.26"),
        (r#"x(-3, "isOdd", [])"#, "true"),
        (r#"x(1.5, "isEven", [])"#, "isEven() is only callable on integers"),
        (r#"x(2.5, "toInt", [])"#, "3"),
        (
            r#"x(5, "toDateTime", ["weeks"])"#,
            "Unsupported format 'weeks'. toDateTime() supports 'ms', 's', 'us' and 'excel'.",
        ),
        (r#"x(true, "toNumber", [])"#, "1"),
        (r#"x(false, "toDateTime", [])"#, "undefined"),
    ]);
}

#[test]
fn arrays() {
    check(&[
        (r#"x([1, 2, 3], "last", [])"#, "3"),
        (r#"x([1, 2, 3], "reverse", [])"#, "[3,2,1]"),
        (r#"x([1, "2"], "sum", [])"#, "sum(): all array elements must be numbers"),
        (r#"x([], "average", [])"#, "0"),
        (r#"x([1, 12, 5], "max", [])"#, "12"),
        (r#"x([2, null, "", "nil", {}, {a: null, b: [1]}], "compact", [])"#, r#"[2,{"b":{"0":1}}]"#),
        (r#"x([{a: 1}, {a: 1}, {a: 2}], "unique", [])"#, r#"[{"a":1},{"a":2}]"#),
        (r#"x([{a: 1, b: 1}, {a: 1, b: 2}], "removeDuplicates", ["a"])"#, r#"[{"a":1,"b":1}]"#),
        (r#"x([{a: 1, b: 2}, {b: 3}, 4], "pluck", ["a", "b"])"#, "[[1,2],3]"),
        (r#"x([1, 2, 3], "chunk", [2])"#, "[[1,2],[3]]"),
        (r#"x([1], "chunk", [0])"#, "chunk(): expected non-zero numeric arg, e.g. .chunk(5)"),
        (r#"x([{a: 1}], "renameKeys", ["a", "b"])"#, r#"[{"b":1}]"#),
        (r#"x([{id: 1}, {id: 2, v: 3}], "merge", [])"#, r#"{"id":1,"v":3}"#),
        (r#"x([{id: 1}], "merge", [[{z: 1}]])"#, r#"{"id":1,"z":1}"#),
        (r#"x([null], "mergeIntoObject", [[{z: 1}]])"#, r#"{"z":1}"#),
        (r#"x([{k: "a", v: 1}], "smartJoin", ["k", "v"])"#, r#"{"a":1}"#),
        (r#"x([1, 2], "union", [[2, 3]])"#, "[1,2,3]"),
        (r#"x([[1], [2]], "difference", [[[2]]])"#, "[[1]]"),
        (r#"x([1, 2], "intersection", [[2]])"#, "[2]"),
        (r#"x([1], "union", [])"#, "union(): expected array arg, e.g. .union([1, 2, 3, 4])"),
        (r#"x([1], "append", [2, 3])"#, "[1,2,3]"),
        (r#"x([7], "randomItem", [])"#, "7"),
        (r#"x([1], "toInt", [])"#, "undefined"),
    ]);
}

#[test]
fn objects() {
    check(&[
        (r#"x({a: 1}, "isEmpty", [])"#, "false"),
        (r#"x({a: 1}, "hasField", ["a"])"#, "true"),
        (r#"x({a: 1, b: 2}, "removeField", ["a"])"#, r#"{"b":2}"#),
        (r#"x({a: "null", b: 2}, "keepFieldsContaining", ["null"])"#, r#"{"a":"null"}"#),
        (r#"x({a: "null", b: 2}, "removeFieldsContaining", ["null"])"#, r#"{"b":2}"#),
        (r#"x({}, "removeFieldsContaining", [""])"#, "removeFieldsContaining(): expected non-empty string arg"),
        (r#"x({q: "a b&c'", n: 1, o: {}}, "urlEncode", [])"#, r#""q=a+b%26c%27&n=1&o=%5Bobject+Object%5D""#),
        (r#"x(new Map([["a", 1]]), "urlEncode", [])"#, r#""a=1""#),
        (r#"x({a: 1}, "values", [])"#, "[1]"),
        (r#"x({a: null, ["__proto__"]: {p: 1}}, "compact", [])"#, r#"{"__proto__":{"p":1}}"#),
    ]);
}

#[test]
fn any_receiver() {
    check(&[
        (r#"x(undefined, "isEmpty", [])"#, "true"),
        (r#"x(null, "isNotEmpty", [])"#, "false"),
        (r#"x(undefined, "toTitleCase", [])"#, "toTitleCase can't be used on undefined value"),
        (r#"x(5, "urlEncode", [])"#, r#"urlEncode() is only callable on types "Object", and "String""#),
        (r#"x("a", "sum", [])"#, r#"sum() is only callable on type "Array""#),
        (
            r#"x("a", "constructor", [])"#,
            r#"Cannot access "constructor" via expression extension due to security concerns"#,
        ),
        (
            r#"x({ toString: () => "prototype" }, { toString: () => "prototype" }, [])"#,
            r#"Cannot access "prototype" via expression extension due to security concerns"#,
        ),
        (r#"x(true, "compact", [])"#, r#"compact() is only callable on types "Array", and "Object""#),
        (r#"x(true, "isEmpty", [])"#, "false"),
        (r#"x("2024-02-29T12:30:45.123Z", "toTitleCase", [])"#, r#"toTitleCase() is only callable on type "String""#),
        (r#"x(new Map([[1, 2]]), "keys", []).length"#, "0"),
        (r#"x("a", "nope", [])"#, "Unknown expression function: nope"),
        (r#"optional(undefined, "toTitleCase")"#, "undefined"),
        (r#"optional("abc", "toTitleCase")()"#, r#""Abc""#),
    ]);
}

#[test]
fn functions() {
    check(&[
        ("f.$min(3, 1)", "1"),
        ("f.$average(1, 2, 3)", "2"),
        ("f.$not()", "true"),
        ("f.$ifEmpty({}, 1)", "1"),
        ("f.$ifEmpty(0, 1)", "0"),
        ("f.$ifEmpty(0)", "expected two arguments (value, defaultValue) for this function"),
        ("f.numberList(3, 1)", "[3,2,1]"),
        ("f.zip(['a'], [1])", r#"{"a":1}"#),
        ("f.zip(['a'], [])", "keys and values not of equal length"),
        ("f.toPathSegment('a/b')", r#""a%2Fb""#),
        ("f.toPathSegment('..')", r#"Invalid identifier: ".." is not allowed"#),
    ]);
}

/// A function is of none of the types, so that a name some type has is refused with the names of these types.
#[test]
fn names_are_known_to_some_type() {
    let codes: Vec<String> = super::NAMES.iter().map(|name| format!("x(() => 1, '{name}', []) ?? 'no'")).collect();
    let expected = |name: &str| match name {
        "isEmpty" => "false".to_owned(),
        "isNotEmpty" => "true".to_owned(),
        _ => format!("{name}() is only callable on type"),
    };
    check_by(&codes.iter().zip(super::NAMES.map(expected)).collect::<Vec<_>>(), |outcome, start| {
        outcome.starts_with(start.as_str())
    });
}

#[test]
fn numbers_in_the_words_of_a_locale() {
    check(&[
        (r#"x(1234567.891, "format", [])"#, r#""1,234,567.891""#),
        (r#"x(1234567.891, "format", ["de-DE"])"#, r#""1.234.567,891""#),
        (r#"x(1234567.891, "format", ["en-IN"])"#, r#""12,34,567.891""#),
        (r#"x(1234.5, "format", ["es"])"#, r#""1234,5""#),
        (r#"x(0.3, "format", ["fr", { style: "currency", currency: "EUR" }])"#, "\"0,30\u{a0}€\""),
        (
            r#"x(-5, "format", ["en", { style: "currency", currency: "USD", currencySign: "accounting" }])"#,
            r#""($5.00)""#,
        ),
        (r#"x(12, "format", ["en", { style: "currency", currency: "CHF" }])"#, "\"CHF\u{a0}12.00\""),
        (r#"x(1.005, "format", ["en", { maximumFractionDigits: 2 }])"#, r#""1.01""#),
        (r#"x(999999, "format", ["en", { notation: "compact" }])"#, r#""1M""#),
        (r#"x(0.256, "format", ["en", { style: "percent" }])"#, r#""26%""#),
        (r#"x(0, "format", ["xx-invalid-locale"])"#, r#""0""#),
        (r#"x(0, "format", ["en_US"])"#, "Incorrect locale information provided"),
        (r#"x(0, "format", ["en", { style: "currency" }])"#, "Currency code is required with currency style."),
        ("(12345678901234567890n).toLocaleString()", r#""12,345,678,901,234,567,890""#),
        ("[1234.5, null, 'a'].toLocaleString()", r#""1,234.5,,a""#),
        (r#"["z", "ä", "A", "a"].sort((a, b) => a.localeCompare(b)).join()"#, r#""a,A,ä,z""#),
        (r#"["z", "ä", "a"].sort(new Intl.Collator("sv").compare).join()"#, r#""a,z,ä""#),
        (r#""istanbul".toLocaleUpperCase("tr")"#, r#""İSTANBUL""#),
    ]);
}

#[test]
fn dates_have_utc_for_local_time() {
    check(&[
        ("new Date(2024, 1, 29, 12).toISOString()", r#""2024-02-29T12:00:00.000Z""#),
        ("new Date('2024-02-29T12:00').getHours()", "12"),
        ("new Date('Feb 29 2024 1:00 pm').getTime()", "1709211600000"),
        ("String(new Date(0))", r#""Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)""#),
        ("new Date(0).getTimezoneOffset()", "0"),
        ("String(new Date('x'))", r#""Invalid Date""#),
        ("new Date(new Date(5)).getTime()", "5"),
        ("new Date(0) instanceof Date && new Date(0).constructor === Date", "true"),
        ("Date.length + Date.name", r#""7Date""#),
    ]);
}

#[test]
fn jmespath() {
    const DATA: &str = "{ list: [{ id: 1, n: 'b' }, { id: 10, n: 'a' }, { n: null }], nums: [3, 1, 10], o: { x: 1 } }";
    let rows = [
        ("list[*].id", "[1,10]"),
        ("list[?id > `1`].n | [0]", r#""a""#),
        ("list[].{i: id}", r#"[{"i":1},{"i":10},{"i":null}]"#),
        ("nums[::-1]", "[10,1,3]"),
        ("sort(nums)", "[1,10,3]"),
        ("sort_by(list[:2], &n)[*].id", "[10,1]"),
        ("max_by(list[?id], &id).n", r#""a""#),
        ("starts_with('abab', 'ab')", "false"),
        ("missing.x", "null"),
        ("o.* | length(@)", "1"),
        ("nope(o)", "Unknown function: nope()"),
        ("o.constructor", "Cannot access this property in a jmespath query due to security concerns"),
    ];
    let table: Vec<_> =
        rows.iter().map(|(query, expected)| (format!("f.$jmespath({DATA}, {query:?})"), *expected)).collect();
    check_by(&table, |outcome, expected| outcome == *expected);
}
