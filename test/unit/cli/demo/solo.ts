import { SimulateRequest, SimulateResponse } from "cosmjs-types/cosmos/tx/v1beta1/service";
import { toHex, type Bytes } from "#proto/bytes.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import type { AbciAnswer, Client, ClientTx } from "#proto/client/index.js";
import { queries } from "#proto/client/query.js";
import { toBech32 } from "#proto/crypto/address.js";
import { txHash } from "#proto/tx/build.js";
import { headerHashOf } from "#proto/types/block-id.js";
import { executeTx } from "#state/machine.js";
import { addressText } from "#state/modules/chain/index.js";
import { buildIndex } from "#state/fingerprints/index.js";
import { queryRow } from "#state/registry.js";
import { View } from "#state/store/view.js";
import { homeLayout } from "#node/config/home.js";
import { makeOut } from "#cli/output/out.js";
import { noPrompt } from "#cli/prompt.js";
import { developmentKeys } from "#cli/dev/guard.js";
import { makeCast } from "#cli/demo/story/cast.js";
import type { Evidence, Story } from "#cli/demo/story/story.js";
import type { World } from "#cli/world.js";
import { bondedPool, genesisOf, TEST_CHAIN, World as Chain } from "../../state/world.js";
import { Chronicle } from "../../proto/client/verify/served-chain.js";

const BLOCK_MS = 1000;
const TX_BYTES_MAX = 131_072;
const NOTHING = new Uint8Array(0);

/** A chain of one state machine; waiting callers make its blocks: the story without a network and without a clock. */
export function soloStory(seed: string): { readonly story: Story; readonly said: string[]; readonly stdout: string[] } {
  const coins = [{ denom: "utrib", amount: "1000000000000" }];
  const balances = developmentKeys().map(({ address }) => ({ address: toBech32("trib", address), coins }));
  const appState = { bank: { balances: [...balances, bondedPool()] } };
  const chain = new Chain({}, appState);
  const chronicle = new Chronicle({ world: chain }, genesisOf({}, appState));
  const fingerprints = buildIndex(chain.base, new Uint8Array(8));
  chain.fingerprints = fingerprints;
  // They hash every contribution again.
  chain.invariantsEvery = 40n;
  const found = new Map<string, ClientTx>();
  let pending: Bytes[] = [];
  let now = 0;

  const block = (): void => {
    const txs = pending;
    pending = [];
    const { results } = chain.block(txs, BigInt(BLOCK_MS));
    fingerprints.extend(chain.base, chain.height);
    for (const [index, tx] of txs.entries()) {
      const hash = txHash(tx);
      found.set(toHex(hash), { hash, height: chain.height, index, tx, result: results[index]! });
    }
  };
  const abciQuery = (path: string, data: Bytes) => Promise.resolve(answer(chain, path, data));
  const node = {
    status: () => Promise.resolve({ height: chain.height }),
    abciQuery,
    ...queries(abciQuery),
    broadcastTxSync(tx: Bytes) {
      pending.push(tx);
      return Promise.resolve({ code: 0, codespace: "", log: "", hash: txHash(tx) });
    },
    tx: (hash: Bytes) => Promise.resolve(found.get(toHex(hash))),
  } as unknown as Client;

  const stdout: string[] = [];
  const said: string[] = [];
  const output = { write: (text: string) => stdout.push(text) };
  const errors = { write: (text: string) => said.push(text) };
  const world: World = {
    system: {
      environment: {},
      stdout: output,
      stderr: errors,
      prompt: noPrompt({} as never),
      process: { atTerminal: false, stay: () => undefined, endWithin: () => undefined },
      fetch: () => Promise.reject(new Error("no network in this test")),
      now: () => now,
      sleep(milliseconds) {
        for (const end = now + milliseconds; now < end;) {
          const next = Math.min(end, (Math.floor(now / BLOCK_MS) + 1) * BLOCK_MS);
          now = next;
          if (now % BLOCK_MS === 0) block();
        }
        return Promise.resolve();
      },
      random: (bytes) => new Uint8Array(bytes),
    },
    home: homeLayout("/nowhere"),
    out: makeOut(output, errors, { format: "text", quiet: false, environment: {} }),
    prompt: noPrompt({} as never),
    terms: { prefix: "trib", denom: "utrib", displayDenom: "trib", displayExponent: 6 },
    yes: true,
    trace: false,
  };
  const talk = { chapter: () => undefined, say: (text: string) => void said.push(text) };
  /** The blocks so far, proven under headers that were signed. */
  const evidence = async (): Promise<Evidence> => {
    const served = await chronicle.serve();
    return { node: served.client(), genesis: chronicle.genesis, now: served.now };
  };
  return {
    story: { world, node, chainId: TEST_CHAIN, cast: makeCast(node, TEST_CHAIN, world), seed, evidence, talk },
    said,
    stdout,
  };
}

function answer(chain: Chain, path: string, data: Bytes): AbciAnswer {
  const value = path === "/cosmos.tx.v1beta1.Service/Simulate" ? simulated(chain, data) : queried(chain, path, data);
  const rest = { key: NOTHING, height: chain.height, proofOps: [] };
  if (!isRejection(value)) return { code: 0, codespace: "", log: "", value, ...rest };
  return { code: value.code, codespace: value.codespace, log: rejectionText(value), value: NOTHING, ...rest };
}

function queried({ base: view, height, time, fingerprints }: Chain, path: string, data: Bytes) {
  const row = queryRow(path);
  if (isRejection(row)) return row;
  return row({ view, height, time, chainId: TEST_CHAIN, address: addressText("trib"), fingerprints }, data);
}

function simulated(chain: Chain, data: Bytes): Bytes {
  const { txBytes } = SimulateRequest.decode(data);
  const { base, height, time, beacon, proposer, proposerPower, totalPower, fingerprints } = chain;
  const next = { chainId: TEST_CHAIN, height: height + 1n, time: time + 1000n, beacon, proposer, proposerPower };
  const block = { ...next, totalPower, bech32Prefix: "trib", hash: headerHashOf(new Uint8Array(32)), misbehaviour: [] };
  const result = executeTx(new View(base), block, txBytes, { txBytesMax: TX_BYTES_MAX }, fingerprints, "simulate");
  if (result.code !== 0) throw new Error(result.log);
  return SimulateResponse.encode(
    SimulateResponse.fromPartial({ gasInfo: { gasWanted: 0n, gasUsed: result.gasUsed } }),
  ).finish();
}
