//! How JavaScript calls the native methods: one signature for all, in tables.

use rquickjs::{
    Class, Ctx, Exception, Function, IntoJs, Object, Result, Value,
    class::JsClass,
    function::{Constructor, IntoJsFunc, ParamRequirement, Params},
    object::{Accessor, Property},
};

use super::{class::JsZone, js_date, settings};
use crate::luxon::{DateTime, Duration, Error, ErrorKind, Interval, Settings, Zone};

/// A call from JavaScript.
pub(super) struct Call<'a, 'js> {
    pub(super) ctx: Ctx<'js>,
    params: Params<'a, 'js>,
}

/// A native function.
pub(super) type Native = for<'a, 'js> fn(&Call<'a, 'js>) -> Result<Js<'js>>;

/// A native function with its name and its number of parameters.
pub(super) type Entry = (&'static str, usize, Native);

/// What a native function answers.
pub(super) enum Js<'js> {
    Null,
    Undefined,
    Bool(bool),
    Number(f64),
    Text(String),
    DateTime(DateTime),
    Duration(Duration),
    Interval(Interval),
    Intervals(Vec<Interval>),
    Zone(Zone),
    Date(f64),
    Value(Value<'js>),
}

impl<'js> Call<'_, 'js> {
    /// The argument at an index; undefined where it is missing.
    pub(super) fn arg(&self, index: usize) -> Value<'js> {
        self.params.arg(index).unwrap_or_else(|| Value::new_undefined(self.ctx.clone()))
    }

    pub(super) fn args(&self) -> Vec<Value<'js>> {
        (0..self.params.len()).map(|index| self.arg(index)).collect()
    }

    pub(super) fn len(&self) -> usize {
        self.params.len()
    }

    pub(super) fn settings(&self) -> Settings {
        settings(&self.ctx)
    }

    pub(super) fn this(&self) -> Value<'js> {
        self.params.this()
    }

    /// Reads the object the method was called on.
    pub(super) fn with<C: JsClass<'js>, R>(&self, read: impl FnOnce(&C) -> R) -> Result<R> {
        let this = self.params.this();
        match this.as_object().and_then(Class::<C>::from_object) {
            Some(class) => Ok(read(&class.borrow())),
            None => {
                let message = format!("Method of {} called on an incompatible receiver", C::NAME);
                Err(Exception::throw_type(&self.ctx, &message))
            }
        }
    }

    pub(super) fn date(&self) -> Result<DateTime> {
        self.with(DateTime::clone)
    }

    pub(super) fn duration(&self) -> Result<Duration> {
        self.with(Duration::clone)
    }

    pub(super) fn interval(&self) -> Result<Interval> {
        self.with(Interval::clone)
    }

    /// Throws luxon's error.
    pub(super) fn fail(&self, error: &Error) -> rquickjs::Error {
        throw(&self.ctx, error)
    }

    pub(super) fn ok<T>(&self, result: std::result::Result<T, Error>) -> Result<T> {
        result.map_err(|error| self.fail(&error))
    }
}

pub(super) fn throw(ctx: &Ctx<'_>, error: &Error) -> rquickjs::Error {
    match error.kind {
        ErrorKind::Range => Exception::throw_range(ctx, &error.message),
        ErrorKind::Type => Exception::throw_type(ctx, &error.message),
        _ => Exception::throw_message(ctx, &error.message),
    }
}

