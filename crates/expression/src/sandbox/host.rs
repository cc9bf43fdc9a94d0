//! What the engine's JavaScript can ask of the host, and the state behind it.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rquickjs::{Ctx, Error, Function, IntoJs, JsLifetime, Object, Persistent, Result, Value};

use super::lazy::{self, Shared};
use crate::error::{Code, ExpressionError};
use crate::parameter::Template;
use crate::scope::Scope;
use crate::template::CompileError;

/// State of one engine: the scope of the evaluation that runs, compiled templates, handles into the context.
pub(crate) struct Host {
    scope: RefCell<Option<Scope>>,
    /// The object whose property the template is.
    siblings: RefCell<Option<Arc<serde_json::Value>>>,
    functions: RefCell<HashMap<u64, Persistent<Function<'static>>>>,
    texts: RefCell<HashMap<String, Arc<Template>>>,
    handles: RefCell<Option<Handles>>,
    json: RefCell<Option<Persistent<Value<'static>>>>,
    touched: Cell<bool>,
    depth: Cell<usize>,
    /// An error of the host's own that must reach the caller whatever JavaScript does with it.
    failure: RefCell<Option<ExpressionError>>,
}

/// The classes of errors that natives throw; n8n raises both to the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ErrorClass {
    /// `ExpressionError`.
    Expression,
    /// `ExpressionExtensionError`.
    Extension,
    /// n8n's `UserError`, of a template that cannot be evaluated.
    User,
    /// A plain `Error`, which n8n swallows.
    Plain,
}

/// Throws an error of a class from a native function.
fn throw(ctx: &Ctx<'_>, class: ErrorClass, message: &str) -> Error {
    match Host::of(ctx).and_then(|host| host.error_value(ctx, class, message)) {
        Ok(value) => ctx.throw(value),
        Err(error) => error,
    }
}

struct Handles {
    scope: Persistent<Object<'static>>,
    fresh: Persistent<Function<'static>>,
    guards: Persistent<Object<'static>>,
    rethrow: Persistent<Function<'static>>,
    note_limits: Persistent<Function<'static>>,
    reset: Persistent<Function<'static>>,
    missing_json: Persistent<Function<'static>>,
    classify: Persistent<Function<'static>>,
    well_formed: Persistent<Function<'static>>,
    make_error: Persistent<Function<'static>>,
}

/// The host as the context holds it.
struct HostHandle(Rc<Host>);

#[allow(unsafe_code)]
// SAFETY: the handle holds no value of the JavaScript lifetime.
unsafe impl JsLifetime<'_> for HostHandle {
    type Changed<'to> = HostHandle;
}

/// How deep templates may refer to parameters that are templates themselves.
const MAX_DEPTH: usize = 40;
/// Compiled templates an engine keeps.
const MAX_FUNCTIONS: usize = 4096;

impl Host {
    pub(crate) fn new() -> Self {
        Self {
            scope: RefCell::new(None),
            siblings: RefCell::new(None),
            functions: RefCell::new(HashMap::new()),
            texts: RefCell::new(HashMap::new()),
            handles: RefCell::new(None),
            json: RefCell::new(None),
            touched: Cell::new(false),
            depth: Cell::new(0),
            failure: RefCell::new(None),
        }
    }

    /// The host of a context.
    pub(crate) fn of(ctx: &Ctx<'_>) -> Result<Rc<Self>> {
        ctx.userdata::<HostHandle>().map(|handle| Rc::clone(&handle.0)).ok_or(Error::Unknown)
    }

    /// The evaluation's time in milliseconds since 1970: the scope's stopped clock, or the machine's.
    pub(crate) fn now_ms(&self) -> f64 {
        let stopped = self.scope.borrow().as_ref().and_then(|scope| scope.workflow.now);
        stopped.unwrap_or_else(|| {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            (since.as_secs_f64() * 1000.0).floor()
        })
    }

    /// The default time zone of the evaluation, an IANA name.
    pub(crate) fn timezone(&self) -> String {
        self.scope.borrow().as_ref().map_or_else(|| "UTC".to_owned(), |scope| scope.workflow.timezone.clone())
    }

    /// The scope of the evaluation that runs.
    pub(crate) fn scope(&self) -> Option<Scope> {
        self.scope.borrow().clone()
    }

    /// The object whose property the template is.
    pub(super) fn siblings(&self) -> Option<Arc<serde_json::Value>> {
        self.siblings.borrow().clone()
    }

    /// Reads something of the scope of the evaluation that runs.
    pub(super) fn read<R: Default>(&self, read: impl FnOnce(&Scope) -> R) -> R {
        self.scope.borrow().as_ref().map(read).unwrap_or_default()
    }

    /// Makes the host known to its context; natives can throw n8n's errors from here on.
    pub(super) fn attach(self: &Rc<Self>, ctx: &Ctx<'_>) -> Result<()> {
        ctx.store_userdata(HostHandle(Rc::clone(self))).map_err(|_| Error::Unknown)?;
        Ok(())
    }

