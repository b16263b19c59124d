import { toHex } from "#proto/bytes.js";
import { connect, nodeOptions } from "../../client.js";
import { command } from "../../command.js";
import { must, opt, withDefault } from "../../option.js";
import { receiptJson } from "../../tx/receipt.js";

export default command({
  path: "query txs",
  summary: "Find transactions by their events.",
  details:
    "The query has CometBFT's form: type.key = 'value', joined by AND; also <, <=, >, >=, CONTAINS and EXISTS. tx.height and tx.hash are always there.",
  options: {
    query: must(opt.text("What to find.", "query")),
    page: withDefault(opt.integer("Page, from 1.", 1, 1_000_000), 1),
    limit: withDefault(opt.integer("Transactions on a page.", 1, 100), 30),
    orderBy: withDefault(opt.choice("By height.", ["asc", "desc"]), "asc"),
    ...nodeOptions,
  },
  example: [`query txs --query "message.sender='trib1...'" --order-by desc`, `query txs --query "tx.height = 5" -q`],
  async run(values, world) {
    const { total, txs } = await connect(values, world).txSearch(values.query, {
      page: values.page,
      perPage: values.limit,
      order: values.orderBy,
    });
    if (world.out.quiet) for (const tx of txs) world.out.line(toHex(tx.hash).toUpperCase());
    else if (world.out.format === "json") {
      world.out.data({ total_count: total, page_number: values.page, limit: values.limit, txs: txs.map(receiptJson) });
    } else {
      world.out.rows(txs.map(receiptJson), [
        { title: "HEIGHT", cell: (tx) => tx.height.toString(), right: true },
        { title: "HASH", cell: (tx) => tx.txhash },
        { title: "CODE", cell: (tx) => String(tx.code), right: true },
        { title: "GAS", cell: (tx) => tx.gas_used.toString(), right: true },
      ]);
      world.out.note(`${txs.length} of ${total}`);
    }
  },
});
