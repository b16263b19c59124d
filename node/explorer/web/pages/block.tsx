import { fromHex } from "#proto/bytes.js";
import { decodeEvent, decodeTxResult } from "#proto/client/decode.js";
import { fromBase64 } from "#proto/base64.js";
import { txHash, type ClientTx } from "#proto/client/index.js";
import { grouped } from "../../present/amount.js";
import { idOf, linkTo } from "../../present/route.js";
import { counted } from "../../present/text.js";
import { timeFrom } from "../../present/time.js";
import { useAnswer } from "../ask.js";
import { useLive } from "../live.js";
import { node } from "../node.js";
import { Badge, Card, Empty, Facts, Id, PageHead, Raw, Time } from "../parts/basic.js";
import { NotThere } from "../parts/by-slug.js";
import { Events } from "../parts/events.js";
import { Shown } from "../parts/shown.js";
import { TxTable } from "../parts/txs.js";

/** By height, or by the hash of its header. */
export function Block({ text }: { readonly text: string }) {
  const height = idOf(text);
  const answer = useAnswer(`block ${text}`, () => readBlock(height, text));
  return (
    <Shown answer={answer} missing={<NotThere kind="Block" name={text} />}>
      {(found) => (found === undefined ? <NotThere kind="Block" name={text} /> : <Existing {...found} />)}
    </Shown>
  );
}

async function readBlock(height: bigint | undefined, text: string) {
  const hash = height === undefined ? fromHex(text.toLowerCase()) : undefined;
  if (height === undefined && hash === undefined) return undefined;
  const { block, block_id: id } =
    hash === undefined ? await node.block(height) : await node.call("block_by_hash", { hash });
  if (block === null) return undefined;
  const at = BigInt(block.header.height);
  const results = await node.call("block_results", { height: at });
  const txs = block.data.txs.map((base64, index): ClientTx => {
    const tx = fromBase64(base64) ?? new Uint8Array(0);
    return { hash: txHash(tx), height: at, index, tx, result: decodeTxResult(results.txs_results![index]!) };
  });
  return { block, id, txs, events: results.finalize_block_events.map(decodeEvent) };
}

type Found = NonNullable<Awaited<ReturnType<typeof readBlock>>>;
/** Rows of one block on one page. */
const TXS_MAX = 100;

function Existing({ block: { header, last_commit: commit, evidence }, id, txs, events }: Found) {
  const { status } = useLive();
  const height = BigInt(header.height);
  const signed = commit.signatures.filter(({ block_id_flag: flag }) => flag === 2).length;
  return (
    <>
      <PageHead kind="Block" title={grouped(header.height)}>
        <p class="under">
          {height > 1n && <a href={linkTo("block", height - 1n)}>Block before</a>}
          {height < status.height && <a href={linkTo("block", height + 1n)}>Block after</a>}
          <Time ms={timeFrom(header.time)} exact />
        </p>
      </PageHead>
      <Card title="Header">
        <Facts
          rows={[
            ["Hash", <Id id={id.hash} what="the block's hash" />],
            ["Proposer", <Id id={header.proposer_address} page="validator" what="the proposer's address" />],
            ["Transactions", grouped(String(txs.length))],
            ["Round of the commit before", String(commit.round)],
            ["Signatures of the block before", `${signed} of ${commit.signatures.length}`],
            ["State root, after the block before", <Id id={header.app_hash} what="the state root" />],
            ["Validators", <Id id={header.validators_hash} what="the hash of the validators" />],
            [
              "Evidence of misbehaviour",
              evidence.evidence.length === 0 ? (
                "none"
              ) : (
                <Badge tone="bad">{counted(evidence.evidence.length, "piece")}</Badge>
              ),
            ],
          ]}
        />
      </Card>
      <Card title="Transactions" {...(txs.length > TXS_MAX ? { extra: `the first ${TXS_MAX} of ${txs.length}` } : {})}>
        {txs.length === 0 ? <Empty>This block has no transactions.</Empty> : <TxTable rows={txs.slice(0, TXS_MAX)} />}
      </Card>
      <Card title="What the chain did by itself" extra={counted(events.length, "event")}>
        {events.length === 0 ? <Empty>No event beside those of the transactions.</Empty> : <Events events={events} />}
      </Card>
      <Raw json={header} name="Raw header" />
    </>
  );
}
