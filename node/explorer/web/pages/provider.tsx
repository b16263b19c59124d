import type { Messages } from "#proto/codec/message.js";
import { channelStatus } from "#proto/client/words/codes.js";
import { commands } from "../../present/commands.js";
import { grouped, shareOf } from "../../present/amount.js";
import { linkTo } from "../../present/route.js";
import { counted } from "../../present/text.js";
import { useAnswer } from "../ask.js";
import { VersionName } from "../names.js";
import { node, pageRequest } from "../node.js";
import { Amount, Badge, Card, Empty, Id, PageHead, Stat } from "../parts/basic.js";
import { BatchTable, type Batch } from "../parts/batches.js";
import { Paged, pageOf, Shown } from "../parts/shown.js";
import { Table, type Column } from "../parts/table.js";

const NEWEST = 100;

/** Who answers: batches, openings in time, forfeits. */
export function Provider({ address }: { readonly address: string }) {
  const newest = useAnswer(
    `batches of ${address}`,
    () =>
      node.query("tributary.attribution.v1.Query/Batches", {
        provider: address,
        pagination: pageRequest({ key: new Uint8Array(0), limit: NEWEST, reverse: true }),
      }),
    true,
  );
  return (
    <>
      <PageHead kind="Provider" title={<Id id={address} what="the address" whole />}>
        <p class="under">
          <a href={linkTo("contributor", address)}>Earnings</a>
          <a href={linkTo("account", address)}>Account and transactions</a>
        </p>
      </PageHead>
      <Shown answer={newest}>{({ batches }) => <Record batches={batches} />}</Shown>
      <Card title="Batches">
        <Paged
          name={`batches by ${address}`}
          ask={(pagination) =>
            node
              .query("tributary.attribution.v1.Query/Batches", { provider: address, pagination })
              .then(pageOf(({ batches }) => batches))
          }
          empty={<Empty command={commands.openChannel}>This address has redeemed no voucher yet.</Empty>}
        >
          {(rows) => <BatchTable rows={rows} isOfProvider />}
        </Paged>
      </Card>
      <Channels address={address} />
    </>
  );
}

function Record({ batches }: { readonly batches: readonly Batch[] }) {
  const settled = batches.flatMap(({ settlement, ...batch }) =>
    settlement === undefined ? [] : [{ ...batch, settlement }],
  );
  if (settled.length === 0) return null;
  const sum = (of: (batch: (typeof settled)[number]) => bigint): bigint =>
    settled.reduce((all, batch) => all + of(batch), 0n);
  const drawn = sum(({ settlement }) => settlement.drawn);
  const opened = sum(({ settlement }) => settlement.opened);
  const withheld = settled.filter(({ settlement }) => settlement.opened < settlement.drawn).length;
  const fees = sum((batch) => batch.fees);
  return (
    <dl class="stats">
      <Stat name="Fees" note={`of ${counted(settled.length, "settled batch", "settled batches")}`}>
        <Amount of={fees} />
      </Stat>
      <Stat name="Opened in time" note={`${grouped(String(opened))} of ${grouped(String(drawn))} drawn`}>
        {(shareOf(opened, drawn) / 100).toFixed(1)} %
      </Stat>
      <Stat
        name="Forfeited"
        note={withheld === 0 ? "nothing was withheld" : `${counted(withheld, "batch", "batches")} not opened whole`}
      >
        <Amount of={sum(({ settlement }) => settlement.forfeited)} />
      </Stat>
      <Stat name="Self-dealt" note="paid by linked consumers">
        <Amount of={sum(({ selfDealt }) => selfDealt)} />
      </Stat>
    </dl>
  );
}

type Channel = Messages["tributary.usage.v1.Channel"];
const STATES: Readonly<Record<number, readonly [tone: "good" | "wait" | "plain", word: string]>> = {
  [channelStatus.open]: ["good", "open"],
  [channelStatus.closing]: ["wait", "closing"],
  [channelStatus.withdrawn]: ["plain", "withdrawn"],
};
const columns: readonly Column<Channel>[] = [
  { title: "Channel", main: true, cell: ({ id }) => `Channel ${id}` },
  { title: "Consumer", cell: ({ consumer }) => <Id id={consumer} page="account" what="the consumer's address" /> },
  { title: "Model", cell: ({ versionId }) => <VersionName id={versionId} /> },
  { title: "Deposit", right: true, cell: ({ deposit }) => <Amount of={deposit} /> },
  { title: "Redeemed", right: true, cell: ({ redeemed }) => <Amount of={redeemed} /> },
  {
    title: "State",
    cell: ({ status }) => {
      const [tone, word] = STATES[status] ?? ["plain", `state ${status}`];
      return <Badge tone={tone}>{word}</Badge>;
    },
  },
];

function Channels({ address }: { readonly address: string }) {
  return (
    <Card title="Channels to it">
      <Paged
        name={`channels to ${address}`}
        ask={(pagination) =>
          node
            .query("tributary.usage.v1.Query/Channels", { provider: address, pagination })
            .then(pageOf(({ channels }) => channels))
        }
        empty={<Empty command={commands.openChannel}>No consumer has opened a channel to this address.</Empty>}
      >
        {(rows) => <Table caption="Channels" rows={rows} columns={columns} keyOf={({ id }) => id} />}
      </Paged>
    </Card>
  );
}
