// Methods of booleans.
(host) => {
  const { nothing } = host.shared;
  const toInt = (value) => (value ? 1 : 0);

  return {
    typeName: 'Boolean',
    functions: { toBoolean: (value) => value, toInt, toFloat: toInt, toNumber: toInt, toDateTime: nothing },
  };
}
