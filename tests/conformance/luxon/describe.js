// Runs a function and describes its value or error as JSON. Used on both sides of the comparison, so it may only
// use what luxon itself offers. The name of an error is compared for JavaScript's own errors alone.
(run) => {
  const describe = (value, depth) => {
    if (value === undefined) return 'undefined';
    if (value === null) return null;
    if (typeof value === 'number') {
      return Number.isFinite(value) && !Object.is(value, -0) ? value : { number: Object.is(value, -0) ? '-0' : String(value) };
    }
    if (typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'function') return 'function';
    if (depth > 4) return 'deep';
    const next = (inner) => describe(inner, depth + 1);
    if (value.isLuxonDateTime) {
      if (!value.isValid) return { DateTime: 'invalid', reason: value.invalidReason, explanation: value.invalidExplanation ?? null };
      return { DateTime: value.toISO(), ts: value.ts, zone: value.zoneName, locale: value.locale };
    }
    if (value.isLuxonDuration) {
      if (!value.isValid) return { Duration: 'invalid', reason: value.invalidReason, explanation: value.invalidExplanation ?? null };
      return { Duration: Object.entries(value.toObject()).map(next), accuracy: value.conversionAccuracy };
    }
    if (value.isLuxonInterval) {
      if (!value.isValid) return { Interval: 'invalid', reason: value.invalidReason, explanation: value.invalidExplanation ?? null };
      return { Interval: [next(value.start), next(value.end)] };
    }
    if (Array.isArray(value)) return value.map(next);
    if (value instanceof Date) return { Date: String(value.valueOf()) };
    if (typeof value.isUniversal === 'boolean') return { Zone: [value.type, value.name, value.isValid] };
    return { object: Object.entries(value).map(next) };
  };
  try {
    return JSON.stringify({ value: describe(run(), 0) });
  } catch (error) {
    const own = error instanceof TypeError || error instanceof RangeError;
    return JSON.stringify({ error: own ? error.constructor.name : 'Error', message: error.message });
  }
}
