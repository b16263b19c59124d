import { ceilingId } from "../../attribution/ceiling.js";
import { present } from "../../assert.js";
import { toHex } from "../../bytes.js";
import type { AskedCeiling } from "../../exchange/provider.js";

/** The id of a row's ceiling, hex. */
export function idOf(asked: AskedCeiling | undefined): string {
  return toHex(ceilingId(present(asked?.ceiling, "a row has a ceiling")));
}
