//! Item data as JavaScript objects that read the Rust value when they are asked, so that `$json.a` costs the path and
//! not the item.
//!
//! An object answers from the value until something is written to it; then its properties move into an object of
//! JavaScript's. Children are made once, so that `$json.b === $json.b`. Arrays are real arrays, of lazy elements.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use rquickjs::class::{ClassKind, JsCell, JsClass, PropertyDescriptor, PropertyName, Readable, Trace, Tracer};
use rquickjs::function::Constructor;
use rquickjs::object::Filter;
use rquickjs::{Array, Atom, Class, Ctx, IntoJs, JsLifetime, Object, Result, Value, qjs};
use serde_json::{Map, Value as Json};
use yoke::Yoke;

/// A value inside a shared value.
#[derive(Clone)]
pub(crate) struct Shared(Yoke<&'static Json, Arc<Json>>);

impl Shared {
    /// The whole of a shared value.
    pub(crate) fn of(value: Arc<Json>) -> Self {
        Self(Yoke::attach_to_cart(value, |value| value))
    }

    /// A property of an object.
    pub(crate) fn child(&self, key: &str) -> Option<Self> {
        self.0.try_map_project_cloned(|value, _| value.get(key).ok_or(())).ok().map(Self)
    }

    fn element(&self, index: usize) -> Option<Self> {
        self.0.try_map_project_cloned(|value, _| value.get(index).ok_or(())).ok().map(Self)
    }

    fn json(&self) -> &Json {
        self.0.get()
    }
}

/// A shared value as JavaScript sees it.
pub(crate) fn to_js<'js>(ctx: &Ctx<'js>, value: &Shared) -> Result<Value<'js>> {
    match value.json() {
        Json::Object(map) if is_small(map) => small(ctx, map),
        Json::Object(_) => object(ctx, value.clone()),
        Json::Array(items) => {
            let array = Array::new(ctx.clone())?;
            for (index, item) in items.iter().enumerate() {
                match (scalar(ctx, item), value.element(index)) {
                    (Some(scalar), _) => array.set(index, scalar?)?,
                    (None, Some(element)) => array.set(index, to_js(ctx, &element)?)?,
                    (None, None) => {}
                }
            }
            Ok(array.into_value())
        }
        other => scalar(ctx, other).unwrap_or_else(|| Ok(Value::new_undefined(ctx.clone()))),
    }
}

/// An array of whole shared values.
pub(crate) fn array_of<'js>(ctx: &Ctx<'js>, items: &[Arc<Json>]) -> Result<Value<'js>> {
    let array = Array::new(ctx.clone())?;
    for (index, item) in items.iter().enumerate() {
        array.set(index, to_js(ctx, &Shared::of(Arc::clone(item)))?)?;
    }
    Ok(array.into_value())
}

fn scalar<'js>(ctx: &Ctx<'js>, value: &Json) -> Option<Result<Value<'js>>> {
    Some(Ok(match value {
        Json::Null => Value::new_null(ctx.clone()),
        Json::Bool(flag) => Value::new_bool(ctx.clone(), *flag),
        Json::Number(number) => match number.as_i64().and_then(|whole| i32::try_from(whole).ok()) {
            Some(small) => Value::new_int(ctx.clone(), small),
            None => Value::new_float(ctx.clone(), number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => return Some(text.as_str().into_js(ctx)),
        Json::Array(_) | Json::Object(_) => return None,
    }))
}

/// Whether an object is made faster as a whole than asked lazily.
fn is_small(map: &Map<String, Json>) -> bool {
    map.len() <= 4 && map.iter().all(|(key, value)| !value.is_array() && !value.is_object() && key != "__proto__")
}

fn small<'js>(ctx: &Ctx<'js>, map: &Map<String, Json>) -> Result<Value<'js>> {
    let object = Object::new(ctx.clone())?;
    for (key, value) in map {
        if let Some(value) = scalar(ctx, value) {
            object.set(key.as_str(), value?)?;
        }
    }
    Ok(object.into_value())
}

fn object<'js>(ctx: &Ctx<'js>, node: Shared) -> Result<Value<'js>> {
    let lazy = LazyObject { node, own: RefCell::new(None), complete: Cell::new(false) };
    Ok(Class::instance(ctx.clone(), lazy)?.into_value())
}

/// An object of the item's data.
struct LazyObject<'js> {
    node: Shared,
    /// Children made so far; once `complete`, all properties.
    own: RefCell<Option<Object<'js>>>,
    complete: Cell<bool>,
}

impl<'js> Trace<'js> for LazyObject<'js> {
    fn trace<'a>(&self, tracer: Tracer<'a, 'js>) {
        if let Some(own) = self.own.borrow().as_ref() {
            own.trace(tracer);
        }
    }
}

#[allow(unsafe_code)]
// SAFETY: the same struct with every 'js replaced by 'to.
unsafe impl<'js> JsLifetime<'js> for LazyObject<'js> {
    type Changed<'to> = LazyObject<'to>;
}

