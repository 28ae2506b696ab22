/** The adapter with some of its methods exchanged; each new method is given the adapter itself. */
export function intercept<T extends object>(adapter: T, methods: (adapter: T) => Partial<T>): T {
  const exchanged = methods(adapter);
  return new Proxy(adapter, {
    get(target, name) {
      if (Object.hasOwn(exchanged, name)) return Reflect.get(exchanged, name);
      const member = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}
