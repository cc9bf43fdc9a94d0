//! A JavaScript value as the JSON that `JSON.stringify` would write.

use rquickjs::{Array, Ctx, Function, Object, String as JsString, Type, Value};
use serde_json::{Map, Value as Json};

use super::Host;
use crate::data;
use crate::error::{Code, ExpressionError};
use crate::evaluator::{Evaluated, Kind};

/// Nested deeper, a value is taken for circular.
const MAX_DEPTH: usize = 256;

/// Why a value has no JSON.
pub(crate) enum Failure {
    /// JavaScript that the conversion ran threw.
    Thrown,
    Refused(ExpressionError),
}

impl From<rquickjs::Error> for Failure {
    fn from(_: rquickjs::Error) -> Self {
        Self::Thrown
    }
}

/// Converts the value of a template, and tells its kind.
pub(crate) fn convert<'js>(ctx: &Ctx<'js>, host: &Host, value: Value<'js>, limit: usize) -> Result<Evaluated, Failure> {
    let kind = kind(ctx, host, &value)?;
    if kind == Kind::Function {
        let name: Option<String> = value.as_object().and_then(|function| function.get("name").ok());
        let message = match name.as_deref() {
            Some("DateTime") => "this is a DateTime, please access its methods",
            _ => "this is a function, please add ()",
        };
        return Err(Failure::Refused(ExpressionError::new("UserError", message, Code::ExpressionError)));
    }
    let mut converter = Converter { ctx, host, left: limit };
    let value = converter.value(value, 0)?;
    Ok(Evaluated { value, kind })
}

fn kind<'js>(ctx: &Ctx<'js>, host: &Host, value: &Value<'js>) -> Result<Kind, Failure> {
    Ok(match value.type_of() {
        Type::String => Kind::String,
        Type::Int | Type::Float => Kind::Number,
        Type::Bool => Kind::Boolean,
        Type::BigInt => Kind::BigInt,
        Type::Null => Kind::Null,
        Type::Undefined | Type::Uninitialized => Kind::Undefined,
        Type::Symbol => Kind::Other("symbol".to_owned()),
        Type::Array => Kind::Array,
        Type::Function | Type::Constructor => Kind::Function,
        _ => Kind::of_object(host.classify(ctx, value)?),
    })
}

struct Converter<'c, 'js> {
    ctx: &'c Ctx<'js>,
    host: &'c Host,
    /// Bytes that the value may still take.
    left: usize,
}

impl<'js> Converter<'_, 'js> {
    /// The JSON of a value; none for what `JSON.stringify` leaves out.
    fn value(&mut self, value: Value<'js>, depth: usize) -> Result<Option<Json>, Failure> {
        if depth > MAX_DEPTH {
            let message = "Converting circular structure to JSON";
            return Err(Failure::Refused(ExpressionError::new("TypeError", message, Code::ExpressionError)));
        }
        if let Some(string) = value.as_string() {
            return self.text(string).map(|text| Some(Json::String(text)));
        }
        self.spend(8)?;
        if let Some(whole) = value.as_int() {
            return Ok(Some(Json::from(whole)));
        }
        if let Some(number) = value.as_float() {
            // JSON has no -0.
            return Ok(Some(data::number_value(if number == 0.0 { 0.0 } else { number })));
        }
        if let Some(flag) = value.as_bool() {
            return Ok(Some(Json::Bool(flag)));
        }
        if value.is_null() {
            return Ok(Some(Json::Null));
        }
        if value.is_big_int() {
            let digits: JsString = self.ctx.globals().get::<_, Function>("String")?.call((value,))?;
            return self.text(&digits).map(|text| Some(Json::String(text)));
        }
        if value.is_function() {
            return Ok(None);
        }
        match value.into_object() {
            Some(object) => self.object(&object, depth),
            None => Ok(None),
        }
    }

    fn object(&mut self, object: &Object<'js>, depth: usize) -> Result<Option<Json>, Failure> {
        // n8n's views of parameters and the like are shown as they read, not as what is behind them.
        if depth == 0 && is_view(object) {
            return self.properties(object, depth).map(Some);
        }
        let to_json: Value = object.get("toJSON")?;
        if let Some(to_json) = to_json.as_function().filter(|_| !is_view(object)) {
            let value: Value = to_json.call((rquickjs::prelude::This(object.clone()), ""))?;
            let again = value.as_object().is_some_and(|value| value == object);
            if !again {
                return self.value(value, depth + 1);
            }
        }
        if let Some(array) = object.as_array() {
            return self.array(array, depth).map(Some);
        }
        if !is_plain(object) && !is_view(object) {
            return self.stringified(object, depth);
        }
        self.properties(object, depth).map(Some)
    }

    fn array(&mut self, array: &Array<'js>, depth: usize) -> Result<Json, Failure> {
        // Array::len panics where the length is no i32.
        let length: f64 = array.as_object().get("length")?;
        let mut items = Vec::new();
        while (items.len() as f64) < length {
            items.push(self.value(array.get(items.len())?, depth + 1)?.unwrap_or(Json::Null));
        }
        Ok(Json::Array(items))
    }

    fn properties(&mut self, object: &Object<'js>, depth: usize) -> Result<Json, Failure> {
        let mut map = Map::new();
        for key in object.keys::<JsString>() {
            let key = key?;
            let value: Value = object.get(key.clone())?;
            let key = self.text(&key)?;
            if let Some(value) = self.value(value, depth + 1)? {
                map.insert(key, value);
            }
        }
        Ok(Json::Object(map))
    }

    /// Other classes are JSON.stringify's business: boxed values, proxies, sets, ...
    fn stringified(&mut self, object: &Object<'js>, depth: usize) -> Result<Option<Json>, Failure> {
        match self.ctx.json_stringify(object.clone()) {
            Ok(Some(text)) => {
                let text = self.text(&text)?;
                Ok(data::parse(text.as_bytes()).ok())
            }
            Ok(None) => Ok(None),
            // It refuses BigInts; their digits are wanted.
            Err(_) => {
                self.ctx.catch();
                self.properties(object, depth).map(Some)
            }
        }
    }

    fn text(&mut self, string: &JsString<'js>) -> Result<String, Failure> {
        let text = self.host.text(self.ctx, string)?;
        self.spend(text.len() + 2)?;
        Ok(text)
    }

    fn spend(&mut self, bytes: usize) -> Result<(), Failure> {
        match self.left.checked_sub(bytes) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => {
                let message = "The value of the expression is larger than allowed";
                Err(Failure::Refused(ExpressionError::new("ExpressionError", message, Code::ResultLimit)))
            }
        }
    }
}

fn is_view(object: &Object<'_>) -> bool {
    object.get("isProxy").is_ok_and(|flag: Value<'_>| flag.as_bool() == Some(true))
}

/// Whether an object's prototype is that of object literals, or none.
fn is_plain(object: &Object<'_>) -> bool {
    match object.get_prototype() {
        None => true,
        Some(prototype) => prototype.get_prototype().is_none(),
    }
}
