//! One engine's JavaScript context: built-ins made safe, the scope installed, everything frozen.

mod convert;
mod host;
mod lazy;
mod memory;
mod natives;

pub(crate) use convert::{Failure as ConvertFailure, convert};
pub(crate) use host::Host;

use std::rc::Rc;

use rquickjs::{CatchResultExt, Context, Ctx, Function, Object, Persistent, Runtime};

use self::memory::{Bounded, Memory};
use crate::extensions::{self, FORBIDDEN_PROPERTIES};
use crate::limits::{Budget, Limits};
use crate::luxon;

/// A context in which templates run.
pub(crate) struct Sandbox {
    // Fields drop in this order: values of the context before it, it before its runtime.
    pub(crate) host: Rc<Host>,
    pub(crate) context: Context,
    runtime: Runtime,
    memory: Rc<Memory>,
}

/// Why there is no context: too little memory.
#[derive(Debug)]
pub(crate) struct SetupError(pub(crate) String);

impl From<rquickjs::Error> for SetupError {
    fn from(error: rquickjs::Error) -> Self {
        Self(error.to_string())
    }
}

impl Sandbox {
    /// Builds a context with limits, and with the time budget that the interrupt handler watches.
    pub(crate) fn new(limits: &Limits, budget: &Rc<Budget>) -> Result<Self, SetupError> {
        let memory = Memory::new();
        let runtime = Runtime::new_with_alloc(Bounded::new(&memory))?;
        runtime.set_max_stack_size(limits.stack_bytes);
        let context = Context::full(&runtime)?;
        let sandbox = Self { host: Rc::new(Host::new()), context, runtime, memory };
        let install =
            |ctx: Ctx<'_>| install(&ctx, &sandbox.host).catch(&ctx).map_err(|error| SetupError(error.to_string()));
        sandbox.context.with(install)?;
        let watched = Rc::clone(budget);
        sandbox.runtime.set_interrupt_handler(Some(Box::new(move || watched.is_spent())));
        sandbox.memory.limit(limits.memory_bytes);
        Ok(sandbox)
    }

    /// Bytes that the context holds.
    pub(crate) fn memory(&self) -> usize {
        self.memory.used()
    }

    /// Whether the context has met its memory limit.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.memory.is_exhausted()
    }

    /// Whether the context may be used again: nothing of the evaluation is left in it.
    pub(crate) fn is_clean(&self) -> bool {
        !self.is_exhausted() && !self.runtime.is_job_pending()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.runtime.set_interrupt_handler(None);
        self.host.release();
    }
}

fn install<'js>(ctx: &Ctx<'js>, host: &Rc<Host>) -> rquickjs::Result<()> {
    let script = |source: &str| ctx.eval::<Function, _>(source);
    let scope = Object::new(ctx.clone())?;
    let natives = natives::functions(ctx, host)?;
    let errors: Object = script(include_str!("js/errors.js"))?.call(())?;
    host.attach(ctx)?;
    script(include_str!("js/globals.js"))?.call::<_, ()>((scope.clone(), natives.clone()))?;
    luxon::install(ctx, &scope)?;
    extensions::install(ctx, extensions::Host { errors: errors.clone(), scope: scope.clone() })?;
    luxon::install_intl(ctx)?;

    let parts = Object::new(ctx.clone())?;
    parts
        .set("bounded", script(include_str!("js/bounded.js"))?.call::<_, Object>((scope.clone(), natives.clone()))?)?;
    let forbidden = FORBIDDEN_PROPERTIES.to_vec();
    parts.set("forbidden", script("(names) => new Set(names)")?.call::<_, Object>((forbidden,))?)?;
    parts.set("lineage", script(include_str!("js/lineage.js"))?.call::<_, Object>((natives.clone(),))?)?;
    parts.set("facts", script(include_str!("js/facts.js"))?.call::<_, Object>((scope.clone(), natives.clone()))?)?;
    let workflow = script(include_str!("js/workflow.js"))?;
    parts.set("workflow", workflow.call::<_, Function>((natives.clone(), errors.clone(), parts.clone()))?)?;
    let hooks: Object = script(include_str!("js/scope.js"))?.call((scope.clone(), natives, errors, parts))?;
    host.adopt(Persistent::save(ctx, scope.clone()), &hooks)?;
    script(include_str!("js/freeze.js"))?.call::<_, ()>((scope, hooks))
}
