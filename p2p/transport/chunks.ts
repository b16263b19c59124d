import type { StreamMessageEvent } from "@libp2p/interface";
import type { Bytes } from "#proto/bytes.js";

/** What arrived, as it lies in memory: joining its pieces copies all of it, and large garbage costs long collections. */
export const chunksOf = ({ data }: Pick<StreamMessageEvent, "data">): Iterable<Bytes> =>
  data instanceof Uint8Array ? [data] : data;
