import { toHex } from "#proto/bytes.js";
import type { Messages } from "#proto/codec/message.js";
import { batchPhase } from "#proto/client/words/codes.js";
import { reasonText } from "#proto/client/words/reasons.js";
import { amountFrom, grouped, shareOf } from "../../present/amount.js";
import { linkTo } from "../../present/route.js";
import { counted, lineOf } from "../../present/text.js";
import { useAnswer } from "../ask.js";
import { ContributionName, VersionName } from "../names.js";
import { node } from "../node.js";
import { Amount, Badge, Card, Empty, Facts, Id, PageHead, Raw, Stat, Time, To } from "../parts/basic.js";
import { Bars } from "../parts/bars.js";
import type { Batch as BatchRecord } from "../parts/batches.js";
import { NotThere, WithId } from "../parts/by-slug.js";
import { Paged, pageOf, Shown } from "../parts/shown.js";
import { Table, type Column } from "../parts/table.js";
import { Waterfall, type FeePart } from "../parts/waterfall.js";
import { Recompute, Verdict } from "../recompute/recompute.js";

export function Batch({ text }: { readonly text: string }) {
  return (
    <WithId kind="Batch" text={text}>
      {(id) => <Asked id={id} />}
    </WithId>
  );
}

type Answer = Messages["tributary.attribution.v1.QueryBatchResponse"];

function Asked({ id }: { readonly id: bigint }) {
  const answer = useAnswer(
    `batch ${id}`,
    () => node.query("tributary.attribution.v1.Query/Batch", { batchId: id }),
    true,
  );
  const missing = <NotThere kind="Batch" name={String(id)} />;
  return (
    <Shown answer={answer} missing={missing}>
      {(found) => (found.batch === undefined ? missing : <Existing answer={found} batch={found.batch} />)}
    </Shown>
  );
}

const PHASES: Readonly<Record<number, string>> = {
  [batchPhase.collecting]: "collecting vouchers",
  [batchPhase.waiting]: "waiting for the beacon",
  [batchPhase.opening]: "receipts are being opened",
  [batchPhase.overdue]: "past its deadline",
  [batchPhase.settled]: "settled",
};
const BILLION = 1_000_000_000n;

function Existing({ answer, batch }: { readonly answer: Answer; readonly batch: BatchRecord }) {
  const { phase, whole } = answer;
  const { settlement } = batch;
  return (
    <>
      <PageHead kind={`Epoch ${batch.epoch}`} title={`Batch ${batch.id}`}>
        <p class="under">
          <Badge tone={phase === batchPhase.settled ? "good" : "wait"}>{PHASES[phase] ?? `phase ${phase}`}</Badge>
          <span>
            of <Id id={batch.provider} page="provider" what="the provider's address" />
          </span>
          <span>
            serving <VersionName id={batch.versionId} />
          </span>
          {settlement !== undefined && <Time ms={settlement.time} />}
        </p>
      </PageHead>
      <dl class="stats">
        <Stat name="Fees" note={`${counted(batch.vouchers, "voucher")}`}>
          <Amount of={batch.fees} />
        </Stat>
        <Stat name="Audited answers" note={whole ? "opened whole" : "sampled"}>
          {grouped(String(batch.receipts))}
        </Stat>
        <Stat name="Credited" note="to contributions">
          {settlement === undefined ? "–" : <Amount of={amountFrom(settlement.credited)} fine={9} />}
        </Stat>
        <Stat name="Residual" note="paid to nobody">
          {settlement === undefined ? "–" : <Amount of={amountFrom(settlement.residual)} fine={9} />}
        </Stat>
      </dl>
      <Fees batch={batch} />
      <Card title="Proof">
        {settlement === undefined ? (
          <Empty>It is recomputed once it is settled.</Empty>
        ) : (
          <Recompute
            what="Every voucher, opening, credit and payment of this batch is proven and decided again here, as `tribd verify payout` does."
            run={(verify, watch) => verify.recomputeBatch(batch.id, watch)}
          >
            {(report) => (
              <Verdict
                isRight={report.agrees}
                rows={[
                  ["State after block", grouped(String(report.height))],
                  ["Headers checked", grouped(String(report.headers))],
                  ["Values proven", grouped(String(report.proofs))],
                  ["Credits", String(report.batches[0]?.credits ?? 0)],
                  [
                    "Header that proves it",
                    <Id id={toHex(report.headerHash).toUpperCase()} what="the header's hash" />,
                  ],
                ]}
              >
                {report.agrees
                  ? "The chain paid what its bytes give, to the last unit."
                  : `It does not agree. ${lineOf(report.disagreement?.what ?? "", 200)}: ${lineOf(report.disagreement?.why ?? "", 400)}`}
              </Verdict>
            )}
          </Recompute>
        )}
      </Card>
      <Credits id={batch.id} />
      <div class="columns">
        <Residual batch={batch} />
        <Draw answer={answer} batch={batch} />
      </div>
      <Openings id={batch.id} />
      <Vouchers id={batch.id} />
      <Raw json={answer} />
    </>
  );
}

