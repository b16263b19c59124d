import type { Bytes } from "../../bytes.js";
import type { Client } from "../index.js";
import { message, type MessageName, type Messages } from "../../codec/message.js";
import type { LightBlock } from "../../light/header.js";
import { isRejection } from "../../rejection.js";
import { VerifyFault } from "./fault.js";

/** A raw state key's value under one height, as somebody claims and means to prove. */
export interface Claim {
  readonly value: Bytes | undefined;
  readonly proof: Bytes;
}

/** Where an opening stands: voucher and index. */
export interface OpeningPlace {
  readonly voucherId: bigint;
  readonly index: bigint;
}

/** The node that a verification asks. Its answers are used only after they are verified. */
export interface Source {
  latestHeight(): Promise<bigint>;
  lightBlock(height: bigint): Promise<LightBlock>;
  /** The state after `height`, proven under header height + 1. */
  state(key: Bytes, height: bigint): Promise<Claim>;
  /** Hints where to look; counts that are proven say whether they are complete. */
  voucherIds(batchId: bigint, height: bigint): Promise<readonly bigint[]>;
  openingPlaces(batchId: bigint, height: bigint): Promise<readonly OpeningPlace[]>;
}

const STORE_PATH = "/store/state/key";
const PAGE = 100n;
/** Far above what one batch can have: a node that goes on and on is not waited for. */
const ROWS_MAX = 1_000_000;
const ANSWER_BYTES_MAX = 16 * 1024 * 1024;

type Page = Messages["tributary.query.v1.PageRequest"];
type Paged = { readonly pagination: Messages["tributary.query.v1.PageResponse"] | undefined };

/** A node over its RPC. */
export function rpcSource(node: Client): Source {
  return {
    latestHeight: async () => (await node.status()).height,
    lightBlock: (height) => node.lightBlock(height),
    async state(key, height) {
      const answer = await node.abciQuery(STORE_PATH, key, { height, prove: true });
      const [op] = answer.proofOps;
      if (answer.code !== 0 || op === undefined) {
        throw new VerifyFault("no_proof", `state at height ${height}`, answer.log || "the node gave no proof");
      }
      return { value: answer.value.length === 0 ? undefined : answer.value, proof: op.data };
    },
    voucherIds: (batchId, height) =>
      allPages(
        node,
        height,
        "tributary.attribution.v1.Query/Vouchers",
        (pagination) => message("tributary.attribution.v1.QueryVouchersRequest").encode({ batchId, pagination }),
        "tributary.attribution.v1.QueryVouchersResponse",
        ({ vouchers }) => vouchers.map(({ id }) => id),
      ),
    openingPlaces: (batchId, height) =>
      allPages(
        node,
        height,
        "tributary.attribution.v1.Query/Openings",
        (pagination) => message("tributary.attribution.v1.QueryOpeningsRequest").encode({ batchId, pagination }),
        "tributary.attribution.v1.QueryOpeningsResponse",
        ({ openings }) => openings.map(placeOf),
      ),
  };
}

const placeOf = ({ voucherId, index }: OpeningPlace): OpeningPlace => ({ voucherId, index });

async function allPages<N extends MessageName, T>(
  node: Client,
  height: bigint,
  path: string,
  request: (page: Page) => Bytes,
  response: N,
  rows: (answer: Messages[N]) => readonly T[],
): Promise<T[]> {
  const all: T[] = [];
  for (let key: Bytes = new Uint8Array(0); ;) {
    const asked = { key, offset: 0n, limit: PAGE, countTotal: false, reverse: false };
    const { code, value, log } = await node.abciQuery(`/${path}`, request(asked), { height });
    if (code !== 0) throw new VerifyFault("refused_query", path, log);
    const answer = message(response).decode(value, ANSWER_BYTES_MAX);
    if (isRejection(answer)) throw new VerifyFault("bad_answer", path, `the answer is no ${response}`);
    const page = rows(answer);
    all.push(...page);
    key = (answer as Paged).pagination?.nextKey ?? new Uint8Array(0);
    if (key.length === 0) return all;
    if (page.length === 0 || all.length > ROWS_MAX) {
      throw new VerifyFault("bad_answer", path, `the list has no end within ${ROWS_MAX} rows`);
    }
  }
}
