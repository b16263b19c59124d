import type { NetOptions } from "../net.js";
import { corpora, fuzzHttp } from "./http.js";
import { fuzzP2p } from "./p2p.js";
import { fuzzSigner } from "./signer.js";
import { inNet, inSignedChain, type FuzzStage } from "./stage.js";
import { fuzzWebSocket } from "./websocket.js";

/** Throws bytes from a seed at an address until the time is over, and says how many cases that were. */
export type Fuzzer = (given: {
  readonly address: string;
  readonly seed: bigint;
  readonly seconds: number;
}) => Promise<{ readonly cases: number }>;

export interface FuzzRow {
  readonly open: (ports: NetOptions["ports"]) => Promise<FuzzStage>;
  readonly fuzzer: Fuzzer;
}

/** By listener. */
export const fuzzers: Readonly<Record<string, FuzzRow>> = {
  p2p: { open: inNet(({ p2pPort }) => `/ip4/127.0.0.1/tcp/${p2pPort}`), fuzzer: fuzzP2p },
  rpc: { open: inNet(({ rpcPort }) => `127.0.0.1:${rpcPort}`), fuzzer: fuzzHttp(corpora.rpc) },
  rest: { open: inNet(({ restPort }) => `127.0.0.1:${restPort}`), fuzzer: fuzzHttp(corpora.rest) },
  websocket: { open: inNet(({ rpcPort }) => `127.0.0.1:${rpcPort}`), fuzzer: fuzzWebSocket },
  metrics: { open: inNet(({ metricsPort }) => `127.0.0.1:${metricsPort}`), fuzzer: fuzzHttp(corpora.metrics) },
  signer: { open: inSignedChain, fuzzer: fuzzSigner },
};
