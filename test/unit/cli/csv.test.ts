import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyMessage, message, type MessageName } from "#proto/codec/message.js";
import { fieldsOf } from "#proto/codec/json.js";
import { billionths } from "#cli/message/billionths.js";
import { toCsv } from "#proto/client/words/csv.js";
import { fakeNode } from "./fake-node.js";
import { tribd, withHome } from "./harness.js";

const owner = "trib1j7d3cxyp0x2uryyv68t3u90znfwkl59c6nrsz0";
const statement = {
  ...emptyMessage("tributary.payout.v1.QueryStatementResponse"),
  account: { ...emptyMessage("tributary.payout.v1.Account"), owner },
  lines: [
    {
      ...emptyMessage("tributary.payout.v1.StatementLine"),
      entry: {
        ...emptyMessage("tributary.payout.v1.Entry"),
        ...{ batchId: 2n, kind: 1, subject: 7n, versionId: 1n, tokens: 40n, receipts: 3n },
        ...{ amount: "1500000001", samplingError: "250000000", selfDealt: "500000000" },
      },
      ...{ stage: 2, earned: "1500000001", paid: "1000000000", contributionStatus: 3 },
    },
  ],
};
const node = fakeNode({
  queries: {
    "/tributary.payout.v1.Query/Statement": () =>
      message("tributary.payout.v1.QueryStatementResponse").encode(statement as never),
  },
});
const ask = (...flags: string[]) =>
  withHome((home) => tribd(["query", "payout", "statement", owner, ...flags], { home, fetch: node.fetch }));

test("a statement shows base units to spreadsheets and billionths to scripts", async () => {
  assert.equal(
    (await ask("--csv")).stdout,
    "batch,for,of,version,tokens,receipts,earned,error,self-paid,paid,stage,contribution\r\n" +
      "2,1 (contribution),7,1,40,3,1.500000001,0.25,0.5,1,2 (matured),3 (accepted)\r\n",
  );
  const { lines } = JSON.parse((await ask("-o", "json")).stdout) as { lines: { earned: string }[] };
  assert.equal(lines[0]!.earned, "1500000001");
});

test("cells are quoted where they must be, and no stranger's text is a formula", () => {
  const column = { title: "title", cell: (text: string) => text };
  const rows = ["plain", 'say "hi", then', "two\nlines", "=1+1", "@cmd", "-2", "+3"];
  assert.equal(
    toCsv(rows, [column]),
    'title\r\nplain\r\n"say ""hi"", then"\r\n"two\nlines"\r\n\'=1+1\r\n\'@cmd\r\n\'-2\r\n\'+3\r\n',
  );
});

test("every amount of these messages is in billionths or known to be whole", () => {
  /** Addresses, a sum of squares, and whole base units. */
  const others = ["owner", "debtor", "creditor", "squares", "fees", "pool", "forfeited", "held"];
  for (const [name, fields] of Object.entries(billionths)) {
    const texts = fieldsOf(name as MessageName).filter(({ type, repeated }) => type === "string" && !repeated);
    const whole = name === "tributary.attribution.v1.Totals" ? [...others, "self_dealt"] : others;
    const amounts = texts.map(({ json }) => json).filter((json) => !whole.includes(json));
    assert.deepEqual([...fields].sort(), amounts.sort(), name);
  }
});
