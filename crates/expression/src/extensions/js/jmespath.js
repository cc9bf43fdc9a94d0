// JMESPath queries: $jmespath(data, query). A query is parsed into nested functions of a value.
(host) => {
  const { ExpressionError } = host.errors;
  const { defineField } = host.shared;
  const { call, Reference } = host.jmespathFunctions;

  const BINDING = {
    end: 0, name: 0, quoted: 0, ']': 0, ')': 0, ',': 0, '}': 0, number: 0, '@': 0, '&': 0, '|': 1, '||': 2, '&&': 3,
    '==': 5, '>': 5, '<': 5, '>=': 5, '<=': 5, '!=': 5, '[]': 9, '*': 20, '[?': 21, '.': 40, '!': 45, '{': 50, '[': 55, '(': 60,
  };
  const PROJECTION_STOP = 10;

  const TOKEN = /([A-Za-z_]\w*)|([-0-9][-0-9]*)|("[^"]*"?)|('[^']*'?)|(`[^`]*`?)|(&&|\|\||\[\?|\[\]|[<>!=]=|[.*,:{}\]()@<>![&|])|[ \t\n]+/y;

  const readLiteral = (text) => {
    const trimmed = text.trimStart();
    if (/^[[{"]|^(?:true|false|null)$/.test(trimmed)) return JSON.parse(trimmed);
    if (/^[-0-9]/.test(trimmed)) {
      try {
        return JSON.parse(trimmed);
      } catch {
        // Not a number: text, as below.
      }
    }
    return JSON.parse(`"${trimmed}"`);
  };

  // A closing mark that is missing is forgiven in literals, but not in quoted names.
  const between = (text, mark) => text.slice(1, text.length > 1 && text.endsWith(mark) ? -1 : undefined);

  const readToken = ([text, name, number, quoted, raw, literal, sign]) => {
    if (name !== undefined) return { type: 'name', value: name };
    if (number !== undefined) return { type: 'number', value: parseInt(number, 10) };
    if (quoted !== undefined) return { type: 'quoted', value: JSON.parse(quoted) };
    if (raw !== undefined) return { type: 'literal', value: between(raw, "'") };
    if (literal !== undefined) return { type: 'literal', value: readLiteral(between(literal, '`')) };
    return sign === undefined ? undefined : { type: sign, value: text };
  };

  const tokenize = (query) => {
    const tokens = [];
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < query.length) {
      const at = TOKEN.lastIndex;
      const match = TOKEN.exec(query);
      if (match === null) throw new Error(`Unknown character: ${query[at]}`);
      const token = readToken(match);
      if (token) tokens.push(token);
    }
    return [...tokens, { type: 'end', value: '' }];
  };

  const isList = (value) => Array.isArray(value);
  const isRecord = (value) => Object.prototype.toString.call(value) === '[object Object]';
  const isFalse = (value) =>
    value === '' || value === false || value === null || ((isList(value) || isRecord(value)) && Object.keys(value).length === 0);

  const equal = (a, b) => {
    if (a === b) return true;
    if (isList(a) && isList(b)) return a.length === b.length && a.every((entry, index) => equal(entry, b[index]));
    if (!isRecord(a) || !isRecord(b)) return false;
    const keys = Object.keys(a);
    return keys.every((key) => equal(a[key], b[key])) && Object.keys(b).every((key) => Object.hasOwn(a, key));
  };

  const COMPARE = {
    '==': equal,
    '!=': (a, b) => !equal(a, b),
    '>': (a, b) => a > b,
    '>=': (a, b) => a >= b,
    '<': (a, b) => a < b,
    '<=': (a, b) => a <= b,
  };

  // Evaluators: functions of the current value. Null, and never undefined, is what is missing.
  const identity = (value) => value;
  const field = (name) => (value) => (isRecord(value) ? (value[name] ?? null) : null);
  const chain = (left, right) => (value) => right(left(value));
  const constant = (literal) => () => literal;
  const project = (list, right) => list.map((entry) => right(entry)).filter((entry) => entry !== null);
  const projection = (left, right) => (value) => {
    const list = left(value);
    return isList(list) ? project(Array.from(list), right) : null;
  };
  const valueProjection = (left, right) => (value) => {
    const record = left(value);
    return isRecord(record) ? project(Object.values(record), right) : null;
  };
  const filterProjection = (left, right, condition) => (value) => {
    const list = left(value);
    return isList(list) ? project(list.filter((entry) => !isFalse(condition(entry))), right) : null;
  };
  const flatten = (left) => (value) => {
    const list = left(value);
    return isList(list) ? Array.from(list).flat() : null;
  };
  const index = (position) => (value) => (isList(value) ? (value[position < 0 ? value.length + position : position] ?? null) : null);

  const capped = (bound, length, step) => {
    if (bound < 0) return bound + length < 0 ? (step < 0 ? -1 : 0) : bound + length;
    return bound >= length ? (step < 0 ? length - 1 : length) : bound;
  };
  const slice = ([start, stop, step]) => (value) => {
    if (!isList(value)) return null;
    const by = step ?? 1;
    if (by === 0) throw new Error('Invalid slice, step cannot be 0');
    const from = start === null ? (by < 0 ? value.length - 1 : 0) : capped(start, value.length, by);
    const to = stop === null ? (by < 0 ? -1 : value.length) : capped(stop, value.length, by);
    const result = [];
    for (let at = from; by > 0 ? at < to : at > to; at += by) result.push(value[at]);
    return result;
  };

  class Parser {
    constructor(query) {
      this.tokens = tokenize(query);
      this.position = 0;
    }

    get next() {
      return this.tokens[this.position].type;
    }

    advance() {
      return this.tokens[this.position++];
    }

    accept(type) {
      if (this.next !== type) return false;
      this.position++;
      return true;
    }

    expect(type) {
      if (!this.accept(type)) throw new Error(`Expected ${type}, got: ${this.next}`);
    }

    query() {
      const evaluate = this.expression(0);
      if (this.next !== 'end') throw new Error(`Unexpected token type: ${this.next}`);
      return evaluate;
    }

    expression(power) {
      const first = this.advance();
      let left = this.prefix(first);
      // A function's name is the identifier right before its parenthesis.
      let name = first.type === 'name' ? first.value : undefined;
      while (power < BINDING[this.next]) {
        const { type } = this.advance();
        left = type === '(' ? this.functionCall(name) : this.infix(type, left);
        name = undefined;
      }
      return left;
    }

    prefix({ type, value }) {
      switch (type) {
        case 'literal':
          return constant(value);
        case 'name':
          return field(value);
        case 'quoted':
          if (this.next === '(') throw new Error('Quoted identifier not allowed for function names.');
          return field(value);
        case '!': {
          const operand = this.expression(BINDING['!']);
          return (current) => isFalse(operand(current));
        }
        case '*':
          return valueProjection(identity, this.next === ']' ? identity : this.projected(BINDING['*']));
        case '[?':
        case '[]':
          return this.infix(type, identity);
        case '{':
          return this.record();
        case '[':
          return this.bracket();
        case '@':
          return identity;
        case '&': {
          const reference = new Reference(this.expression(BINDING['&']));
          return constant(reference);
        }
        case '(':
          return this.parenthesis();
        default:
          throw new Error(`Invalid token (${type})`);
      }
    }

    infix(type, left) {
      switch (type) {
        case '.':
          return this.accept('*') ? valueProjection(left, this.projected(BINDING['.'])) : chain(left, this.member(BINDING['.']));
        case '|':
          return chain(left, this.expression(BINDING['|']));
        case '||':
        case '&&': {
          const right = this.expression(BINDING[type]);
          return (value) => {
            const first = left(value);
            return isFalse(first) === (type === '||') ? right(value) : first;
          };
        }
        case '[?': {
          const condition = this.expression(0);
          this.expect(']');
          return filterProjection(left, this.next === '[]' ? identity : this.projected(BINDING['[?']), condition);
        }
        case '[]':
          return projection(flatten(left), this.projected(BINDING['[]']));
        case '[':
          if (this.next === 'number' || this.next === ':') return this.indexOrSlice(left);
          this.expect('*');
          this.expect(']');
          return projection(left, this.projected(BINDING['*']));
        default: {
          const compare = COMPARE[type];
          if (!compare) throw new Error(`Invalid token (${type})`);
          const right = this.expression(BINDING[type]);
          return (value) => compare(left(value), right(value));
        }
      }
    }

    /** What follows an opening bracket that starts an expression. */
    bracket() {
      if (this.next === 'number' || this.next === ':') return this.indexOrSlice(identity);
      if (this.next === '*' && this.tokens[this.position + 1].type === ']') {
        this.position += 2;
        return projection(identity, this.projected(BINDING['*']));
      }
      return this.list();
    }

    /** `[1]` or `[1:2:3]` after its bracket. */
    indexOrSlice(left) {
      if (this.next !== ':' && this.tokens[this.position + 1].type !== ':') {
        const { value } = this.advance();
        this.expect(']');
        return chain(left, index(value));
      }
      const bounds = [null, null, null];
      for (let part = 0; this.next !== ']' && part < 3; ) {
        if (this.accept(':')) part++;
        else if (this.next === 'number') bounds[part] = this.advance().value;
        else throw new Error(`Syntax error, unexpected token: ${this.next}`);
      }
      this.expect(']');
      return projection(chain(left, slice(bounds)), this.projected(BINDING['*']));
    }

    /** What a projection applies to each entry. */
    projected(power) {
      if (BINDING[this.next] < PROJECTION_STOP) return identity;
      if (this.next === '[' || this.next === '[?') return this.expression(power);
      this.expect('.');
      return this.member(power);
    }

    /** What follows a dot. */
    member(power) {
      if (['name', 'quoted', '*'].includes(this.next)) return this.expression(power);
      if (this.accept('[')) return this.list();
      if (this.accept('{')) return this.record();
      throw new Error(`Syntax error, unexpected token: ${this.next}`);
    }

    parenthesis() {
      const inner = this.args('');
      if (inner.length === 0) throw new Error('Invalid token ())');
      return inner[0];
    }

    functionCall(name) {
      const args = this.args(',');
      return (value) => call(name, args.map((arg) => arg(value)));
    }

    /** Expressions to the closing parenthesis; as in the npm package, `@` stands alone and commas may be missing. */
    args(separator) {
      const args = [];
      while (!this.accept(')')) {
        args.push(this.accept('@') ? identity : this.expression(0));
        this.accept(separator);
      }
      return args;
    }

    list() {
      const entries = [];
      while (!this.accept(']')) {
        entries.push(this.expression(0));
        if (this.accept(',') && this.next === ']') throw new Error('Unexpected token Rbracket');
      }
      return (value) => (value === null ? null : entries.map((entry) => entry(value)));
    }

    record() {
      const fields = [];
      do {
        const { type, value: name } = this.advance();
        if (type !== 'name' && type !== 'quoted') throw new Error(`Expecting an identifier token, got: ${type}`);
        this.expect(':');
        fields.push([name, this.expression(0)]);
      } while (this.accept(',') || !this.accept('}'));
      return (value) => {
        if (value === null) return null;
        return fields.reduce((record, [name, evaluate]) => defineField(record, name, evaluate(value)), {});
      };
    }
  }

  const FORBIDDEN = new RegExp(`\\b(?:${host.native.forbiddenProperties.join('|')})\\b`);

  const jmespath = (data, query) => {
    if (typeof data !== 'object' || typeof query !== 'string') {
      throw new ExpressionError('expected two arguments (Object, string) for this function');
    }
    if (query.includes('\\') || FORBIDDEN.test(query)) {
      throw new ExpressionError('Cannot access this property in a jmespath query due to security concerns');
    }
    return new Parser(query).query()(isList(data) ? data : { ...data });
  };

  return { jmespath };
}
