//! Evaluates the values of items: on the spot where bare paths are all there is, else on an engine thread.

use nodehost_expression::{Engine, Evaluator, ExpressionError, ParameterValue, Scope};
use serde_json::Value;

use crate::ItemError;
use crate::scopes::ScopeMaker;

/// What evaluates the values of one item.
pub(crate) struct Values<'e> {
    evaluator: Option<&'e mut Evaluator>,
    /// Whether a value was left out because it needs an engine: what was made of the others does not count then.
    missed: bool,
}

impl<'e> Values<'e> {
    /// On the spot.
    pub(crate) fn here() -> Self {
        Self { evaluator: None, missed: false }
    }

    /// By an engine.
    pub(crate) fn on(evaluator: &'e mut Evaluator) -> Self {
        Self { evaluator: Some(evaluator), missed: false }
    }

    /// The value in a scope; none where it is undefined.
    pub(crate) fn evaluate(&mut self, value: &ParameterValue, scope: &Scope) -> Result<Option<Value>, ExpressionError> {
        if let Some(evaluator) = &mut self.evaluator {
            return evaluator.evaluate(value, scope).map(|evaluated| evaluated.value);
        }
        let evaluated = value.evaluate_bare(scope);
        self.missed |= evaluated.is_none();
        Ok(evaluated.and_then(|evaluated| evaluated.value))
    }
}

/// How many items are made before others have their turn.
const TURN: usize = 64;

/// Makes something of each of some scopes. With `bare`, on the spot; what turns out to need an engine, as all without it,
/// is made on an engine thread, in one job.
pub(crate) async fn make_each<S, T>(
    (scopes, engine): (&ScopeMaker, &Engine),
    bare: bool,
    of: Vec<S>,
    make: impl Fn(&S, &mut Values<'_>) -> Result<T, ItemError> + Send + 'static,
) -> Vec<Result<(S, T), ItemError>>
where
    S: Send + 'static,
    T: Send + 'static,
{
    let mut made: Vec<Option<Result<(S, T), ItemError>>> = Vec::with_capacity(of.len());
    let mut late = Vec::new();
    for (at, scope) in of.into_iter().enumerate() {
        // A batch that is prepared as a whole is long: others have their turn in between.
        if at % TURN == TURN - 1 {
            tokio::task::yield_now().await;
        }
        let mut values = Values::here();
        let here = bare.then(|| make(&scope, &mut values)).filter(|_| !values.missed);
        match here {
            Some(result) => made.push(Some(result.map(|result| (scope, result)))),
            None => {
                late.push(scope);
                made.push(None);
            }
        }
    }
    if late.is_empty() {
        return made.into_iter().flatten().collect();
    }
    let each = move |evaluator: &mut Evaluator| -> Vec<_> {
        let make = |scope| make(&scope, &mut Values::on(evaluator)).map(|result| (scope, result));
        late.into_iter().map(make).collect()
    };
    match scopes.run(engine, each).await {
        Ok(late) => {
            let mut late = late.into_iter();
            made.into_iter().filter_map(|made| made.or_else(|| late.next())).collect()
        }
        Err(error) => made.into_iter().map(|made| made.unwrap_or_else(|| Err(error.clone()))).collect(),
    }
}
