import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { toHex } from "#proto/bytes.js";
import { receiptHash } from "#proto/attribution/receipt.js";
import { verifyPayout } from "#proto/client/verify/index.js";
import type { Exchange } from "#proto/exchange/provider.js";
import { useNatives } from "#node/runtime/natives.js";
import { openLevel } from "#node/storage/database/level.js";
import { DiskBooks } from "#cli/consumer/book/books.js";
import { GatewayBook } from "#cli/gateway/book/book.js";
import { awaitRedeemed, awaitSettled } from "#cli/demo/story/steps/settled.js";
import { optionsOf, refuse } from "#test/fixtures/options.js";
import { seeded, type SeededRandom } from "#test/simulation/random.js";
import { askAll, type Answered } from "./applications.js";
import { openModelChain, type ModelChain } from "./chain.js";
import { startPrograms, type Programs } from "./programs.js";

/**
 * Kills gateway, consumer or both at random instants while applications ask, then counts what the promises of
 * proto/exchange/README.md are about. The last line is one JSON object; names in it never change once published.
 */
const CREDIT = { text: "2trib", units: 2_000_000n };
/** After a restart, before the next kill. */
const BETWEEN_MS = 2_000;

const { values } = optionsOf("node dist/test/gateway/kills.js [--requests n] [--kills n] [--seed n] [--json]", {
  options: {
    requests: { type: "string", default: "2000" },
    kills: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
for (const [name, text] of Object.entries(values)) {
  if (name !== "json" && !/^[1-9][0-9]{0,8}$/.test(String(text))) refuse(`--${name} is a whole number`);
}
const note = (text: string): void => {
  if (!values.json) process.stderr.write(`${text}\n`);
};

/** Kills at random until so many are done, or the applications have all their answers. @returns how many */
async function kill({ gateway, consumer }: Programs, wanted: number, random: SeededRandom, isOver: () => boolean) {
  let kills = 0;
  while (kills < wanted && !isOver()) {
    await sleep(random.below(BETWEEN_MS));
    const which = random.below(3);
    await Promise.all([...(which === 1 ? [] : [gateway.crash()]), ...(which === 0 ? [] : [consumer.crash()])]);
    kills++;
    if (kills % 20 === 0) note(`${kills} kills`);
  }
  return kills;
}

interface Books {
  /** Receipts by their hashes, hex. Texts of settled ones are gone from the provider's book. */
  readonly provider: readonly string[];
  readonly consumer: readonly Exchange[];
  /** Fees of the provider's receipts that no voucher pays for. */
  readonly unpaid: bigint;
}

async function readBooks({ books }: Programs): Promise<Books> {
  const [provider, consumer]: [string[], Exchange[]] = [[], []];
  let unpaid = 0n;
  const gateway = await GatewayBook.open(books.gateway);
  for (const channelId of await gateway.channels()) {
    const paid = gateway.voucher(channelId)?.voucher?.nonce ?? 0n;
    for (const { hash } of await gateway.leaves(channelId, paid)) provider.push(toHex(hash));
    for await (const row of gateway.exchanges(channelId, paid + 1n, (1n << 64n) - 1n)) {
      provider.push(hashOf(row));
      unpaid += row.sealed!.receipt!.fee;
    }
  }
  await gateway.close();
  const db = await openLevel(books.consumer);
  const disk = new DiskBooks(db);
  for (const { head } of disk.allHeads()) {
    for await (const { exchange } of disk.receipts(head.terms.channelId)) consumer.push(exchange);
  }
  await db.close();
  return { provider, consumer, unpaid };
}

const hashOf = ({ sealed }: Exchange): string => toHex(receiptHash(sealed!.receipt!));

/** Requests that were charged more than once: their bodies are all different. */
function doubledIn(rows: readonly Exchange[]): number {
  const counts = new Map<string, number>();
  for (const { asked } of rows) {
    const hash = toHex(asked!.request!.bodyHash);
    counts.set(hash, (counts.get(hash) ?? 0) + 1);
  }
  return [...counts.values()].filter((count) => count > 1).length;
}

async function run(chain: ModelChain, requests: number, kills: number, seed: bigint) {
  const programs = await startPrograms(chain, CREDIT.text);
  const seen: Answered = { answered: 0, retries: 0 };
  let isOver = false;
  const asking = askAll(programs, requests, seen).finally(() => (isOver = true));
  const killed = await kill(programs, kills, seeded(seed), () => isOver);
  await asking;
  note(`${seen.answered} answers, ${seen.retries} further attempts, ${killed} kills`);
  const { story } = chain;
  await programs.consumer.stop(); // It asks for the fate of what is open, and pays.
  await programs.gateway.stop();
  const books = await readBooks(programs);
  await programs.gateway.crash();
  await awaitRedeemed(story, BigInt(books.provider.length));
  const batches = await awaitSettled(story);
  await programs.gateway.stop();

  const failed: string[] = [];
  const [own, theirs] = [new Set(books.consumer.map(hashOf)), new Set(books.provider)];
  const lost = [...theirs].filter((id) => !own.has(id)).length + [...own].filter((id) => !theirs.has(id)).length;
  const beyond = books.unpaid - CREDIT.units;
  const unopened = batches.reduce((sum, { settlement }) => sum + settlement!.drawn - settlement!.opened, 0n);
  if (seen.answered !== requests) failed.push(`${seen.answered} of ${requests} questions have an answer`);
  if (killed < kills) failed.push(`only ${killed} kills: the run was over`);
  const { node, genesis, now } = await story.evidence();
  const report = await verifyPayout(node, genesis, { now });
  if (!report.agrees) failed.push(`verify payout disagrees: ${report.disagreement?.why ?? ""}`);
  return {
    ...{ requests: seen.answered, kills: killed, unpaid: Number(beyond > 0n ? beyond : 0n), lost },
    ...{ doubled: doubledIn(books.consumer), unopened: Number(unopened), receipts: books.provider.length },
    failed,
  };
}

useNatives();
const root = mkdtempSync(join(tmpdir(), "gateway-kills-"));
const chain = await openModelChain(root, 1);
let result: Awaited<ReturnType<typeof run>> | undefined;
try {
  result = await run(chain, Number(values.requests), Number(values.kills), BigInt(values.seed));
} finally {
  await chain.stop();
  rmSync(root, { recursive: true, force: true });
}
process.stdout.write(`${JSON.stringify(result)}\n`);
const { unpaid, lost, doubled, unopened, failed } = result;
process.exit(unpaid + lost + doubled + unopened + failed.length === 0 ? 0 : 1);