function Fees({ batch }: { readonly batch: BatchRecord }) {
  const part = (name: string, amount: bigint, who: string, tone: number): FeePart => ({ name, amount, who, tone });
  const parts = [
    part("Contributors", batch.pool, "the pool that answers share out", 1),
    part("Provider", batch.providerShare, "for answering, if it opens what is drawn", 2),
    part("Owner", batch.ownerShare, "of the version", 5),
    ...(batch.royalties === 0n ? [] : [part("Ancestors", batch.royalties, "royalties of the lineage", 3)]),
    part("Burned", batch.burned, "taken out of the supply", 4),
    part("Validators", batch.validators, "and who delegates to them", 6),
  ];
  return (
    <Card title="Where its fees go">
      <Waterfall whole={batch.fees} parts={parts} />
      {batch.selfDealt > 0n && (
        <p class="note-line">
          Of the fees <Amount of={batch.selfDealt} /> are of consumers that are linked to the provider or the owner.
        </p>
      )}
    </Card>
  );
}

type Credit = Messages["tributary.attribution.v1.Credit"];
const creditColumns: readonly Column<Credit>[] = [
  { title: "Contribution", main: true, cell: ({ contributionId }) => <ContributionName id={contributionId} /> },
  { title: "Owner", cell: ({ owner }) => <Id id={owner} page="contributor" what="the owner's address" /> },
  {
    title: "Words",
    right: true,
    cell: ({ batchId, contributionId, tokens, receipts }) => (
      <a href={linkTo("credit", batchId, contributionId)}>{`${tokens} in ${counted(receipts, "answer")}`}</a>
    ),
  },
  { title: "Credited", right: true, cell: ({ amount }) => <Amount of={amountFrom(amount)} fine={9} /> },
  {
    title: "Contested",
    right: true,
    cell: ({ contested }) =>
      contested === "0" ? <span class="quiet">none</span> : <Amount of={amountFrom(contested)} fine={9} />,
  },
];

function Credits({ id }: { readonly id: bigint }) {
  return (
    <Card title="Credits">
      <Paged
        name={`credits of batch ${id}`}
        reverse={false}
        ask={(pagination) =>
          node
            .query("tributary.attribution.v1.Query/Credits", { batchId: id, pagination })
            .then(pageOf(({ credits }) => credits))
        }
        empty={
          <Empty>No contribution is credited: the batch is not settled, or no opened answer has words of one.</Empty>
        }
      >
        {(rows) => <Table caption="Credits" rows={rows} columns={creditColumns} keyOf={(row) => row.contributionId} />}
      </Paged>
    </Card>
  );
}

function Residual({ batch: { settlement, pool } }: { readonly batch: BatchRecord }) {
  return (
    <Card
      title="Paid to nobody, and why"
      extra={
        settlement && `${(shareOf(amountFrom(settlement.residual), pool * BILLION) / 100).toFixed(1)} % of the pool`
      }
    >
      {settlement === undefined ? (
        <Empty>Known when the batch is settled.</Empty>
      ) : (
        <Bars
          fine={9}
          rows={settlement.reasons.map(({ reason, tokens, amount }) => ({
            key: String(reason),
            name: reasonText(reason),
            amount: amountFrom(amount),
            ...(tokens === 0n ? {} : { note: counted(tokens, "word") }),
          }))}
        />
      )}
    </Card>
  );
}