    pub(super) fn adopt(&self, scope: Persistent<Object<'static>>, hooks: &Object<'_>) -> Result<()> {
        *self.handles.borrow_mut() = Some(Handles {
            scope,
            fresh: hooks.get("fresh")?,
            guards: hooks.get("guards")?,
            rethrow: hooks.get("rethrow")?,
            note_limits: hooks.get("noteLimits")?,
            reset: hooks.get("reset")?,
            missing_json: hooks.get("missingJson")?,
            classify: hooks.get("classify")?,
            well_formed: hooks.get("wellFormed")?,
            make_error: hooks.get("makeError")?,
        });
        Ok(())
    }

    /// Lets go of everything that belongs to the context, before the context goes.
    pub(super) fn release(&self) {
        self.functions.borrow_mut().clear();
        self.json.borrow_mut().take();
        self.handles.borrow_mut().take();
        self.scope.borrow_mut().take();
    }

    /// Starts an evaluation.
    pub(crate) fn begin(&self, scope: Scope, siblings: Option<Arc<serde_json::Value>>) {
        *self.siblings.borrow_mut() = siblings;
        *self.scope.borrow_mut() = Some(scope);
        self.failure.borrow_mut().take();
        self.depth.set(0);
    }

    /// Forgets everything about the evaluation.
    pub(crate) fn end(&self, ctx: &Ctx<'_>) -> Result<()> {
        self.json.borrow_mut().take();
        self.scope.borrow_mut().take();
        if self.touched.replace(false) {
            self.handle(ctx, |handles| handles.reset.clone())?.call::<_, ()>(())?;
        }
        Ok(())
    }

    /// The host's own error of the evaluation, if there was one.
    pub(crate) fn take_failure(&self) -> Option<ExpressionError> {
        self.failure.borrow_mut().take()
    }

