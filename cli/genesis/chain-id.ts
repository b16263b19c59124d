import { CHAIN_ID_BYTES_MAX } from "#proto/limits.js";
import { usage } from "../fault.js";

export function checkChainId(text: string): string {
  if (/^[a-z0-9][a-z0-9-]*$/.test(text) && text.length <= CHAIN_ID_BYTES_MAX) return text;
  throw usage(
    `"${text}" cannot be a chain id`,
    `a-z, 0-9 and -, at most ${CHAIN_ID_BYTES_MAX} characters, like tributary-1`,
  );
}
