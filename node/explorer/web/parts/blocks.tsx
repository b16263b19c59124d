import { grouped } from "../../present/amount.js";
import { timeFrom } from "../../present/time.js";
import type { BlockRow } from "../reads.js";
import { Id, Time, To } from "./basic.js";
import { Table, type Column } from "./table.js";

export function BlockTable({
  rows,
  isShort = false,
}: {
  readonly rows: readonly BlockRow[];
  readonly isShort?: boolean;
}) {
  const columns: readonly Column<BlockRow>[] = [
    {
      title: "Height",
      main: true,
      cell: ({ height }) => (
        <To page="block" id={height}>
          {grouped(height.toString())}
        </To>
      ),
    },
    { title: "Time", cell: ({ time }) => <Time ms={timeFrom(time)} /> },
    { title: "Txs", right: true, cell: ({ txs }) => txs },
    { title: "Proposer", cell: ({ proposer }) => <Id id={proposer} page="validator" what="the proposer's address" /> },
    ...(isShort
      ? []
      : [
          { title: "Bytes", right: true, cell: ({ bytes }: BlockRow) => grouped(String(bytes)) },
          { title: "Hash", cell: ({ hash }: BlockRow) => <Id id={hash} what="the block's hash" /> },
        ]),
  ];
  return <Table caption="Blocks" rows={rows} columns={columns} keyOf={({ height }) => height} />;
}