impl<'js> IntoJs<'js> for Js<'js> {
    fn into_js(self, ctx: &Ctx<'js>) -> Result<Value<'js>> {
        Ok(match self {
            Js::Null => Value::new_null(ctx.clone()),
            Js::Undefined => Value::new_undefined(ctx.clone()),
            Js::Bool(value) => Value::new_bool(ctx.clone(), value),
            Js::Number(value) => {
                let integer = value as i32;
                if f64::from(integer) == value && !(value == 0.0 && value.is_sign_negative()) {
                    Value::new_int(ctx.clone(), integer)
                } else {
                    Value::new_float(ctx.clone(), value)
                }
            }
            Js::Text(text) => text.into_js(ctx)?,
            Js::DateTime(date) => Class::instance(ctx.clone(), date)?.into_value(),
            Js::Duration(duration) => Class::instance(ctx.clone(), duration)?.into_value(),
            Js::Interval(interval) => super::interval::object(ctx, interval)?,
            Js::Intervals(intervals) => {
                let array = rquickjs::Array::new(ctx.clone())?;
                for (index, interval) in intervals.into_iter().enumerate() {
                    array.set(index, super::interval::object(ctx, interval)?)?;
                }
                array.into_value()
            }
            Js::Zone(zone) => Class::instance(ctx.clone(), JsZone(zone))?.into_value(),
            Js::Date(ts) => js_date(ctx, ts)?,
            Js::Value(value) => value,
        })
    }
}

macro_rules! from {
    ($($type:ty => $variant:ident),* $(,)?) => {
        $(impl From<$type> for Js<'_> {
            fn from(value: $type) -> Self {
                Js::$variant(value)
            }
        })*
    };
}

from! {
    bool => Bool, f64 => Number, String => Text, DateTime => DateTime, Duration => Duration, Interval => Interval,
    Vec<Interval> => Intervals, Zone => Zone,
}

impl From<&str> for Js<'_> {
    fn from(value: &str) -> Self {
        Js::Text(value.to_owned())
    }
}

impl<'js> From<Value<'js>> for Js<'js> {
    fn from(value: Value<'js>) -> Self {
        Js::Value(value)
    }
}

impl<'js, T: Into<Js<'js>>> From<Option<T>> for Js<'js> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Js::Null, Into::into)
    }
}

/// A native function as JavaScript calls it.
struct Callable(Native);

impl<'js> IntoJsFunc<'js, Callable> for Callable {
    fn param_requirements() -> ParamRequirement {
        ParamRequirement::any()
    }

    fn call<'a>(&self, params: Params<'a, 'js>) -> Result<Value<'js>> {
        let ctx = params.ctx().clone();
        (self.0)(&Call { ctx: ctx.clone(), params })?.into_js(&ctx)
    }
}

/// Defines methods on a prototype, or static ones on a constructor.
pub(super) fn define_methods<'js>(target: &Object<'js>, entries: &[Entry]) -> Result<()> {
    for (name, length, native) in entries {
        let function = Function::new(target.ctx().clone(), Callable(*native))?.with_name(name)?.with_length(*length)?;
        target.prop(*name, Property::from(function).writable().configurable())?;
    }
    Ok(())
}

/// Defines getters.
pub(super) fn define_getters<'js>(target: &Object<'js>, entries: &[(&'static str, Native)]) -> Result<()> {
    for (name, native) in entries {
        target.prop(*name, Accessor::new_get(Callable(*native)).configurable())?;
    }
    Ok(())
}

/// The constructor of a class; `native` answers what `new` does.
pub(super) fn constructor<'js, C: JsClass<'js>>(ctx: &Ctx<'js>, native: Native) -> Result<Object<'js>> {
    let constructor = Constructor::new_class::<C, _, _>(ctx.clone(), New(C::NAME, native))?;
    Object::from_value(constructor.into_value())
}

struct New(&'static str, Native);

impl<'js> IntoJsFunc<'js, New> for New {
    fn param_requirements() -> ParamRequirement {
        ParamRequirement::any()
    }

    fn call<'a>(&self, params: Params<'a, 'js>) -> Result<Value<'js>> {
        let ctx = params.ctx().clone();
        if !params.is_constructor() {
            let message = format!("Class constructor {} cannot be invoked without 'new'", self.0);
            return Err(Exception::throw_type(&ctx, &message));
        }
        (self.1)(&Call { ctx: ctx.clone(), params })?.into_js(&ctx)
    }
}
