/** Unix milliseconds as google.protobuf.Timestamp. */
export function timestamp(time: bigint): { readonly seconds: bigint; readonly nanos: number } {
  return { seconds: time / 1000n, nanos: Number(time % 1000n) * 1_000_000 };
}
