//! The classes `DateTime`, `Duration` and `Interval` of an engine.
//!
//! [`install`] builds them in a context and answers their constructors; nothing becomes a global. The clock and the
//! default zone are asked for at each call that needs them.

mod args;
mod call;
mod class;
mod date_parse;
mod date_time;
mod duration;
mod interval;
pub(crate) mod intl;
mod options;
mod zone;

use rquickjs::{Class, Ctx, Exception, JsLifetime, Object, Result, Value, function::Constructor};

use super::{DateTime, Duration, Interval, Settings};

pub use class::JsZone;

/// The constructors, for the scope of expressions.
pub struct Classes<'js> {
    /// `DateTime`.
    pub date_time: Object<'js>,
    /// `Duration`.
    pub duration: Object<'js>,
    /// `Interval`.
    pub interval: Object<'js>,
}

/// Builds the classes. To be called once per runtime, before its intrinsics are frozen. `settings` is called whenever
/// a method needs the clock or the default zone.
pub fn install<'js>(ctx: &Ctx<'js>, settings: impl Fn() -> Settings + 'static) -> Result<Classes<'js>> {
    let date: Constructor<'js> = ctx.globals().get("Date")?;
    let state = State { settings: Box::new(settings), date };
    if ctx.store_userdata(state).is_err() {
        return Err(Exception::throw_message(ctx, "the luxon classes are in use"));
    }
    Ok(Classes { date_time: date_time::class(ctx)?, duration: duration::class(ctx)?, interval: interval::class(ctx)? })
}

/// The time now, as an object of the class: `$now`.
pub fn now<'js>(ctx: &Ctx<'js>) -> Result<Value<'js>> {
    date_time_value(ctx, DateTime::now(&settings(ctx)))
}

/// A date as an object of the class.
pub fn date_time_value<'js>(ctx: &Ctx<'js>, date: DateTime) -> Result<Value<'js>> {
    Ok(Class::instance(ctx.clone(), date)?.into_value())
}

/// What an object of one of the classes holds.
#[derive(Clone, Debug)]
pub enum Instance {
    /// A DateTime.
    DateTime(DateTime),
    /// A Duration.
    Duration(Duration),
    /// An Interval.
    Interval(Interval),
}

/// Reads an object of one of the classes; `None` for any other value.
pub fn instance(value: &Value<'_>) -> Option<Instance> {
    let object = value.as_object()?;
    if let Some(date) = Class::<DateTime>::from_object(object) {
        return Some(Instance::DateTime(date.borrow().clone()));
    }
    if let Some(duration) = Class::<Duration>::from_object(object) {
        return Some(Instance::Duration(duration.borrow().clone()));
    }
    let interval = Class::<Interval>::from_object(object)?;
    let interval = interval.borrow().clone();
    Some(Instance::Interval(interval))
}

/// What the classes need from their context.
struct State<'js> {
    settings: Box<dyn Fn() -> Settings>,
    date: Constructor<'js>,
}

// SAFETY: the lifetime of State is that of the JavaScript value it holds.
#[allow(unsafe_code)]
unsafe impl<'js> JsLifetime<'js> for State<'js> {
    type Changed<'to> = State<'to>;
}

fn settings(ctx: &Ctx<'_>) -> Settings {
    ctx.userdata::<State<'_>>().map(|state| (state.settings)()).unwrap_or_default()
}

/// A JavaScript Date.
fn js_date<'js>(ctx: &Ctx<'js>, ts: f64) -> Result<Value<'js>> {
    match ctx.userdata::<State<'js>>() {
        Some(state) => state.date.construct((ts,)),
        None => Err(Exception::throw_message(ctx, "the luxon classes are not installed")),
    }
}

/// The time value of a JavaScript Date; `None` for any other value.
fn read_js_date<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> Result<Option<f64>> {
    let Some(object) = value.as_object() else { return Ok(None) };
    let is_date = ctx.userdata::<State<'js>>().is_some_and(|state| object.is_instance_of(&state.date));
    if is_date { args::number(ctx, value).map(Some) } else { Ok(None) }
}
