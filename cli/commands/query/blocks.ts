import { connect, nodeOptions } from "../../client.js";
import { command } from "../../command.js";
import { opt, withDefault } from "../../option.js";
import type { Column } from "../../output/table.js";

export default command({
  path: "query blocks",
  summary: "List blocks: the latest ones, or those that a query finds.",
  options: {
    query: opt.text("What to find, as block.height > 5 AND block.height < 10.", "query"),
    page: withDefault(opt.integer("Page, from 1, of a query.", 1, 1_000_000), 1),
    limit: withDefault(opt.integer("How many; at most 20 without a query.", 1, 100), 20),
    orderBy: withDefault(opt.choice("By height, of a query.", ["asc", "desc"]), "asc"),
    ...nodeOptions,
  },
  example: ["query blocks", `query blocks --query "block.height > 5" --limit 3`],
  async run(values, world) {
    const node = connect(values, world);
    const [rows, answer] =
      values.query === undefined ? await latest(node, values.limit) : await found(node, values.query, values);
    if (world.out.quiet) for (const row of rows) world.out.line(row.height);
    else world.out.rows(rows, columns, answer);
  },
});

const columns: readonly Column<Row>[] = [
  { title: "HEIGHT", cell: (row) => row.height, right: true },
  { title: "TIME", cell: (row) => row.time },
  { title: "TXS", cell: (row) => String(row.txs), right: true },
  { title: "PROPOSER", cell: (row) => row.proposer },
  { title: "HASH", cell: (row) => row.hash },
];

interface Row {
  readonly height: string;
  readonly time: string;
  readonly txs: number;
  readonly proposer: string;
  readonly hash: string;
}

async function latest(node: ReturnType<typeof connect>, limit: number): Promise<[Row[], unknown]> {
  const answer = await node.call("blockchain", {});
  const block_metas = answer.block_metas.slice(0, limit);
  const rows = block_metas.map(({ block_id, header, num_txs }) => ({
    height: header.height,
    time: header.time,
    txs: Number(num_txs),
    proposer: header.proposer_address,
    hash: block_id.hash,
  }));
  return [rows, { ...answer, block_metas }];
}

async function found(
  node: ReturnType<typeof connect>,
  query: string,
  { page, limit, orderBy }: { page: number; limit: number; orderBy: string },
): Promise<[Row[], unknown]> {
  const answer = await node.call("block_search", { query, page, per_page: limit, order_by: orderBy as "asc" });
  const rows = answer.blocks.map(({ block_id, block }) => ({
    height: block.header.height,
    time: block.header.time,
    txs: block.data.txs.length,
    proposer: block.header.proposer_address,
    hash: block_id.hash,
  }));
  return [rows, answer];
}
