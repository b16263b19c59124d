import type { Reply } from "../http-reply.js";

/** The same reply with the height that answered, in the header that wallets read. */
export function answer(reply: Reply, height: bigint): Reply {
  return { ...reply, headers: { "x-cosmos-block-height": String(height) } };
}
