import type { Messages } from "#proto/codec/message.js";
import { grouped, shareOf } from "../../present/amount.js";
import { amountFrom } from "../../present/amount.js";
import { Amount, Badge, Id, Time, To } from "./basic.js";
import { Table, type Column } from "./table.js";

export type Batch = Messages["tributary.attribution.v1.Batch"];

const BILLION = 1_000_000_000n;

export function BatchTable({
  rows,
  isOfProvider = false,
}: {
  readonly rows: readonly Batch[];
  readonly isOfProvider?: boolean;
}) {
  const columns: readonly Column<Batch>[] = [
    { title: "Batch", main: true, cell: ({ id }) => <To page="batch" id={id}>{`Batch ${id}`}</To> },
    { title: "Version", cell: ({ versionId }) => <To page="version" id={versionId} /> },
    ...(isOfProvider
      ? []
      : [
          {
            title: "Provider",
            cell: ({ provider }: Batch) => <Id id={provider} page="provider" what="the provider's address" />,
          },
        ]),
    { title: "Receipts", right: true, cell: ({ receipts }) => grouped(receipts.toString()) },
    { title: "Fees", right: true, cell: ({ fees }) => <Amount of={fees} /> },
    { title: "Credited", right: true, cell: (batch) => <Credited batch={batch} /> },
    { title: "State", cell: (batch) => <BatchState batch={batch} /> },
  ];
  return <Table caption="Batches" rows={rows} columns={columns} keyOf={({ id }) => id} />;
}

/** What contributors are credited, and its share of their pool. */
function Credited({ batch: { settlement, pool } }: { readonly batch: Batch }) {
  if (settlement === undefined) return <span class="quiet">–</span>;
  const credited = amountFrom(settlement.credited);
  return (
    <>
      <Amount of={credited} fine={9} />{" "}
      <span class="quiet">{Math.round(shareOf(credited, pool * BILLION) / 100)} % of the pool</span>
    </>
  );
}

function BatchState({ batch: { settlement } }: { readonly batch: Batch }) {
  if (settlement === undefined) return <Badge tone="wait">open</Badge>;
  return (
    <>
      <Badge tone="good">settled</Badge> <Time ms={settlement.time} />
    </>
  );
}
