//! Evaluates luxon calls with the native classes, for comparison with npm's luxon.
//!
//! `luxon DESCRIBE.js CALLS.jsonl`: a call is `{"zone", "now", "code"}`, and answers a line of JSON: what the function in
//! DESCRIBE.js answers for a function that makes the call.

use std::{
    cell::RefCell,
    io::{self, Write},
    rc::Rc,
};

use anyhow::{Context as _, Result, anyhow};
use nodehost_expression::luxon::{Settings, Zone, js};
use rquickjs::{CatchResultExt, Context, Ctx, Function, Runtime};
use serde_json::Value;

fn main() -> Result<()> {
    let mut paths = std::env::args().skip(1);
    let mut file = || -> Result<String> { Ok(std::fs::read_to_string(paths.next().context("a file is missing")?)?) };
    let (describe, calls) = (file()?, file()?);
    let settings = Rc::new(RefCell::new(Settings::default()));
    let runtime = Runtime::new()?;
    let context = Context::full(&runtime)?;
    context.with(|ctx| -> Result<()> {
        let classes = {
            let settings = Rc::clone(&settings);
            js::install(&ctx, move || settings.borrow().clone())?
        };
        let globals = ctx.globals();
        globals.set("DateTime", classes.date_time)?;
        globals.set("Duration", classes.duration)?;
        globals.set("Interval", classes.interval)?;
        let describe: Function<'_> = eval(&ctx, &describe)?;
        let mut out = io::BufWriter::new(io::stdout().lock());
        for line in calls.lines() {
            let case: Value = serde_json::from_str(line)?;
            let text = |name: &str| case[name].as_str().unwrap_or_default();
            let now = case["now"].as_f64().unwrap_or_default();
            *settings.borrow_mut() = Settings { now, default_zone: Zone::parse(text("zone"), &Zone::System) };
            let run: Function<'_> = eval(&ctx, &format!("(() => ({}))", text("code")))?;
            let answer: String = describe.call((run,)).catch(&ctx).map_err(|error| anyhow!("{error}"))?;
            writeln!(out, "{answer}")?;
        }
        Ok(())
    })
}

fn eval<'js>(ctx: &Ctx<'js>, source: &str) -> Result<Function<'js>> {
    ctx.eval(source).catch(ctx).map_err(|error| anyhow!("{error}: {source}"))
}