function Draw({ answer: { epoch, whole }, batch }: { readonly answer: Answer; readonly batch: BatchRecord }) {
  return (
    <Card title="Draw">
      <Facts
        rows={[
          ["Opened", whole ? "every audited answer" : `a sample of at most ${batch.sampleMax}`],
          ["Answered", grouped(String(batch.answered))],
          epoch === undefined || epoch.formedHeight === 0n
            ? undefined
            : [
                "Formed in block",
                <To page="block" id={epoch.formedHeight}>
                  {grouped(String(epoch.formedHeight))}
                </To>,
              ],
          epoch === undefined || epoch.beacon.length === 0
            ? ["Beacon", "not fixed yet"]
            : ["Beacon", <Id id={toHex(epoch.beacon)} what="the beacon" />],
          epoch === undefined || epoch.beaconHeight === 0n
            ? undefined
            : [
                "Fixed in block",
                <To page="block" id={epoch.beaconHeight}>
                  {grouped(String(epoch.beaconHeight))}
                </To>,
              ],
          epoch === undefined || epoch.deadline === 0n
            ? undefined
            : ["Openings until block", grouped(String(epoch.deadline))],
          batch.settlement === undefined
            ? undefined
            : ["Forfeited by the provider", <Amount of={batch.settlement.forfeited} />],
        ]}
      />
    </Card>
  );
}

type Opened = Messages["tributary.attribution.v1.OpenedReceipt"];

function Openings({ id }: { readonly id: bigint }) {
  const columns: readonly Column<Opened>[] = [
    {
      title: "Answer",
      main: true,
      cell: ({ voucherId, index, head }) => (
        <a href={linkTo("receipt", id, voucherId, index)}>
          {`Answer ${head?.receipt?.nonce ?? "?"} of channel ${head?.receipt?.channelId ?? "?"}`}
        </a>
      ),
    },
    { title: "Words", right: true, cell: ({ head }) => head?.receipt?.tokens ?? "–" },
    { title: "Fee", right: true, cell: ({ head }) => <Amount of={head?.receipt?.fee ?? 0n} /> },
    { title: "Opened by", cell: ({ opener }) => <Id id={opener} page="account" what="the opener's address" /> },
    {
      title: "Block",
      right: true,
      cell: ({ height }) => (
        <To page="block" id={height}>
          {grouped(String(height))}
        </To>
      ),
    },
  ];
  return (
    <Card title="Opened answers">
      <Paged
        name={`openings of ${id}`}
        reverse={false}
        rows={10}
        ask={(pagination) =>
          node
            .query("tributary.attribution.v1.Query/Openings", { batchId: id, pagination })
            .then(pageOf(({ openings }) => openings))
        }
        empty={<Empty>No answer of it was opened.</Empty>}
      >
        {(rows) => (
          <Table
            caption="Opened answers"
            rows={rows}
            columns={columns}
            keyOf={({ voucherId, index }) => `${voucherId}/${index}`}
          />
        )}
      </Paged>
    </Card>
  );
}

type Voucher = Messages["tributary.attribution.v1.Voucher"];
const voucherColumns: readonly Column<Voucher>[] = [
  { title: "Voucher", main: true, cell: ({ id, channelId }) => `Voucher ${id} of channel ${channelId}` },
  { title: "Consumer", cell: ({ consumer }) => <Id id={consumer} page="account" what="the consumer's address" /> },
  { title: "Fee", right: true, cell: ({ fee }) => <Amount of={fee} /> },
  { title: "Answers", right: true, cell: ({ nonce, afterNonce }) => grouped(String(nonce - afterNonce)) },
  {
    title: "Opening",
    cell: ({ openAll }) => (openAll ? "all may be opened" : "a sample only"),
  },
  {
    title: "Redeemed",
    right: true,
    cell: ({ height }) => (
      <To page="block" id={height}>
        {grouped(String(height))}
      </To>
    ),
  },
];

function Vouchers({ id }: { readonly id: bigint }) {
  return (
    <Card title="Vouchers">
      <Paged
        name={`vouchers of ${id}`}
        reverse={false}
        rows={10}
        ask={(pagination) =>
          node
            .query("tributary.attribution.v1.Query/Vouchers", { batchId: id, pagination })
            .then(pageOf(({ vouchers }) => vouchers))
        }
        empty={<Empty>None.</Empty>}
      >
        {(rows) => <Table caption="Vouchers" rows={rows} columns={voucherColumns} keyOf={(row) => row.id} />}
      </Paged>
    </Card>
  );
}
