import { unitsText } from "#proto/amount.js";
import { explainReceipt, rpcSource, VerifyFault } from "#proto/client/verify/index.js";
import { formatRfc3339 } from "#proto/time.js";
import { connect, nodeOptions, type NodeValues } from "../../client.js";
import { command } from "../../command.js";
import { toldAt, withBooks } from "../../consumer/access-book.js";
import { placesOf, type SettledPlace } from "../../consumer/openings.js";
import { coinText } from "../../consumer/program.js";
import { RECEIPTS_MAX, receiptsOf, type ReceiptView } from "../../consumer/view.js";
import { opt, withDefault } from "../../option.js";
import { toCsv } from "#proto/client/words/csv.js";
import type { Column } from "../../output/table.js";
import { trustedGenesis, trustOptions, type TrustValues } from "../../trust-option.js";
import type { World } from "../../world.js";
import { listenOption } from "./status.js";

/** A receipt with its place on the chain, and who is paid for it. */
interface Line extends ReceiptView {
  readonly place: SettledPlace | undefined;
  readonly paid: string;
}

export default command({
  path: "consumer receipts",
  summary:
    "List what was asked, what it cost, and where the receipt is on the chain; with --explain, who is paid for it.",
  details:
    "The newest first. --explain decides each opened receipt of a settled batch once more, from bytes that are proven from the\n" +
    "genesis file on; a receipt that was not drawn is not opened, and pays by those that were.",
  options: {
    limit: withDefault(opt.integer("How many.", 1, RECEIPTS_MAX), 20),
    csv: opt.flag("Print CSV with whole texts."),
    chain: opt.flag("Look up batch and voucher of each receipt."),
    explain: opt.flag("Say to whom each opened receipt pays."),
    ...listenOption,
    ...trustOptions,
    ...nodeOptions,
  },
  example: ["consumer receipts", "consumer receipts --explain", "consumer receipts --csv --limit 1000"],
  async run(values, world) {
    const receipts = await own(values.listen, values.limit, world);
    const lines = await placed(receipts, values, world);
    const shown = columns(values, world);
    if (values.csv) world.system.stdout.write(toCsv(lines, shown.map(inSmallLetters)));
    else world.out.rows(lines, shown, lines);
  },
});

async function own(listen: string, limit: number, world: World): Promise<readonly ReceiptView[]> {
  const told = await toldAt(listen, `/consumer/receipts?limit=${limit}`, world);
  if (told === undefined) return await withBooks(world, (books) => receiptsOf(books, limit));
  return (told as unknown as readonly Record<keyof ReceiptView, string>[]).map((row) => ({
    ...{ time: Number(row.time), provider: row.provider, asked: row.asked, answer: row.answer },
    ...{ channel: BigInt(row.channel), nonce: BigInt(row.nonce), version: BigInt(row.version), fee: BigInt(row.fee) },
  }));
}

type Asked = TrustValues & NodeValues & { readonly chain: boolean; readonly explain: boolean };

async function placed(receipts: readonly ReceiptView[], values: Asked, world: World): Promise<Line[]> {
  if (!values.chain && !values.explain) return receipts.map((one) => ({ ...one, place: undefined, paid: "" }));
  const node = connect(values, world);
  const places = new Map<bigint, Awaited<ReturnType<typeof placesOf>>>();
  const lines: Line[] = [];
  for (const receipt of receipts) {
    const { channel, provider, nonce } = receipt;
    const find = places.get(channel) ?? (await placesOf(node, provider, channel));
    places.set(channel, find);
    const place = find(nonce);
    lines.push({ ...receipt, place, paid: values.explain ? await paidFor(receipt, place, values, world) : "" });
  }
  return lines;
}

/** Contributions and amounts that a receipt pays, or why it pays none. */
async function paidFor(
  { answer }: ReceiptView,
  place: SettledPlace | undefined,
  values: Asked,
  world: World,
): Promise<string> {
  if (place === undefined) return "not redeemed yet";
  if (!place.isSettled) return "not settled yet";
  const source = rpcSource(connect(values, world));
  const asked = { ...place, answer, now: BigInt(world.system.now()), trust: values.trust };
  try {
    const { pay, contributions } = await explainReceipt(source, trustedGenesis(values, world), asked);
    if (pay.credits.length === 0) return "no contribution is in it";
    return pay.credits
      .map(({ committer, amount }) => {
        const { title = "", owner = "" } = contributions.get(committer.contribution) ?? {};
        return `${committer.contribution} "${title}" of ${owner}: ${unitsText(amount)}`;
      })
      .join("; ");
  } catch (error) {
    if (error instanceof VerifyFault && error.code === "missing") return "not drawn: it pays by those that were";
    throw error;
  }
}

const SHORT = 40;

type Shown = { readonly csv: boolean; readonly chain: boolean; readonly explain: boolean };

function columns({ csv: isWhole, chain, explain }: Shown, world: World): Column<Line>[] {
  const text = (value: string): string =>
    isWhole || value.length <= SHORT ? value : `${value.slice(0, SHORT - 3).replace(/\s+/g, " ")}...`;
  return [
    { title: "TIME", cell: ({ time }) => formatRfc3339(BigInt(time)) },
    { title: "ASKED", cell: ({ asked }) => text(asked) },
    { title: "ANSWER", cell: ({ answer }) => text(answer) },
    { title: "FEE", cell: ({ fee }) => (isWhole ? `${fee}` : coinText(fee, world)), right: true },
    { title: "VERSION", cell: ({ version }) => `${version}`, right: true },
    { title: "PROVIDER", cell: ({ provider }) => provider },
    { title: "CHANNEL", cell: ({ channel, nonce }) => `${channel}/${nonce}` },
    ...(chain || explain ? [{ title: "BATCH", cell: placeText }] : []),
    ...(explain ? [{ title: "PAID TO", cell: ({ paid }: Line) => paid }] : []),
  ];
}

/** Batch, voucher and index, as tribd explain receipt takes them. */
function placeText({ place }: Line): string {
  return place === undefined ? "" : `${place.batchId} ${place.voucherId} ${place.index}`;
}

const inSmallLetters = <T>({ title, ...rest }: Column<T>): Column<T> => ({ title: title.toLowerCase(), ...rest });
