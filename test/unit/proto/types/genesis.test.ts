import assert from "node:assert/strict";
import { test } from "node:test";
import { isRejection } from "#proto/rejection.js";
import { parseGenesis, type GenesisDocument } from "#proto/types/genesis.js";
import { genesisOf } from "../../state/world.js";

type Params = GenesisDocument["consensus_params"];

const document = genesisOf({}) as GenesisDocument;
const withParams = (change: (params: Params) => unknown): unknown => ({
  ...document,
  consensus_params: { ...document.consensus_params, ...(change(document.consensus_params) as object) },
});

const wrong: readonly (readonly [field: string, change: (params: Params) => unknown])[] = [
  ["block.max_bytes", ({ block }) => ({ block: { ...block, max_bytes: "4095" } })],
  ["block.max_tx_bytes", ({ block }) => ({ block: { ...block, max_tx_bytes: block.max_bytes } })],
  ["block.max_gas", ({ block }) => ({ block: { ...block, max_gas: "0" } })],
  [
    "evidence.max_bytes",
    ({ block, evidence }) => ({ evidence: { ...evidence, max_bytes: String(BigInt(block.max_bytes) / 2n + 1n) } }),
  ],
  ["evidence.max_age_num_blocks", ({ evidence }) => ({ evidence: { ...evidence, max_age_num_blocks: "0x10" } })],
  ["synchrony.precision_ms", ({ synchrony }) => ({ synchrony: { ...synchrony, precision_ms: "30001" } })],
  ["synchrony.message_delay_ms", ({ synchrony }) => ({ synchrony: { ...synchrony, message_delay_ms: "86400001" } })],
];

for (const [field, change] of wrong) {
  test(`a genesis document is refused at consensus_params.${field}`, () => {
    const refused = parseGenesis(withParams(change));
    assert.ok(isRejection(refused));
    assert.equal(refused.data["field"], `consensus_params.${field}`);
  });
}

test("evidence may fill half of a block", () => {
  const half = ({ block, evidence }: Params) => ({
    evidence: { ...evidence, max_bytes: String(BigInt(block.max_bytes) / 2n) },
  });
  assert.ok(!isRejection(parseGenesis(withParams(half))));
});
