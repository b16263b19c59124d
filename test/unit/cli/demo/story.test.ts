import assert from "node:assert/strict";
import { test } from "node:test";
import { residualReasons } from "#proto/attribution/rule/reasons.js";
import { CliFault } from "#cli/fault.js";
import { suggestions } from "#cli/demo/endpoints.js";
import { packBySize } from "#cli/book/pack.js";
import { reasonText } from "#proto/client/words/reasons.js";
import { summarise, type SummaryParts } from "#cli/demo/story/summary.js";
import { emptyMessage } from "#proto/codec/message.js";
import { EXIT } from "#cli/exit.js";
import { tribd, withHome } from "../harness.js";

/** The pool is 300 units: 279.75 of them credited, of which 3.5 wait, and 20.25 residual. */
function parts(change: { readonly residual?: string; readonly paid?: bigint } = {}): SummaryParts {
  const { residual = "20250000000", paid = 700n } = change;
  const settlement = {
    ...emptyMessage("tributary.attribution.v1.Settlement"),
    ...{ drawn: 16n, credited: "279750000000", contested: "3500000000", residual, forfeited: 5n },
  };
  const batch = {
    ...emptyMessage("tributary.attribution.v1.Batch"),
    ...{ id: 1n, receipts: 200n, pool: 300n, settlement },
  };
  const totals = { fees: 1_000n, burned: 30n, validators: 20n, paid, pending: 225n, residual: 20n, forfeited: 5n };
  const appHashes = ["AA", "AA", "AA", "AA"];
  return { height: 9n, validators: 4, contributions: 15, batches: [batch], totals, verified: true, appHashes };
}

test("the summary finds every unit of the fees; what validators wait for is pending", () => {
  assert.deepEqual(summarise(parts()), {
    height: 9,
    validators: 4,
    contributions: 15,
    batches: [
      {
        ...{ receipts: 200, drawn: 16, pool: "300", credited: "279.75", contested: "3.5", residual: "20.25" },
        forfeited: "5",
      },
    ],
    fees: "1000",
    burned: "30",
    paid: "700",
    pending: "245",
    verified: true,
    appHashes: ["AA", "AA", "AA", "AA"],
  });
});

test("a pool that is not shared out whole, or a unit that is nowhere, is said and not printed over", () => {
  assert.throws(() => summarise(parts({ residual: "20249999999" })), CliFault);
  assert.throws(() => summarise(parts({ paid: 699n })), CliFault);
});

test("lists are filled in order and never above the size, but for an item that is larger alone", () => {
  const pack = (sizes: readonly number[], max: number) => packBySize(sizes, (size) => size, max);
  assert.deepEqual(pack([3, 3, 3, 9, 1], 6), [[3, 3], [3], [9], [1]]);
  assert.deepEqual(pack([], 6), []);
});

test("every reason of the residual has words", () => {
  for (const code of Object.values(residualReasons)) assert.doesNotMatch(reasonText(code), /^code/);
});

test("every suggested command is understood: here it fails because no node answers, and for nothing else", async () => {
  await withHome(async (home) => {
    const environment = { TRIBD_KEYRING_BACKEND: "test" };
    const fetch = () => Promise.reject(new TypeError("fetch failed"));
    await tribd(["init", "here"], { home });
    for (const name of ["alice", "grace"]) await tribd(["keys", "add", name, "--dev"], { home, environment });
    for (const line of suggestions) {
      const { code, stderr } = await tribd(line.split(" "), { home, environment, fetch });
      assert.equal(code, EXIT.unreachable, `${line}: ${stderr}`);
    }
  });
});
