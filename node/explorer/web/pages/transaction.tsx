import { fromHex } from "#proto/bytes.js";
import type { ClientTx } from "#proto/client/index.js";
import { amountFrom, grouped } from "../../present/amount.js";
import { blockOf, counted, lineOf } from "../../present/text.js";
import { timeFrom } from "../../present/time.js";
import { useAnswer } from "../ask.js";
import { node } from "../node.js";
import { Card, CoinAmount, Empty, Facts, Id, PageHead, Raw, Time, To } from "../parts/basic.js";
import { NotThere } from "../parts/by-slug.js";
import { Events } from "../parts/events.js";
import { Shown } from "../parts/shown.js";
import { Sentence, TxResult, TxTitle } from "../parts/txs.js";
import { viewOf } from "../tx-view.js";

export function Transaction({ text }: { readonly text: string }) {
  const answer = useAnswer(`tx ${text}`, async () => {
    const hash = fromHex(text.toLowerCase());
    const tx = hash?.length === 32 ? await node.tx(hash) : undefined;
    return tx === undefined
      ? undefined
      : { tx, time: (await node.call("commit", { height: tx.height })).signed_header.header.time };
  });
  return (
    <Shown answer={answer}>
      {(found) => (found === undefined ? <NotThere kind="Transaction" name={text} /> : <Existing {...found} />)}
    </Shown>
  );
}

function Existing({ tx, time }: { readonly tx: ClientTx; readonly time: string }) {
  const view = viewOf(tx);
  const { result } = tx;
  return (
    <>
      <PageHead kind="Transaction" title={<TxTitle view={view} />}>
        <p class="under">
          <TxResult tx={tx} />
          <span>
            in block{" "}
            <To page="block" id={tx.height}>
              {grouped(String(tx.height))}
            </To>
          </span>
          <Time ms={timeFrom(time)} exact />
        </p>
      </PageHead>
      <Card title="What it says" extra={counted(view.messages.length, "message")}>
        {view.messages.length === 0 && <Empty>Its bytes are no transaction that this page can read.</Empty>}
        {view.messages.slice(0, 50).map((words, at) => (
          <div key={at} class="message">
            <h3>{words.title}</h3>
            <Sentence phrases={words.phrases} />
            <Raw json={view.bodies[at]} name="Message as JSON" />
          </div>
        ))}
      </Card>
      <Card title="Fee and result">
        <Facts
          rows={[
            ["Hash", <Id id={view.hash} what="the transaction's hash" />],
            ["Paid by", <Id id={view.payer ?? ""} page="account" what="the payer's address" />],
            [
              "Fee",
              view.fee.length === 0 ? (
                "none"
              ) : (
                <>
                  {view.fee.map(({ denom, amount }) => (
                    <CoinAmount key={denom} denom={denom} amount={amountFrom(amount)} />
                  ))}
                </>
              ),
            ],
            ["Gas", `${grouped(String(result.gasUsed))} used of ${grouped(String(result.gasWanted))}`],
            ["Memo", view.memo === "" ? <span class="quiet">none</span> : <bdi class="memo">{blockOf(view.memo)}</bdi>],
            result.code === 0 ? undefined : ["Why it failed", <bdi class="bad">{lineOf(result.log, 600)}</bdi>],
          ]}
        />
      </Card>
      <Card title="What it caused" extra={counted(result.events.length, "event")}>
        <Events events={result.events} />
      </Card>
      {view.json !== undefined && <Raw json={view.json} name="Transaction as JSON" />}
    </>
  );
}
