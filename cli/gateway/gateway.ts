import { join } from "node:path";
import type { Bytes } from "#proto/bytes.js";
import { useNatives } from "#node/runtime/natives.js";
import { hostAndPort } from "#node/runtime/listen.js";
import type { Life } from "#node/runtime/life.js";
import { StorageFault } from "#node/storage/fault.js";
import { metrics as makeMetrics } from "#node/telemetry/metrics.js";
import { serveMetrics } from "#node/telemetry/server.js";
import type { Log } from "#node/telemetry/log.js";
import { toBech32 } from "#proto/crypto/address.js";
import type { Client } from "#proto/client/index.js";
import type { TxSession } from "../tx/session.js";
import type { World } from "../world.js";
import { Desk } from "./answer/desk.js";
import type { ModelOffer } from "./answer/offer.js";
import { GatewayBook } from "./book/book.js";
import { Channels, type Provider } from "./chain/channels.js";
import { ChainClock } from "./chain/clock.js";
import { concernsOf } from "./chain/events.js";
import { readRules } from "./chain/facts.js";
import { ChainFollower } from "./chain/follow.js";
import { Sender } from "./chain/sender.js";
import { Versions } from "./chain/versions.js";
import { GatewayServer } from "./http/server.js";
import { Terms } from "./http/terms.js";
import { gatewayTable } from "./metrics.js";
import type { GatewaySettings } from "./settings/load.js";
import { openingSource, redeemable } from "./settle/ports.js";
import { Settler, type SettleEvent } from "./settle/settler.js";
import { warningsOf } from "./settle/warnings.js";
import { Upstream } from "./upstream/upstream.js";

/** What a gateway is started with. */
export interface GatewayStart {
  readonly settings: GatewaySettings;
  readonly session: TxSession;
  /** 32 bytes, of the provider's account. */
  readonly secretKey: Bytes;
  readonly offers: readonly ModelOffer[];
  readonly log: Log;
}

/** A gateway that serves. */
export interface RunningGateway {
  /** Of its OpenAI surface. */
  readonly url: string;
  readonly provider: string;
}

/** Answers that are made, for each request that is worked on: clients that are gone leave some behind. */
const RUNNING_FACTOR = 2;
/** An answer goes on so long without a reader; then it is cut to what was let out. */
const ALONE_MS = 10_000;
/** For answers under way when the gateway is asked to stop. */
const DRAIN_MS = 2_000;

