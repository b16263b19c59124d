import { amountOf } from "../amount.js";
import { EXIT } from "../exit.js";
import { CliFault } from "../fault.js";
import type { Asked } from "../message/query-command.js";
import type { World } from "../world.js";
import { accountOf, linesOf, readContributions, readNames } from "./names.js";
import { coinOf, dateText, earnedFor, stateOf, sumsOf, versionName, type Line } from "./words.js";

const POLL_MS = 2_000;
/** Newest lines that are looked at each time. */
const LINES = 100n;

/** Something that happened to an owner's earnings. Amounts are billionths of the base unit. */
interface Happening {
  readonly event: "stands" | "earned" | "paid";
  readonly text: string;
  readonly amounts: Readonly<Record<string, bigint>>;
}

/**
 * Says what an owner earns and is paid, as it happens; once without `follow`. A node that does not answer is asked again.
 * @param untilMs unix milliseconds
 */
export async function watchEarnings(
  owner: string,
  asked: Asked,
  follow: { readonly untilMs: number } | undefined,
  world: World,
): Promise<void> {
  const { system } = world;
  const seen = new Set<string>();
  let paid: bigint | undefined;
  let isGone = false;
  for (;;) {
    try {
      const answer = await readNewest(owner, asked);
      const happened = paid === undefined ? [] : await newLines(answer.lines, seen, owner, asked, world);
      for (const line of answer.lines) seen.add(keyOf(line));
      const sums = sumsOf(answer.account);
      if (paid === undefined) happened.push(standing(sums, world));
      else if (sums.paid > paid) happened.push(payment(sums.paid - paid, sums.paid, world));
      ({ paid } = sums);
      for (const happening of happened) say(happening, world);
      isGone = false;
    } catch (error) {
      const isUnreachable = error instanceof CliFault && error.exit === EXIT.unreachable;
      if (follow === undefined || paid === undefined || !isUnreachable) throw error;
      if (!isGone) world.out.warn(`${error.message}; asking again`);
      isGone = true;
    }
    if (follow === undefined || system.now() >= follow.untilMs) return;
    await system.sleep(POLL_MS);
  }
}

async function readNewest(owner: string, { node, at }: Asked) {
  const pagination = { key: new Uint8Array(0), offset: 0n, limit: LINES, countTotal: false, reverse: true };
  const answer = await node.query("tributary.payout.v1.Query/Statement", { owner, pagination }, at);
  return { account: accountOf(answer), lines: linesOf(answer) };
}

const keyOf = ({ entry: { batchId, kind, subject } }: Line): string => `${batchId}/${kind}/${subject}`;

/** Of the lines that were not there before, the oldest first. */
async function newLines(
  lines: readonly Line[],
  seen: ReadonlySet<string>,
  owner: string,
  asked: Asked,
  { terms }: World,
): Promise<Happening[]> {
  const fresh = lines.filter((line) => !seen.has(keyOf(line))).reverse();
  if (fresh.length === 0) return [];
  const coin = coinOf(terms);
  const names = await readNames(asked, await readContributions(asked, owner), fresh);
  return fresh.map((line) => {
    const amount = amountOf(line.earned);
    const model = versionName(names, line.entry.versionId);
    return {
      event: "earned",
      text: `earned ${coin(amount)} for ${earnedFor(names, line)} by ${model}: ${stateOf(line, coin)}`,
      amounts: {
        earned: amount,
        batch_id: line.entry.batchId,
        kind: BigInt(line.entry.kind),
        subject: line.entry.subject,
      },
    };
  });
}

function standing({ paid, owed, pending }: ReturnType<typeof sumsOf>, { terms }: World): Happening {
  const coin = coinOf(terms);
  const text = `${coin(paid)} paid, ${coin(owed)} to be paid, ${coin(pending)} held back`;
  return { event: "stands", text, amounts: { paid, owed, pending } };
}

function payment(more: bigint, all: bigint, { terms }: World): Happening {
  const coin = coinOf(terms);
  return { event: "paid", text: `paid ${coin(more)}, ${coin(all)} in all`, amounts: { more, paid: all } };
}

function say({ event, text, amounts }: Happening, { out, system }: World): void {
  const time = BigInt(system.now());
  out.data({ time, event, ...amounts }, () => `${dateText(time)}  ${text}`);
}
