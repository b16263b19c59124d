import {
  Budget,
  ChainFacts,
  Channels,
  MemoryBooks,
  Pool,
  Wallet,
  DEFAULT_MARKING,
} from "#proto/client/consumer/index.js";
import type { Client } from "#proto/client/index.js";
import { utf8, type Bytes } from "#proto/bytes.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { platform } from "#proto/client/x402/platform.js";

/** A consumer in this process: it signs, checks and pays as `tribd consumer` does, with its book in memory. */
export interface Payer {
  /** One request of an application. */
  ask(path: string, body: string): Promise<Response>;
  close(): Promise<void>;
}

const TRIB = 1_000_000n;
const PATH_OF_API = "/v1";

/** @param url the gateway's, without "/v1" @param secretKey 32 bytes */
export async function openPayer(
  node: Client,
  secretKey: Bytes,
  place: { readonly provider: string; readonly versionId: bigint; readonly url: string },
): Promise<Payer> {
  const ports = platform;
  const { chainId } = await node.status();
  const books = new MemoryBooks();
  const facts = new ChainFacts(node, ports.now);
  const gasPrice = { numerator: 25n, denominator: 10_000n, denom: "utrib" };
  const wallet = new Wallet({ node, chainId, prefix: "trib", secretKey, gasPrice, ports });
  const fail = (error: unknown): void => {
    throw error;
  };
  const pool = await Pool.open({
    channels: new Channels({ node, wallet, facts, books, chainId, ports }),
    ...{ books, facts, secretKey, address: wallet.address, ports },
    policy: {
      ...{ requestMax: TRIB, answerTokens: 64, addedTokens: 0, marking: DEFAULT_MARKING, datanets: [] },
      openAll: false,
    },
    budget: new Budget({ day: 1_000_000n * TRIB, versions: new Map() }),
    deposits: { deposit: 100_000n * TRIB, least: TRIB },
    onNote: () => undefined,
    onFault: fail,
  });
  return {
    async ask(path, body) {
      const signal = new AbortController().signal;
      const ask = { path: `${PATH_OF_API}${path}`, body: utf8(body), signal, retryCount: 0, idempotencyKey: "" };
      const answer = await pool.ask(place, ask);
      if (isRejection(answer)) throw new Error(rejectionText(answer));
      return answer;
    },
    close: () => pool.close(),
  };
}
