import { ed25519PublicKey, signEd25519, verifyEd25519 } from "#proto/crypto/ed25519.js";
import { utf8 } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { verifyCertificate } from "#proto/light/certificate.js";
import { isRejection } from "#proto/rejection.js";
import type { Certificate } from "#proto/types/block.js";
import { validatorSet, type ValidatorSet } from "#proto/types/validators.js";
import { PRECOMMIT, voteSignBytes } from "#proto/types/vote.js";
import { initialState } from "#consensus/round.js";
import { step } from "#consensus/step.js";
import type { Input } from "#consensus/types.js";
import { encodeWalEntry } from "#consensus/wal-entry.js";
import { simulate } from "#test/simulation/run.js";
import { play } from "#test/twins/world.js";
import { partitioned, type Scenario } from "#test/twins/scenario.js";
import { busyShare } from "./busy-node.js";
import type { Bench, Suite } from "../suite.js";
import { blockIdFrom } from "#test/fixtures/block-id.js";

const CHAIN = "tributary-bench-1";

/** How much consensus itself costs: the core, the certificates that it is given, and both beside all else that a node does. */
export const consensusSuite: Suite = async (bench) => {
  events(bench);
  for (const validators of [4, 40, 175]) commitCheck(bench, validators);
  await heights(bench);
  await share(bench);
};

const name = (bench: Bench, of: string): string => (bench.quick ? `${of}_quick` : of);

/** Calls a second, over at least this long, after a warm-up. */
function rate(milliseconds: number, work: () => number): number {
  work();
  const started = performance.now();
  let done = 0;
  let now = started;
  while (now - started < milliseconds) {
    done += work();
    now = performance.now();
  }
  return (done * 1000) / (now - started);
}

/** What each of four honest nodes takes in to decide one height. */
function heightOf(validators: number): readonly (readonly Input[])[] {
  const whole = { leader: 0, reach: partitioned(new Array<number>(validators).fill(0)), gossip: false, forgets: 0 };
  const scenario: Scenario = { validators, twins: 0, rounds: [whole] };
  const inputs = Array.from({ length: validators }, (): Input[] => []);
  play(scenario, { begun: () => undefined, fed: (node, input) => void inputs[node]!.push(input) });
  return inputs;
}

function events(bench: Bench): void {
  const nodes = heightOf(4);
  const milliseconds = bench.quick ? 500 : 3000;
  const value = rate(milliseconds, () => {
    let count = 0;
    for (const inputs of nodes) {
      let state = initialState();
      for (const input of inputs) ({ state } = step(state, input));
      count += inputs.length;
    }
    return count;
  });
  const all = nodes.flat();
  const baseline = rate(milliseconds, () => {
    for (const input of all) encodeWalEntry(input);
    return all.length;
  });
  bench.result({ name: name(bench, "core_events_per_s"), value, unit: "1/s", baseline, ratio: value / baseline });
  bench.note("  baseline: the same inputs encoded for the log. Bound: one thread copying a state a step.");
}

function signed(validators: number): { set: ValidatorSet; certificate: Certificate } {
  const seeds = Array.from({ length: validators }, (_, i) => sha256(utf8(`bench validator ${i}`)));
  const byKey = new Map(seeds.map((seed) => [ed25519PublicKey(seed).join(), seed]));
  const set = validatorSet(seeds.map((seed) => ({ pubKey: ed25519PublicKey(seed), power: 10n })));
  if (isRejection(set)) throw new Error("a set of equal powers is one");
  const hash = sha256(utf8("block"));
  const at = { height: 9n, round: 0, blockId: blockIdFrom(hash, 1, hash) };
  const signBytes = voteSignBytes(CHAIN, { type: PRECOMMIT, ...at });
  const signatures = set.members.map(({ address: validator, pubKey }, index) => ({
    ...{ index, validator },
    signature: signEd25519(signBytes, byKey.get(pubKey.join())!),
  }));
  return { set, certificate: { ...at, signatures } };
}

function commitCheck(bench: Bench, validators: number): void {
  const { set, certificate } = signed(validators);
  const milliseconds = bench.quick ? 300 : 2000;
  const perSecond = rate(milliseconds, () => {
    if (verifyCertificate(CHAIN, set, certificate, { height: 9n }) !== undefined) throw new Error("a good certificate");
    return 1;
  });
  const signBytes = voteSignBytes(CHAIN, { type: PRECOMMIT, ...certificate });
  const [{ pubKey }, { signature }] = [set.members[0]!, certificate.signatures[0]!];
  const single = rate(milliseconds, () => {
    if (!verifyEd25519(signature, signBytes, pubKey)) throw new Error("a good signature");
    return 1;
  });
  const [value, baseline] = [1000 / perSecond, (1000 * validators) / single];
  bench.result({
    name: name(bench, `commit_check_ms_${validators}`),
    value,
    unit: "ms",
    baseline,
    ratio: value / baseline,
  });
  if (validators === 4) bench.note("  baseline: that many lone signature checks. Bound: the curve, on one thread.");
}

async function heights(bench: Bench): Promise<void> {
  const seeds = bench.quick ? [1n] : [1n, 2n, 3n, 4n];
  let count = 0;
  const started = performance.now();
  for (const seed of seeds) {
    const result = await simulate(seed, { mode: "safety", heights: 20n, validators: 4 });
    if (result.problem !== undefined) throw new Error(`seed ${seed}: ${result.problem}`);
    count += Number(result.heights);
  }
  const value = (count * 1000) / (performance.now() - started);
  // A chain makes one height a second.
  bench.result({ name: name(bench, "simulated_heights_per_s"), value, unit: "1/s", baseline: 1, ratio: value });
  bench.note("  whole nodes under faults, four validators; baseline: a real chain's block each second.");
}

async function share(bench: Bench): Promise<void> {
  const { share: value, transactions, heights: decided } = await busyShare(bench.quick ? 5n : 20n);
  bench.result({ name: name(bench, "core_cpu_share"), value, unit: "ratio", baseline: 0.1, ratio: value / 0.1 });
  bench.note(
    `  four whole nodes, ${transactions} transactions in ${decided} heights; time below step() of all time that`,
  );
  bench.note(
    "  is not idle, by the engine's sampling profiler. Baseline: the most that it may be. Sockets and a real disk",
  );
  bench.note("  are not in it, and each signature is checked by every node: on a real node the share is smaller.");
}
