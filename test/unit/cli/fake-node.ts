import { BaseAccount } from "cosmjs-types/cosmos/auth/v1beta1/auth";
import { QueryAccountRequest, QueryAccountResponse } from "cosmjs-types/cosmos/auth/v1beta1/query";
import { TxMsgData } from "cosmjs-types/cosmos/base/abci/v1beta1/abci";
import { SimulateRequest, SimulateResponse } from "cosmjs-types/cosmos/tx/v1beta1/service";
import { fromBase64, toBase64 } from "#proto/base64.js";
import { fromHex, toHex } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection } from "#proto/rejection.js";
import { decodeTx, type Tx } from "#proto/tx/decode.js";

interface Refusal {
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
}

interface Included {
  readonly code: number;
  readonly codespace?: string;
  readonly log?: string;
}

export interface Script {
  readonly chainId?: string;
  /** It has no peers, and says so. */
  readonly isAlone?: boolean;
  readonly number?: bigint;
  /** What the chain holds; what a pending tx makes of it only the check knows. */
  readonly sequence?: bigint;
  readonly gasUsed?: bigint;
  /** A code refuses the simulation. */
  readonly simulate?: Refusal | ((tx: Tx) => Refusal | undefined);
  readonly check?: (tx: Tx) => { readonly code: number; readonly codespace: string; readonly log: string };
  /** Code of the tx in its block; undefined: it is never included. */
  readonly included?: Included | ((tx: Tx) => Included) | undefined;
  /** Answers of the messages of an included tx. */
  readonly responses?: (tx: Tx) => { readonly typeUrl: string; readonly value: Uint8Array }[];
  readonly queries?: Readonly<Record<string, (request: Uint8Array) => Uint8Array>>;
}

/** A node as the CLI sees one: JSON-RPC over fetch, everything it receives kept. */
export function fakeNode(script: Script = {}) {
  const received: Tx[] = [];
  const methods: string[] = [];
  const answer = (method: string, params: Record<string, string>): unknown => {
    methods.push(method);
    switch (method) {
      case "status":
        return status(script.chainId ?? "tributary-dev-1", script.isAlone ?? false);
      case "net_info":
        return { listening: true, listeners: [], n_peers: "0", peers: [] };
      case "abci_query":
        return { response: abci(params["path"] ?? "", fromHex(params["data"] ?? "") ?? new Uint8Array(0), script) };
      case "broadcast_tx_sync":
      case "broadcast_tx_async": {
        const tx = decodeTx(fromBase64(params["tx"] ?? "") ?? new Uint8Array(0), 200_000);
        if (isRejection(tx)) throw new Error(tx.name);
        received.push(tx);
        const verdict = script.check?.(tx) ?? { code: 0, codespace: "", log: "" };
        return { ...verdict, data: "", hash: toHex(sha256(tx.bytes)).toUpperCase() };
      }
      case "tx_search":
        return search(received, script, params["query"] ?? "");
      default:
        throw new Error(`the fake node has no ${method}`);
    }
  };
  const fetch = (async (_url: unknown, init?: { body?: unknown }) => {
    const { id, method, params } = JSON.parse(String(init?.body)) as {
      id: number;
      method: string;
      params: Record<string, string>;
    };
    return new Response(JSON.stringify({ jsonrpc: "2.0", id, result: answer(method, params) }));
  }) as typeof globalThis.fetch;
  return { fetch, received, methods };
}

function status(network: string, isAlone: boolean) {
  return {
    node_info: { network, moniker: "fake" },
    sync_info: {
      latest_block_height: "5",
      earliest_block_height: "1",
      latest_block_hash: "00",
      latest_app_hash: "00",
      latest_block_time: "2026-01-01T00:00:00Z",
      catching_up: isAlone,
    },
    validator_info: { address: "00", voting_power: "1" },
  };
}

function abci(path: string, data: Uint8Array, script: Script) {
  const answered = (value: Uint8Array) => ({
    code: 0,
    codespace: "",
    log: "",
    info: "",
    index: "0",
    key: null,
    value: toBase64(value),
    proofOps: null,
    height: "5",
  });
  const own = script.queries?.[path];
  if (own !== undefined) return answered(own(data));
  if (path === "/cosmos.auth.v1beta1.Query/Account") {
    const { address } = QueryAccountRequest.decode(data);
    const value = BaseAccount.encode(
      BaseAccount.fromPartial({ address, accountNumber: script.number ?? 3n, sequence: script.sequence ?? 7n }),
    ).finish();
    return answered(QueryAccountResponse.encode({ account: { typeUrl: BaseAccount.typeUrl, value } }).finish());
  }
  if (path === "/cosmos.tx.v1beta1.Service/Simulate") {
    const refusal = simulated(data, script);
    if (refusal !== undefined) return { ...answered(new Uint8Array(0)), ...refusal, value: null };
    return answered(
      SimulateResponse.encode(
        SimulateResponse.fromPartial({ gasInfo: { gasUsed: script.gasUsed ?? 100_000n } }),
      ).finish(),
    );
  }
  return {
    ...answered(new Uint8Array(0)),
    code: 22,
    codespace: "sdk",
    log: "rpc error: code = NotFound desc = thing not found: key not found",
    value: null,
  };
}

function simulated(data: Uint8Array, { simulate }: Script): Refusal | undefined {
  if (typeof simulate !== "function") return simulate;
  const tx = decodeTx(SimulateRequest.decode(data).txBytes, 200_000);
  if (isRejection(tx)) throw new Error(tx.name);
  return simulate(tx);
}

function search(received: readonly Tx[], script: Script, query: string) {
  const tx = received.find(({ hash }) => query.includes(toHex(hash)));
  if (tx === undefined || script.included === undefined) return { txs: [], total_count: "0" };
  const {
    code,
    codespace = "",
    log = "",
  } = typeof script.included === "function" ? script.included(tx) : script.included;
  const data = TxMsgData.encode(
    TxMsgData.fromPartial({
      msgResponses: (code === 0 ? script.responses?.(tx) : undefined) ?? [
        { typeUrl: "/cosmos.bank.v1beta1.MsgSendResponse" },
      ],
    }),
  ).finish();
  const tx_result = {
    code,
    codespace,
    log,
    info: "",
    data: code === 0 ? toBase64(data) : null,
    gas_wanted: "140000",
    gas_used: "98000",
    events: [],
  };
  return {
    txs: [{ hash: toHex(tx.hash).toUpperCase(), height: "6", index: 0, tx_result, tx: toBase64(tx.bytes) }],
    total_count: "1",
  };
}
