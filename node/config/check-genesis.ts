import { isRejection, rejectionText } from "#proto/rejection.js";
import type { Genesis } from "#proto/types/genesis.js";
import { genesisWrites } from "#state/genesis.js";
import { ConfigFault } from "./fault.js";

/** Whether every module takes its part of app_state and its invariants hold then. @throws ConfigFault naming the field */
export function checkAppState(genesis: Genesis): void {
  const writes = genesisWrites(genesis);
  if (isRejection(writes)) throw new ConfigFault([`genesis.json: ${rejectionText(writes)}`]);
}
