import assert from "node:assert/strict";
import { test } from "node:test";
import { MsgUnjail } from "cosmjs-types/cosmos/slashing/v1beta1/tx";
import { QueryParamsResponse } from "cosmjs-types/cosmos/slashing/v1beta1/query";
import { utf8 } from "#proto/bytes.js";
import { isRejection } from "#proto/rejection.js";
import { anyFromJson, anyToJson } from "#proto/tx/json.js";
import { unjail } from "#proto/tx/slashing.js";
import { cosmosToJson } from "#node/rpc/rest/cosmos-json.js";

test("shares of slashing are decimals and times durations, as the gateway writes them", () => {
  const share = (digits: string): Uint8Array => utf8(digits);
  const params = {
    signedBlocksWindow: 100n,
    minSignedPerWindow: share("500000000000000000"),
    downtimeJailDuration: { seconds: 600n, nanos: 0 },
    slashFractionDoubleSign: share("50000000000000000"),
    slashFractionDowntime: share("10000000000000000"),
  };
  assert.deepEqual(cosmosToJson(QueryParamsResponse, { params }), {
    params: {
      signed_blocks_window: "100",
      min_signed_per_window: "0.500000000000000000",
      downtime_jail_duration: "600s",
      slash_fraction_double_sign: "0.050000000000000000",
      slash_fraction_downtime: "0.010000000000000000",
    },
  });
});

test("an unjail goes through JSON and back", () => {
  const made = unjail("tribvaloper1abc");
  const json = anyToJson(made);
  assert.deepEqual(json, { "@type": MsgUnjail.typeUrl, validator_addr: "tribvaloper1abc" });
  const back = anyFromJson(json);
  assert.ok(!isRejection(back));
  assert.deepEqual(back, made);
});