/** Opens the book, reads the chain, serves, and settles until the life ends. @throws CliFault, StorageFault, ListenFault */
export async function startGateway(start: GatewayStart, world: World, life: Life): Promise<RunningGateway> {
  useNatives();
  const { settings, session, secretKey, log } = start;
  const { node } = session;
  const rules = await readRules(node);
  const provider: Provider = {
    chainId: rules.chainId,
    address: toBech32(world.terms.prefix, session.key.address),
    publicKey: session.key.publicKey,
  };
  // A book is of one provider on one chain: channels of another would have the same numbers.
  const book = await GatewayBook.open(join(settings.directory, rules.chainId, provider.address));
  life.opened("book", () => book.close());
  const clock = new ChainClock(rules.graceBlocks);
  const versions = new Versions(node);
  for (const { versionId } of start.offers) await versions.get(versionId);
  const channels = new Channels(node, provider, versions, book);
  const { height } = await node.status();
  await channels.readAll();

  const registry = makeMetrics({ namespace: "tributary", chainId: rules.chainId, process: false });
  const gauges = registry.register(gatewayTable);
  const upstream = new Upstream(settings.upstream, world.system.fetch);
  const desk = new Desk({
    ...{ book, channels, versions, clock, upstream, secretKey },
    ...{ credit: settings.credit, ageMax: settings.ageMax, runningMax: RUNNING_FACTOR * settings.parallelMax },
    aloneMs: ALONE_MS,
    random: (bytes) => new Uint8Array(world.system.random(bytes)),
    now: () => world.system.now(),
    failed: (error) => life.fail(error),
    counts: {
      answered(fee, addedMs) {
        gauges.answers.inc();
        gauges.added.observe(addedMs / 1_000);
        gauges.feesEarned.inc(Number(fee));
      },
      voided: () => gauges.voids.inc(),
      upstreamFailed: (code) => gauges.upstreamErrors.inc(1, { code }),
    },
  });

  const sender = new Sender(session);
  const settler = new Settler({
    ...{ node, address: provider.address, policy: settings.redeem, source: openingSource(channels, book) },
    channels: () => redeemable(channels, world.system.now()),
    send: (messages) => sender.send(messages),
    now: () => world.system.now(),
    report: (event) => {
      if (event.kind === "redeemed") gauges.feesRedeemed.inc(Number(event.amount));
      if (event.kind === "opened") gauges.openingDeadline.set(Number(event.deadline));
      reportSettlement(event, log);
      if (event.kind === "settled") void dropSettled(node, event.batchId, settler, channels, book).catch(troubled);
    },
  });
  /** Without its disk the gateway knows nothing that it could go on with. */
  const endsAll = (error: unknown): void => {
    if (error instanceof StorageFault) life.fail(error);
  };
  const troubled = (error: unknown): void => {
    endsAll(error);
    log.warn("chain: tried again", { error });
  };
  const measure = (): void => {
    gauges.running.set(desk.runningCount);
    gauges.unsettled.set(settler.unsettled.size);
    gauges.chainHeight.set(Number(clock.newest?.height ?? 0n));
    const kept = channels.all();
    gauges.credit.set(Number(kept.reduce((sum, { record }) => sum + record.unpaid + record.inFlight, 0n)));
    const unredeemed = redeemable(channels, world.system.now());
    gauges.unredeemed.set(Number(unredeemed.reduce((sum, { signed, redeemed }) => sum + signed - redeemed, 0n)));
  };
  const settled = async (at: bigint): Promise<void> => {
    await desk.block(at);
    measure();
    const ends = (channelId: bigint): bigint => channels.get(channelId)?.chain.withdrawableHeight ?? 0n;
    for (const lost of warningsOf(redeemable(channels, world.system.now()), ends, at, rules.graceBlocks)) {
      log.error("a channel closes and its voucher is not redeemed: what is signed is lost after its grace", {
        ...lost,
      });
    }
    void settler.round(at, rules.epochBlocks);
  };
  const has = {
    channel: (id: bigint) => channels.get(id) !== undefined,
    version: (id: bigint) => versions.known(id) !== undefined,
  };
  const follower = new ChainFollower(
    { node, chainId: rules.chainId, clock, height: height - 1n },
    {
      async block(at, events) {
        const concerns = concernsOf(events, provider.address, has);
        for (const id of concerns.channels) await channels.read(id);
        for (const id of concerns.versions) await versions.read(id);
        await settled(at);
      },
      async gap(at) {
        await channels.readAll();
        await versions.readAll();
        await settled(at);
      },
      trouble: troubled,
    },
    world.system,
  );
  await follower.step();
  follower.start((error) => life.fail(error));
  life.opened("chain follower", () => follower.stop(), ["book"]);

  if (settings.metricsListen !== undefined) {
    const served = await serveMetrics(registry, settings.metricsListen, log);
    life.opened("metrics", () => served.close());
  }
  const terms = new Terms({
    ...{ node, provider, rules, channels, versions, clock },
    ...{ asset: world.terms.denom, credit: settings.credit, ageMax: settings.ageMax },
  });
  const server = new GatewayServer({
    ...{ chainId: rules.chainId, node, provider, desk, terms, channels, world: world.system },
    offers: new Map(start.offers.map((offer) => [offer.name, offer])),
    bodyBytesMax: settings.bodyBytesMax,
    parallelMax: settings.parallelMax,
    idleMs: settings.upstream.firstByteMs + settings.upstream.betweenMs,
    createdSeconds: Math.floor(world.system.now() / 1_000),
    answered: (status, milliseconds) => gauges.responses.observe(milliseconds / 1_000, { status: String(status) }),
    trouble: (error) => {
      endsAll(error);
      log.error("a request failed", { error });
    },
  });
  const port = await server.listen(settings.listen);
  life.opened("HTTP server", () => server.close());
  // First of all no further request is admitted; answers under way end, or are cut to what was let out.
  life.opened("answers", async () => {
    const cut = setTimeout(() => desk.cancelAll(), DRAIN_MS);
    await desk.drain().finally(() => clearTimeout(cut));
  });
  return { url: `http://${hostAndPort({ host: settings.listen.host, port })}/v1`, provider: provider.address };
}

function reportSettlement(event: SettleEvent, log: Log): void {
  const { kind, ...fields } = event;
  if (kind === "failed") log.warn("settlement: tried again with the next block", fields);
  else log.info(kind, fields);
}

/** Texts of a batch are dropped once no earlier batch may still be drawn from. */
async function dropSettled(
  node: Client,
  batchId: bigint,
  { unsettled }: Settler,
  channels: Channels,
  book: GatewayBook,
): Promise<void> {
  if ([...unsettled].some((other) => other < batchId)) return;
  let key: Bytes = new Uint8Array(0);
  do {
    const pagination = { key, offset: 0n, limit: 100n, countTotal: false, reverse: false };
    const page = await node.query("tributary.attribution.v1.Query/Vouchers", { batchId, pagination });
    for (const { channelId, nonce } of page.vouchers) {
      if (channels.get(channelId) !== undefined) await book.dropTexts(channelId, nonce);
    }
    key = page.pagination?.nextKey ?? new Uint8Array(0);
  } while (key.length > 0);
}
