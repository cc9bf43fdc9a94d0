//! The Rust types as classes of the engine.

use rquickjs::{
    Ctx, JsLifetime, Object, Result,
    class::{JsClass, Readable, Trace, Tracer},
    function::Constructor,
};

use crate::luxon::{DateTime, Duration, Interval, Zone};

/// A zone as an object.
#[derive(Clone, Debug)]
pub struct JsZone(pub(crate) Zone);

macro_rules! class {
    ($type:ty, $name:literal, $prototype:path) => {
        // SAFETY: the type holds no JavaScript value and has no lifetime.
        #[allow(unsafe_code)]
        unsafe impl<'js> JsLifetime<'js> for $type {
            type Changed<'to> = $type;
        }

        impl<'js> Trace<'js> for $type {
            fn trace<'a>(&self, _: Tracer<'a, 'js>) {}
        }

        impl<'js> JsClass<'js> for $type {
            const NAME: &'static str = $name;
            type Mutable = Readable;

            fn prototype(ctx: &Ctx<'js>) -> Result<Option<Object<'js>>> {
                $prototype(ctx).map(Some)
            }

            fn constructor(_: &Ctx<'js>) -> Result<Option<Constructor<'js>>> {
                Ok(None)
            }
        }
    };
}

class!(DateTime, "DateTime", super::date_time::prototype);
class!(Duration, "Duration", super::duration::prototype);
class!(Interval, "Interval", super::interval::prototype);
class!(JsZone, "Zone", super::zone::prototype);
class!(super::intl::JsDateFormat, "DateTimeFormat", super::intl::prototype);
