/** libp2p 3 uses Promise.withResolvers, which Node has from 22 on. Imported before anything of libp2p. */
interface Resolvers<T> {
  promise: Promise<T>;
  resolve(value: T | PromiseLike<T>): void;
  reject(reason: unknown): void;
}

if (!("withResolvers" in Promise)) {
  Object.defineProperty(Promise, "withResolvers", {
    configurable: true,
    writable: true,
    value<T>(this: PromiseConstructor): Resolvers<T> {
      const out: Partial<Resolvers<T>> = {};
      out.promise = new this<T>((resolve, reject) => {
        out.resolve = resolve;
        out.reject = reject;
      });
      return out as Resolvers<T>;
    },
  });
}