impl<'js> LazyObject<'js> {
    /// The object that holds what JavaScript made or wrote; it has no prototype.
    fn own(&self, ctx: &Ctx<'js>) -> Result<Object<'js>> {
        if let Some(own) = self.own.borrow().as_ref() {
            return Ok(own.clone());
        }
        let own = Object::new_proto(ctx.clone(), None)?;
        *self.own.borrow_mut() = Some(own.clone());
        Ok(own)
    }

    /// An own property; none if there is none.
    fn property(&self, ctx: &Ctx<'js>, atom: &Atom<'js>) -> Result<Option<Value<'js>>> {
        if let Some(own) = self.own.borrow().as_ref()
            && own.contains_key(atom.clone())?
        {
            return own.get(atom.clone()).map(Some);
        }
        if self.complete.get() {
            return Ok(None);
        }
        let Some(key) = key(atom) else { return Ok(None) };
        let Some(value) = self.node.json().get(&key) else { return Ok(None) };
        if let Some(scalar) = scalar(ctx, value) {
            return scalar.map(Some);
        }
        let Some(child) = self.node.child(&key) else { return Ok(None) };
        let child = to_js(ctx, &child)?;
        self.own(ctx)?.set(atom.clone(), child.clone())?;
        Ok(Some(child))
    }

    fn has_own(&self, atom: &Atom<'js>) -> Result<bool> {
        if let Some(own) = self.own.borrow().as_ref()
            && own.contains_key(atom.clone())?
        {
            return Ok(true);
        }
        Ok(!self.complete.get() && key(atom).is_some_and(|key| self.node.json().get(&key).is_some()))
    }

    /// Moves every property into an object of JavaScript's, in order.
    fn complete(&self, ctx: &Ctx<'js>) -> Result<Object<'js>> {
        if self.complete.get() {
            return self.own(ctx);
        }
        let complete = Object::new_proto(ctx.clone(), None)?;
        if let Json::Object(map) = self.node.json() {
            for key in map.keys() {
                let atom = Atom::from_str(ctx.clone(), key)?;
                if let Some(value) = self.property(ctx, &atom)? {
                    complete.set(atom, value)?;
                }
            }
        }
        *self.own.borrow_mut() = Some(complete.clone());
        self.complete.set(true);
        Ok(complete)
    }
}

/// QuickJS frees the value that it hands to a setter after the call, and rquickjs 0.14 frees it as well: one reference
/// more makes up for that. (A test that writes objects to items aborts when rquickjs stops doing so.)
#[allow(unsafe_code)]
fn keep_alive<'js>(ctx: &Ctx<'js>, value: &Value<'js>) {
    // SAFETY: the value is alive and belongs to the context's runtime.
    unsafe {
        qjs::JS_DupValue(ctx.as_raw().as_ptr(), value.as_raw());
    }
}

/// The property name; none for names that no JSON has.
fn key(atom: &Atom<'_>) -> Option<String> {
    atom.to_js_string().ok()?.to_string().ok()
}

fn prototype<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    Class::<LazyObject<'js>>::prototype(ctx)?.ok_or(rquickjs::Error::Unknown)
}

impl<'js> JsClass<'js> for LazyObject<'js> {
    const NAME: &'static str = "Object";
    const KIND: ClassKind = ClassKind::Exotic;
    type Mutable = Readable;

    fn prototype(ctx: &Ctx<'js>) -> Result<Option<Object<'js>>> {
        Ok(Object::new(ctx.clone())?.get_prototype())
    }

    fn constructor(_: &Ctx<'js>) -> Result<Option<Constructor<'js>>> {
        Ok(None)
    }

    fn exotic_get_property(
        this: &JsCell<'js, Self>,
        ctx: &Ctx<'js>,
        atom: Atom<'js>,
        _receiver: Value<'js>,
    ) -> Result<Value<'js>> {
        match this.borrow().property(ctx, &atom)? {
            Some(value) => Ok(value),
            None => prototype(ctx)?.get(atom),
        }
    }

    fn exotic_set_property(
        this: &JsCell<'js, Self>,
        ctx: &Ctx<'js>,
        atom: Atom<'js>,
        _receiver: Value<'js>,
        value: Value<'js>,
    ) -> Result<bool> {
        keep_alive(ctx, &value);
        this.borrow().complete(ctx)?.set(atom, value)?;
        Ok(true)
    }

    fn exotic_delete_property(this: &JsCell<'js, Self>, ctx: &Ctx<'js>, atom: Atom<'js>) -> Result<bool> {
        this.borrow().complete(ctx)?.remove(atom)?;
        Ok(true)
    }

    fn exotic_has_property(this: &JsCell<'js, Self>, ctx: &Ctx<'js>, atom: Atom<'js>) -> Result<bool> {
        Ok(this.borrow().has_own(&atom)? || prototype(ctx)?.contains_key(atom)?)
    }

    fn exotic_get_own_property(
        this: &JsCell<'js, Self>,
        ctx: &Ctx<'js>,
        atom: Atom<'js>,
    ) -> Result<Option<PropertyDescriptor<'js>>> {
        let value = this.borrow().property(ctx, &atom)?;
        Ok(value.map(|value| PropertyDescriptor::new_value(value, true, true, true)))
    }

    fn exotic_get_own_property_names(this: &JsCell<'js, Self>, ctx: &Ctx<'js>) -> Result<Vec<PropertyName<'js>>> {
        let this = this.borrow();
        if this.complete.get() {
            let own = this.own(ctx)?;
            let names = own.own_keys::<Atom>(Filter::new().string().symbol());
            return names.map(|atom| Ok(PropertyName { atom: atom?, is_enumerable: true })).collect();
        }
        let Json::Object(map) = this.node.json() else { return Ok(Vec::new()) };
        map.keys()
            .map(|key| Ok(PropertyName { atom: Atom::from_str(ctx.clone(), key)?, is_enumerable: true }))
            .collect()
    }
}
