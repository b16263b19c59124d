import { toHex } from "#proto/bytes.js";
import { ceilingId } from "#proto/attribution/ceiling.js";
import type { Exchange } from "#proto/exchange/provider.js";
import { ceilingStateJson, encodeHeader, networkOf, RECEIPT_COMMENT, type CeilingState } from "#proto/exchange/x402.js";

/** Characters of a header with a receipt: a longer one leaves the receipt to `/x402/ceilings/<id>`. */
const RESPONSE_MAX = 8_192;

/** A sealed answer as its ceiling's state. */
export function sealedState({ asked, sealed }: Exchange): CeilingState {
  return { state: "receipt", ceilingId: toHex(ceilingId(asked!.ceiling!)), sealed };
}

/** The header PAYMENT-RESPONSE. @param payer address */
export function paymentResponse(chainId: string, payer: string, state: CeilingState): string {
  const base = { success: true, transaction: "", network: networkOf(chainId), payer, amount: "" };
  const whole = encodeHeader({ ...base, extra: ceilingStateJson(state) });
  if (whole.length <= RESPONSE_MAX || state.state !== "receipt") return whole;
  return encodeHeader({ ...base, extra: ceilingStateJson({ ...state, sealed: undefined }) });
}

/** What ends a stream: the receipt in a comment, which clients skip, and the end that they wait for. */
export function streamEnd(row: Exchange): string {
  return `: ${RECEIPT_COMMENT}${encodeHeader(ceilingStateJson(sealedState(row)))}\n\ndata: [DONE]\n\n`;
}
