/** A message of the Cosmos ecosystem from a caller's bytes; undefined when they are no such message. */
export function decoded<T>(codec: { decode(data: Uint8Array): T }, data: Uint8Array): T | undefined {
  try {
    return codec.decode(data);
  } catch {
    return undefined; // The library throws for truncated or malformed bytes.
  }
}
