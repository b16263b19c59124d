import { TxResponse } from "cosmjs-types/cosmos/base/abci/v1beta1/abci";
import { upperHex } from "#proto/rpc/json.js";
import { formatRfc3339 } from "#proto/time.js";
import type { CommittedTx } from "./committed-tx.js";

const TX_TYPE = "/cosmos.tx.v1beta1.Tx";

/** The SDK's answer about a committed transaction; `tx` holds the bytes as they stand in the block. */
export function txResponse({ tx, hash, height, result, header }: CommittedTx): TxResponse {
  return TxResponse.fromPartial({
    height,
    txhash: upperHex(hash),
    codespace: result.codespace,
    code: result.code,
    data: upperHex(result.data),
    rawLog: result.log,
    gasWanted: result.gasWanted,
    gasUsed: result.gasUsed,
    tx: { typeUrl: TX_TYPE, value: tx },
    timestamp: formatRfc3339(header.time),
    events: result.events.map(({ type, attributes }) => ({
      type,
      attributes: attributes.map(({ key, value }) => ({ key, value, index: true })),
    })),
  });
}
