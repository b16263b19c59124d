import { join } from "node:path";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Budget, ChainFacts, Channels, Pool, Wallet, type GasPrice, type Ports } from "#proto/client/consumer/index.js";
import type { Bytes } from "#proto/bytes.js";
import type { Client } from "#proto/client/index.js";
import { rejectionText, type Rejection } from "#proto/rejection.js";
import type { Home } from "#node/config/home.js";
import type { Life } from "#node/runtime/life.js";
import { openLevel } from "#node/storage/database/level.js";
import { parseEndpoint } from "#node/config/kinds.js";
import { formatCoin } from "../coins.js";
import { usage } from "../fault.js";
import { faultOf } from "../report.js";
import { shownLines } from "#proto/client/words/shown.js";
import type { World } from "../world.js";
import { hostsOf } from "./access.js";
import { apiKeyAt } from "./api-key.js";
import { DiskBooks } from "./book/books.js";
import { providerHttp } from "./connect.js";
import { Models } from "./models.js";
import { openLate } from "./openings.js";
import { answerTo } from "./routes.js";
import { localServer } from "./server.js";
import type { Settings } from "./settings.js";
import { channelsOf, RECEIPTS_MAX, receiptsOf } from "./view.js";

/** Where a consumer's program keeps what it has. */
export function consumerFiles(home: Home): { readonly book: string; readonly apiKey: string; readonly policy: string } {
  const root = join(home.root, "consumer");
  return { book: join(root, "book"), apiKey: join(root, "api-key"), policy: join(root, "policy.toml") };
}

/** What the program works with. */
export interface ProgramParts {
  readonly node: Client;
  /** 32 bytes, of the account that pays. */
  readonly secretKey: Bytes;
  readonly listen: string;
  readonly gasPrice: GasPrice;
  readonly settings: Settings;
}

/** A program that runs. */
export interface Running {
  readonly url: string;
  readonly apiKey: string;
  readonly address: string;
  readonly chainId: string;
}

/** Between looks at the height. */
const UPKEEP_MS = 1_000;

/** Between a machine's clock and the end of a wait. */
export function machinePorts(allowsPrivate: boolean, world: World): Ports {
  return {
    http: providerHttp(allowsPrivate),
    random: (bytes) => world.system.random(bytes),
    now: () => world.system.now(),
    async sleep(milliseconds, signal) {
      // The end of a wait is no failure.
      await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
    },
  };
}

/** Starts the program: book, channels, server, upkeep. What it opens is closed with `life`. */
export async function startConsumer(
  { node, secretKey, listen, gasPrice, settings }: ProgramParts,
  life: Life,
  world: World,
): Promise<Running> {
  const { models: names, rules, policy, caps, deposits } = settings;
  const endpoint = parseEndpoint(listen);
  if (endpoint === undefined) throw usage(`--listen ${listen} is not an address`, "like 127.0.0.1:8551");
  const { chainId } = await node.status();

  const files = consumerFiles(world.home);
  const books = new DiskBooks(await openLevel(files.book));
  life.opened("the book", () => books.close());
  const ports = machinePorts(rules.allowsPrivate, world);
  const facts = new ChainFacts(node, ports.now);
  const wallet = new Wallet({ node, chainId, prefix: world.terms.prefix, secretKey, gasPrice, ports });
  const { address } = wallet;
  const budget = new Budget(caps);
  budget.restore(ports.now(), books.spentOn(ports.now()));
  const onFault = (error: unknown): void => life.fail(error);
  const onNote = (text: string, why?: Rejection): void => say(text, why, world);
  const channels = new Channels({ node, wallet, facts, books, chainId, ports });
  const pool = await Pool.open({
    ...{ channels, books, facts, secretKey, address, policy, budget, deposits, ports, onNote, onFault },
  });
  life.opened("the channels", () => pool.close(), ["the book"]);

  const models = new Models(names, node, rules, ports.now);
  const apiKey = apiKeyAt(files.apiKey, world);
  let hosts: ReadonlySet<string> = new Set();
  const spent = (): bigint => [...budget.spent(ports.now()).values()].reduce((sum, fee) => sum + fee, 0n);
  const views = {
    "/consumer/status": async () => ({
      ...{ chain_id: chainId, address, url: `http://${endpoint.host}:${port()}/v1`, api_key: apiKey },
      ...{
        spent_today: spent(),
        day_max: caps.day,
        models: names.map(({ name, versionId }) => ({ name, version: versionId })),
      },
      channels: await channelsOf(books, pool),
    }),
    "/consumer/receipts": (query: URLSearchParams) => receiptsOf(books, limitOf(query.get("limit"))),
  };
  const server = localServer({
    apiKey,
    hosts: () => hosts,
    answer: (request) => answerTo(request, { models, pool, views, onFault }),
    onBug: (error) => (faultOf(error) === undefined ? onFault(error) : onNote(String(faultOf(error)?.message))),
  });
  const port = (): number => (server.address() as AddressInfo).port;
  life.opened("the server", () => new Promise<void>((resolve) => void server.close(() => resolve())), ["the channels"]);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(endpoint.port, endpoint.host, resolve);
  });
  hosts = hostsOf(endpoint.host, port());

  const ends = new AbortController();
  const upkeep = keepUp({ node, books, wallet, pool, ports, facts }, ends.signal, world).catch(onFault);
  life.opened("upkeep", async () => {
    ends.abort();
    await upkeep;
  });
  return { url: `http://${endpoint.host}:${port()}/v1`, apiKey, address, chainId };
}

function limitOf(text: string | null): number {
  const value = Number(text ?? "100");
  return Number.isInteger(value) && value > 0 && value <= RECEIPTS_MAX ? value : RECEIPTS_MAX;
}

function say(text: string, why: Rejection | undefined, { out }: World): void {
  if (why === undefined) out.note(text);
  else out.warn(shownLines(`${text}: ${rejectionText(why)}`));
}

interface Upkeep {
  readonly node: Client;
  readonly books: DiskBooks;
  readonly wallet: Wallet;
  readonly pool: Pool;
  readonly ports: Ports;
  readonly facts: ChainFacts;
}

/**
 * Withdraws what can be withdrawn, and opens what a provider is late to open: eight times in each opening window. A node that is
 * gone is asked again.
 */
async function keepUp(
  { node, books, wallet, pool, ports, facts }: Upkeep,
  end: AbortSignal,
  world: World,
): Promise<void> {
  for (let due = 0n; !end.aborted; await ports.sleep(UPKEEP_MS, end)) {
    try {
      const height = await facts.height();
      if (height < due) continue;
      const { params } = await node.query("tributary.attribution.v1.Query/Params");
      const window = params?.windowBlocks ?? 0n;
      await pool.withdraw();
      for (const { batchId, receipts, refused } of await openLate({ node, books, wallet }, height, window)) {
        say(`batch ${batchId}: its provider is late, ${receipts} receipts were opened for it`, refused, world);
      }
      due = height + window / 8n;
    } catch (error) {
      const fault = faultOf(error);
      if (fault === undefined) throw error;
      world.out.warn(shownLines(`upkeep is tried again: ${fault.message}`));
    }
  }
}

/** Amounts for people. */
export function coinText(amount: bigint, world: World): string {
  return formatCoin({ denom: world.terms.denom, amount }, world.terms);
}
