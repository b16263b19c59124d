import { commands } from "../../present/commands.js";
import { amountFrom, grouped } from "../../present/amount.js";
import { linkTo } from "../../present/route.js";
import { counted } from "../../present/text.js";
import { timeFrom } from "../../present/time.js";
import { useAnswer } from "../ask.js";
import { useLive } from "../live.js";
import { node, pageRequest } from "../node.js";
import { Amount, Card, Empty, Stat, Time } from "../parts/basic.js";
import { BatchTable } from "../parts/batches.js";
import { BlockTable } from "../parts/blocks.js";
import { Shown } from "../parts/shown.js";
import { TxTable } from "../parts/txs.js";
import { Waterfall, type FeePart } from "../parts/waterfall.js";
import { readBlocks, readLatestTxs } from "../reads.js";

export function Home() {
  const { status } = useLive();
  const blocks = useAnswer("home blocks", () => readBlocks(undefined, 20), true);
  const txs = useAnswer("home txs", () => readLatestTxs(8), true);
  const set = useAnswer("home validators", () => node.call("validators", { per_page: 1 }), true);
  const batches = useAnswer(
    "home batches",
    () =>
      node.query("tributary.attribution.v1.Query/Batches", {
        pagination: pageRequest({ key: new Uint8Array(0), limit: 6, reverse: true }),
      }),
    true,
  );
  const metas = blocks.value ?? [];
  const seconds = metas.length < 2 ? 0 : (timeFrom(metas[0]!.time) - timeFrom(metas.at(-1)!.time)) / 1000;
  const counted20 = metas.slice(0, -1).reduce((sum, { txs }) => sum + txs, 0);
  return (
    <>
      <h1 class="hidden">Tributary: {status.chainId}</h1>
      <dl class="stats">
        <Stat name="Height" note={<Time ms={timeFrom(status.time)} />}>
          {grouped(status.height.toString())}
        </Stat>
        <Stat name="Block time" note={`mean of ${Math.max(0, metas.length - 1)} blocks`}>
          {seconds === 0 ? "–" : `${(seconds / (metas.length - 1)).toFixed(2)} s`}
        </Stat>
        <Stat name="Transactions" note="a second, in the same blocks">
          {seconds === 0 ? "–" : (counted20 / seconds).toFixed(2)}
        </Stat>
        <Stat name="Validators" note={<a href={linkTo("validators")}>who decides</a>}>
          {set.value?.total ?? "–"}
        </Stat>
      </dl>
      <Fees />
      <Card title="Answers settled" extra={<a href={linkTo("batches")}>All batches</a>}>
        <Shown answer={batches}>
          {({ batches: rows }) =>
            rows.length === 0 ? (
              <Empty command={commands.demo}>
                No use of a model was paid yet. The demo plays the whole story, from texts to payouts.
              </Empty>
            ) : (
              <BatchTable rows={rows} />
            )
          }
        </Shown>
      </Card>
      <div class="columns">
        <Card title="Latest blocks" extra={<a href={linkTo("blocks")}>All blocks</a>}>
          <Shown answer={blocks}>{(rows) => <BlockTable rows={rows.slice(0, 8)} isShort />}</Shown>
        </Card>
        <Card title="Latest transactions" extra={<a href={linkTo("transactions")}>All transactions</a>}>
          <Shown answer={txs}>
            {({ txs: rows, from }) =>
              rows.length === 0 ? (
                <Empty command={commands.send}>{`No transaction since block ${grouped(from.toString())}.`}</Empty>
              ) : (
                <TxTable rows={rows} isShort />
              )
            }
          </Shown>
        </Card>
      </div>
    </>
  );
}

/** Where every unit of fees is: the chain counts it, and so does this picture. */
function Fees() {
  const usage = useAnswer("home fees", () => node.query("tributary.usage.v1.Query/Totals"), true);
  return (
    <Card title="Where each fee went">
      <Shown answer={usage}>
        {(totals) => {
          const fees = amountFrom(totals.fees);
          if (fees === 0n) {
            return (
              <Empty command={commands.openChannel}>
                No fee was paid yet: consumers pay providers through channels, and each voucher that is redeemed is a
                fee.
              </Empty>
            );
          }
          const parts: readonly FeePart[] = [
            part("Paid", totals.paid, "contributors, datanets, providers, owners", 1),
            part("Pending", totals.pending, "unsettled, held back, or contested", 2),
            part("Residual", totals.residual, "words that no contribution matched", 3),
            part("Burned", totals.burned, "taken out of the supply", 4),
            part("Validators", totals.validators, "and who delegates to them", 5),
            ...(totals.forfeited === "0"
              ? []
              : [part("Forfeited", totals.forfeited, "providers that did not open", 6)]),
          ];
          return (
            <>
              <Waterfall whole={fees} parts={parts} />
              <Sums fees={fees} parts={parts} />
            </>
          );
        }}
      </Shown>
    </Card>
  );
}

const part = (name: string, amount: string, who: string, tone: number): FeePart => ({
  name,
  amount: amountFrom(amount),
  who,
  tone,
});

function Sums({ fees, parts }: { readonly fees: bigint; readonly parts: readonly FeePart[] }) {
  const sum = parts.reduce((all, { amount }) => all + amount, 0n);
  return (
    <p class="sums">
      {sum === fees ? (
        <>
          The {counted(parts.length, "part")} add up to <Amount of={fees} />, to the last unit.
        </>
      ) : (
        <strong class="bad">
          The parts add up to <Amount of={sum} />, not to <Amount of={fees} />: this node contradicts itself.
        </strong>
      )}{" "}
      <a href={linkTo("parameters")}>How fees are shared</a>
    </p>
  );
}
