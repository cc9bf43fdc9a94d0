// Deep equality as lodash's isEqual defines it, which n8n's list methods compare with.
(host) => {
  const tagOf = (value) => {
    const tag = Object.prototype.toString.call(value);
    return tag === '[object Arguments]' ? '[object Object]' : tag;
  };
  const isObjectLike = (value) => typeof value === 'object' && value !== null;
  const bothNaN = (a, b) => a !== a && b !== b;
  const same = (a, b) => a === b || bothNaN(a, b);

  const keysOf = (value) => [
    ...Object.keys(value),
    ...Object.getOwnPropertySymbols(value).filter((symbol) => Object.prototype.propertyIsEnumerable.call(value, symbol)),
  ];

  const equal = (a, b, seen) => {
    if (a === b) return true;
    if (a === null || a === undefined || b === null || b === undefined || (!isObjectLike(a) && !isObjectLike(b))) {
      return bothNaN(a, b);
    }
    return equalObjects(a, b, seen);
  };

  const equalObjects = (a, b, seen) => {
    const tag = Array.isArray(a) ? '[object Array]' : tagOf(a);
    if (tag !== (Array.isArray(b) ? '[object Array]' : tagOf(b))) return false;
    if (host.luxon.isDateTime(a) || host.luxon.isDateTime(b)) {
      return host.luxon.isDateTime(a) && host.luxon.isDateTime(b) && a.equals(b);
    }
    if (tag === '[object Array]' || ArrayBuffer.isView(a)) return guarded(a, b, seen, equalLists);
    if (tag === '[object Object]') return guarded(a, b, seen, equalFields);
    return equalByTag(tag, a, b, seen);
  };

  const equalByTag = (tag, a, b, seen) => {
    switch (tag) {
      case '[object Boolean]':
      case '[object Date]':
      case '[object Number]':
        return same(+a, +b);
      case '[object Error]':
        return a.name === b.name && a.message === b.message;
      case '[object RegExp]':
      case '[object String]':
        return a == String(b);
      case '[object Symbol]':
        return Symbol.prototype.valueOf.call(a) === Symbol.prototype.valueOf.call(b);
      case '[object ArrayBuffer]':
        return a.byteLength === b.byteLength && guarded(new Uint8Array(a), new Uint8Array(b), seen, equalLists);
      case '[object Map]':
      case '[object Set]':
        return a.size === b.size && guarded(a, b, seen, (x, y) => equalUnordered([...x], [...y], seen));
      default:
        return false;
    }
  };

  /** Two values met again while they are being compared are equal if they were met together. */
  const guarded = (a, b, seen, compare) => {
    if (seen.has(a) || seen.has(b)) return seen.get(a) === b && seen.get(b) === a;
    seen.set(a, b);
    seen.set(b, a);
    const result = compare(a, b, seen);
    seen.delete(a);
    seen.delete(b);
    return result;
  };

  const equalLists = (a, b, seen) => {
    if (a.length !== b.length) return false;
    for (let index = 0; index < a.length; index++) {
      if (!equal(a[index], b[index], seen)) return false;
    }
    return true;
  };

  const equalUnordered = (a, b, seen) => {
    const taken = new Set();
    return a.every((value) => {
      const found = b.findIndex((other, index) => !taken.has(index) && equal(value, other, seen));
      taken.add(found);
      return found !== -1;
    });
  };

  const equalFields = (a, b, seen) => {
    const keys = keysOf(a);
    if (keys.length !== keysOf(b).length || !keys.every((key) => Object.hasOwn(b, key))) return false;
    if (!keys.every((key) => equal(a[key], b[key], seen))) return false;
    return keys.includes('constructor') || sameConstructor(a, b);
  };

  const sameConstructor = (a, b) => {
    const [left, right] = [a.constructor, b.constructor];
    if (left === right || !('constructor' in a) || !('constructor' in b)) return true;
    const isPlain = (constructor) => typeof constructor === 'function' && constructor instanceof constructor;
    return isPlain(left) && isPlain(right);
  };

  const isEqual = (a, b) => equal(a, b, new Map());

  /** The list without values that `matches` calls equal to an earlier one. */
  const uniqueBy = (list, matches) => {
    const kept = [];
    for (let index = 0; index < list.length; index++) {
      const value = list[index];
      if (!kept.some((earlier) => matches(value, earlier))) kept.push(value);
    }
    return kept;
  };

  return { isEqual, uniqueBy };
}