    /// Runs a template in the scope of the evaluation.
    pub(crate) fn run<'js>(&self, ctx: &Ctx<'js>, template: &Template) -> Result<Value<'js>> {
        let known = self.functions.borrow().get(&template.id).cloned();
        let function = match known {
            Some(function) => function.restore(ctx)?,
            None => match self.compile(ctx, template)? {
                Ok(function) => function,
                Err(value) => return Ok(value),
            },
        };
        function.call(())
    }

    /// The function of a template, or the value that n8n gives for a template it fails on.
    fn compile<'js>(
        &self,
        ctx: &Ctx<'js>,
        template: &Template,
    ) -> Result<std::result::Result<Function<'js>, Value<'js>>> {
        let program = match template.program() {
            Ok(program) => program,
            Err(CompileError::Refused(error)) => return Err(self.fail(ctx, error.clone())),
            Err(CompileError::Syntax) => return Err(self.invalid_syntax(ctx)),
            Err(CompileError::Swallowed) => return Ok(Err(Value::new_null(ctx.clone()))),
        };
        let mut options = rquickjs::context::EvalOptions::default();
        options.strict = false;
        let factory: Function = match ctx.eval_with_options(program.source.as_str(), options) {
            Ok(factory) => factory,
            Err(Error::Exception) => {
                ctx.catch();
                return Err(self.invalid_syntax(ctx));
            }
            Err(other) => return Err(other),
        };
        let (scope, fresh, rethrow, guards) = {
            let handles = self.handles.borrow();
            let handles = handles.as_ref().ok_or(Error::Unknown)?;
            (handles.scope.clone(), handles.fresh.clone(), handles.rethrow.clone(), handles.guards.clone())
        };
        let function: Function = factory.call((scope, fresh, rethrow, guards))?;
        let mut functions = self.functions.borrow_mut();
        if functions.len() >= MAX_FUNCTIONS {
            functions.clear();
        }
        functions.insert(template.id, Persistent::save(ctx, function.clone()));
        Ok(Ok(function))
    }

    fn invalid_syntax(&self, ctx: &Ctx<'_>) -> Error {
        self.fail(ctx, ExpressionError::new("UserError", "invalid syntax", Code::ExpressionError))
    }

    /// Throws an error. One of n8n's expression errors passes every template it is thrown through.
    pub(crate) fn fail(&self, ctx: &Ctx<'_>, error: ExpressionError) -> Error {
        let class = if error.name == "ExpressionExtensionError" {
            ErrorClass::Extension
        } else if error.name.starts_with("Expression") {
            ErrorClass::Expression
        } else {
            ErrorClass::User
        };
        let value = self.error_value(ctx, class, &error.message);
        if self.depth.get() == 0 || error.code != Code::ExpressionError {
            *self.failure.borrow_mut() = Some(error);
        }
        match value {
            Ok(value) => ctx.throw(value),
            Err(error) => error,
        }
    }

    fn error_value<'js>(&self, ctx: &Ctx<'js>, class: ErrorClass, message: &str) -> Result<Value<'js>> {
        let kind = match class {
            ErrorClass::Expression => "ExpressionError",
            ErrorClass::Extension => "ExpressionExtensionError",
            ErrorClass::User => "UserError",
            ErrorClass::Plain => "Error",
        };
        self.handle(ctx, |handles| handles.make_error.clone())?.call((kind, message))
    }

    pub(super) fn classify<'js>(&self, ctx: &Ctx<'js>, value: &Value<'js>) -> Result<String> {
        self.handle(ctx, |handles| handles.classify.clone())?.call((value.clone(),))
    }

    /// What was thrown, if it is an error.
    pub(crate) fn describe<'js>(&self, ctx: &Ctx<'js>, thrown: &Value<'js>) -> Option<ExpressionError> {
        self.handle(ctx, |handles| handles.note_limits.clone()).ok()?.call::<_, ()>((thrown.clone(),)).ok()?;
        let object = thrown.as_object()?;
        let name: String = object.get("name").ok()?;
        let message: rquickjs::String = object.get("message").ok()?;
        let mut error = ExpressionError::new(name, self.text(ctx, &message).ok()?, Code::ExpressionError);
        if let Ok(Some(text)) = context_text(ctx, object)
            && let Ok(serde_json::Value::Object(mut context)) = serde_json::from_str(&text)
        {
            error.description = context.remove("description").and_then(|text| text.as_str().map(str::to_owned));
            error.context = (!context.is_empty()).then(|| Box::new(context));
        }
        Some(error)
    }

    /// The text of a string, lone surrogates replaced by U+FFFD.
    pub(super) fn text<'js>(&self, ctx: &Ctx<'js>, string: &rquickjs::String<'js>) -> Result<String> {
        match string.to_string() {
            Ok(text) => Ok(text),
            Err(Error::Utf8(_)) => {
                let repaired: rquickjs::String =
                    self.handle(ctx, |handles| handles.well_formed.clone())?.call((string.clone(),))?;
                repaired.to_string()
            }
            Err(other) => Err(other),
        }
    }

    fn handle<'js>(
        &self,
        ctx: &Ctx<'js>,
        pick: impl FnOnce(&Handles) -> Persistent<Function<'static>>,
    ) -> Result<Function<'js>> {
        let handle = self.handles.borrow().as_ref().map(pick).ok_or(Error::Unknown)?;
        handle.restore(ctx)
    }

    /// `$json`: the current item's data, one object for the whole evaluation.
    pub(super) fn json<'js>(&self, ctx: &Ctx<'js>) -> Result<Value<'js>> {
        if let Some(json) = self.json.borrow().clone() {
            return json.restore(ctx);
        }
        let item = self.read(|scope| scope.items.get(scope.item_index).cloned());
        match item.and_then(|item| Shared::of(item).child("json")) {
            Some(json) => {
                let value = lazy::to_js(ctx, &json)?;
                *self.json.borrow_mut() = Some(Persistent::save(ctx, value.clone()));
                Ok(value)
            }
            None => self.handle(ctx, |handles| handles.missing_json.clone())?.call(()),
        }
    }

    /// Evaluates another template of the workflow in the same scope, as `$parameter.x` does.
    pub(super) fn evaluate<'js>(&self, ctx: &Ctx<'js>, text: &str) -> Result<Value<'js>> {
        let Some(text) = text.strip_prefix('=') else {
            return text.into_js(ctx);
        };
        if self.depth.get() >= MAX_DEPTH {
            return Err(throw(ctx, ErrorClass::Plain, "Maximum call stack size exceeded"));
        }
        let template =
            Arc::clone(self.texts.borrow_mut().entry(text.to_owned()).or_insert_with(|| Arc::new(Template::new(text))));
        self.depth.set(self.depth.get() + 1);
        let value = self.run(ctx, &template);
        self.depth.set(self.depth.get() - 1);
        value
    }

    /// Notes a limit that the engine itself met: `stack`, or `memory`.
    pub(super) fn spent(&self, limit: &str) {
        let (message, code) = match limit {
            "stack" => ("Maximum call stack size exceeded", Code::StackLimit),
            _ => ("Expression exceeded memory limit", Code::MemoryLimit),
        };
        *self.failure.borrow_mut() = Some(ExpressionError::new("ExpressionError", message, code));
    }

    /// Notes that JavaScript keeps something for the evaluation.
    pub(super) fn touch(&self) {
        self.touched.set(true);
    }
}

/// The facts that an error of n8n's carries, as JSON.
fn context_text<'js>(ctx: &Ctx<'js>, error: &Object<'js>) -> Result<Option<String>> {
    let context: Value = error.get("context")?;
    if !context.is_object() {
        return Ok(None);
    }
    ctx.json_stringify(context)?.map(|text| text.to_string()).transpose()
}
