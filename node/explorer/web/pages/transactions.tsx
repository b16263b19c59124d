import { useState } from "preact/hooks";
import { commands } from "../../present/commands.js";
import { grouped } from "../../present/amount.js";
import { useAnswer } from "../ask.js";
import { Card, Empty, PageHead } from "../parts/basic.js";
import { Pager, Shown } from "../parts/shown.js";
import { TxTable } from "../parts/txs.js";
import { readLatestTxs } from "../reads.js";

const ROWS = 25;

export function Transactions() {
  const [ways, setWays] = useState<readonly bigint[]>([]);
  const below = ways.at(-1);
  const answer = useAnswer(`txs ${below ?? "latest"}`, () => readLatestTxs(ROWS, below), below === undefined);
  const found = answer.value;
  // The next page begins with the block of the last row: a block may have more of them than a page.
  const last = found?.txs.at(-1)?.height ?? found?.from;
  const next =
    last === undefined || last === 0n || found?.from === last ? undefined : last === below ? last - 1n : last;
  return (
    <>
      <PageHead kind="Chain" title="Transactions" />
      <Card
        title="Newest first"
        extra={below === undefined ? undefined : `at or below block ${grouped(String(below))}`}
      >
        <Shown answer={answer}>
          {({ txs, from }) =>
            txs.length === 0 ? (
              <Empty command={commands.send}>{`No transaction above block ${grouped(String(from))}.`}</Empty>
            ) : (
              <TxTable rows={txs} />
            )
          }
        </Shown>
        <Pager
          page={ways.length + 1}
          onBack={ways.length === 0 ? undefined : () => setWays(ways.slice(0, -1))}
          onNext={next === undefined || next <= 0n ? undefined : () => setWays([...ways, next])}
        />
      </Card>
    </>
  );
}
