// Defining built-ins as JavaScript's own are defined.
(host) => {
  const { ownKeys, getOwnPropertyDescriptor } = Reflect;

  /** Adds methods and getters that cannot be enumerated, and the tag of a class. */
  const define = (target, members, tag) => {
    for (const name of ownKeys(members)) {
      Object.defineProperty(target, name, { ...getOwnPropertyDescriptor(members, name), enumerable: false });
    }
    if (tag) Object.defineProperty(target, Symbol.toStringTag, { value: tag, configurable: true });
  };

  return { define };
}
