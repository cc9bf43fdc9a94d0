// Methods of lists.
(host) => {
  const { fail, defineField, isObject, hasReadableField, isFilled, compactObject, nothing } = host.shared;
  const { isEqual, uniqueBy } = host.equality;
  const { ExpressionError } = host.errors;

  const pluck = (value, fields) => {
    if (!Array.isArray(fields)) throw new ExpressionError('arguments must be passed to pluck');
    if (fields.length === 0) return value;
    return value.reduce((plucked, entry) => {
      if (!isObject(entry)) return plucked;
      const found = Object.keys(entry).flatMap((key) => fields.filter((field) => field === key).map(() => [entry[key]]));
      if (found.length === 1) plucked.push(found[0][0]);
      else if (found.length > 1) plucked.push(found.map(([field]) => field));
      return plucked;
    }, []);
  };

  const randomItem = (value) => (value.length ? value[host.native.randomIndex(value.length)] : undefined);

  /** What `unique` compares of an entry: its named fields, or all of it. */
  const comparedPart = (entry, fields) => {
    if (fields.length === 0 || !isObject(entry)) return entry;
    return fields.reduce(
      (part, field) => defineField(part, field, hasReadableField(entry, field) ? entry[field] : undefined),
      {},
    );
  };

  const unique = (value, fields) =>
    uniqueBy(value, (a, b) => isEqual(comparedPart(a, fields), comparedPart(b, fields)));

  const requireNumbers = (value, name) => {
    if (value.some((entry) => typeof entry !== 'number')) fail(`${name}(): all array elements must be numbers`);
    return value;
  };

  const total = (numbers) => numbers.reduce((sum, number) => sum + number, 0);
  const sum = (value) => total(requireNumbers(value, 'sum'));
  // Holes count as undefined, and a list of any length works: arguments to Math.min would be limited.
  const extreme = (value, pick, start) => Array.from(value).reduce((best, number) => pick(best, number), start);
  const min = (value) => extreme(requireNumbers(value, 'min'), Math.min, Infinity);
  const max = (value) => extreme(requireNumbers(value, 'max'), Math.max, -Infinity);
  const average = (value) => {
    requireNumbers(value, 'average');
    return value.length === 0 ? 0 : sum(value) / value.length;
  };

  const isKept = (entry) => !(entry && typeof entry === 'object' && !host.luxon.hasFields(entry)) && isFilled(entry);
  const compact = (value) =>
    value.filter((entry) => isKept(entry)).map((entry) => (isObject(entry) ? compactObject(entry) : entry));

  const smartJoin = (value, [keyField, valueField]) => {
    if (!keyField || !valueField || typeof keyField !== 'string' || typeof valueField !== 'string') {
      fail('smartJoin(): expected two string args, e.g. .smartJoin("name", "value")');
    }
    return value.reduce((joined, entry) => {
      if (isObject(entry) && hasReadableField(entry, keyField) && hasReadableField(entry, valueField)) {
        defineField(joined, entry[keyField], entry[valueField]);
      }
      return joined;
    }, {});
  };

  const chunk = (value, [size]) => {
    if (typeof size !== 'number' || size === 0) fail('chunk(): expected non-zero numeric arg, e.g. .chunk(5)');
    const chunks = [];
    // A negative size never gets to the end: the time and memory limits end it.
    for (let start = 0; start < value.length; start += size) chunks.push(value.slice(start, start + size));
    return chunks;
  };

  const renameKeys = (value, names) => {
    if (names.length === 0 || names.length % 2 !== 0) {
      fail('renameKeys(): expected an even amount of args: from1, to1 [, from2, to2, ...]. e.g. .renameKeys("name", "title")');
    }
    return value.map((entry) => {
      if (!isObject(entry)) return entry;
      const renamed = { ...entry };
      for (let index = 0; index < names.length; index += 2) {
        const [from, to] = [names[index], names[index + 1]];
        if (!Object.hasOwn(renamed, from)) continue;
        defineField(renamed, to, renamed[from]);
        delete renamed[from];
      }
      return renamed;
    });
  };

  /** `value` with the fields of `other` that it lacks. */
  const withMissingFields = (value, other) => {
    if (!other) return value;
    if (typeof other !== 'object') fail('merge(): expected object arg');
    const merged = { ...value };
    for (const [key, field] of Object.entries(other)) {
      if (!Object.hasOwn(merged, key)) defineField(merged, key, field);
    }
    return merged;
  };

  const copyFields = (target, source) => {
    for (const [key, field] of Object.entries(source)) defineField(target, key, field);
  };

  const merge = (value, [others]) => {
    if (others === undefined) {
      return value.reduce(
        (merged, entry) => (isObject(entry) && !Array.isArray(entry) ? withMissingFields(merged, entry) : merged),
        {},
      );
    }
    if (!Array.isArray(others)) fail('merge(): expected array arg, e.g. .merge([{ id: 1, otherValue: 3 }])');
    const merged = {};
    for (let index = 0; index < Math.max(value.length, others.length); index++) {
      const [entry, other] = [value[index], others[index]];
      if (typeof entry === 'object' && typeof other === 'object') copyFields(merged, withMissingFields(entry, other));
    }
    return merged;
  };

  const mergeIntoObject = (value, [others]) => {
    if (!Array.isArray(others)) {
      fail('mergeIntoObject(): expected array arg, e.g. .mergeIntoObject([{ id: 1, otherValue: 3 }])');
    }
    const merged = {};
    for (let index = 0; index < Math.max(value.length, others.length); index++) {
      const [entry, other] = [value[index], others[index]];
      if (isObject(entry)) copyFields(merged, isObject(other) ? withMissingFields(entry, other) : entry);
      else if (isObject(other)) copyFields(merged, other);
    }
    return merged;
  };

  const requireList = (others, name) => {
    if (!Array.isArray(others)) fail(`${name}(): expected array arg, e.g. .${name}([1, 2, 3, 4])`);
    return others;
  };
  const contains = (list, value) => list.findIndex((entry) => isEqual(entry, value)) !== -1;
  const distinct = (list) => uniqueBy(list, isEqual);

  const union = (value, [others]) => distinct([...value, ...requireList(others, 'union')]);
  const difference = (value, [others]) => {
    requireList(others, 'difference');
    return distinct(Array.from(value).filter((entry) => !contains(others, entry)));
  };
  const intersection = (value, [others]) => {
    requireList(others, 'intersection');
    const common = Array.from(value).filter((entry) => contains(others, entry));
    return distinct(common.concat(Array.from(others).filter((entry) => contains(value, entry))));
  };

  return {
    typeName: 'Array',
    average,
    functions: {
      removeDuplicates: unique,
      unique,
      first: (value) => value[0],
      last: (value) => value[value.length - 1],
      reverse: (value) => [...value].reverse(),
      pluck,
      randomItem,
      sum,
      min,
      max,
      average,
      isNotEmpty: (value) => value.length > 0,
      isEmpty: (value) => value.length === 0,
      compact,
      smartJoin,
      chunk,
      renameKeys,
      merge,
      mergeIntoObject,
      union,
      difference,
      intersection,
      append: (value, entries) => value.concat(entries),
      toJsonString: (value) => JSON.stringify(value),
      toInt: nothing,
      toFloat: nothing,
      toBoolean: nothing,
      toDateTime: nothing,
    },
  };
}
