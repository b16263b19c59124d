import { SimulateRequest, SimulateResponse } from "cosmjs-types/cosmos/tx/v1beta1/service";
import type { Bytes } from "#proto/bytes.js";
import type { Client } from "#proto/client/index.js";
import { EXIT } from "../exit.js";
import { Refused } from "./refusal.js";

/** Gas that the tx would use now. Its signatures may be empty. @throws Refused(would_fail) with the reason */
export async function simulate(node: Client, txBytes: Bytes): Promise<bigint> {
  const request = SimulateRequest.encode(SimulateRequest.fromPartial({ txBytes })).finish();
  const answer = await node.abciQuery("/cosmos.tx.v1beta1.Service/Simulate", request);
  if (answer.code !== 0) {
    throw new Refused("would_fail", EXIT.rejected, "the transaction would fail, so it was not sent", answer);
  }
  return SimulateResponse.decode(answer.value).gasInfo?.gasUsed ?? 0n;
}
