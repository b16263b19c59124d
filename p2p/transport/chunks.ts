import type { StreamMessageEvent } from "@libp2p/interface";
import type { Bytes } from "#proto/bytes.js";

/** Received bytes as they lie in memory: joining the pieces would copy them, and large garbage costs long collections. */
export const chunksOf = ({ data }: Pick<StreamMessageEvent, "data">): Iterable<Bytes> =>
  data instanceof Uint8Array ? [data] : data;
