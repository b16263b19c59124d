import { existsSync, statfsSync, statSync } from "node:fs";
import { checkAppState } from "#node/config/check-genesis.js";
import { ConfigFault } from "#node/config/fault.js";
import { peerId, readNodeKey, readValidatorKey } from "#node/config/identity.js";
import { parsePeers } from "#node/config/peers.js";
import { loadConfig } from "#node/config/load.js";
import { nativesLoaded } from "#node/runtime/natives.js";
import type { Home } from "#node/config/home.js";
import { present } from "#proto/assert.js";
import { equalBytes } from "#proto/bytes.js";
import { parseRfc3339 } from "#proto/time.js";
import type { Genesis } from "#proto/types/genesis.js";
import { connect, shownNode, type NodeValues } from "../client.js";
import { isFree } from "../dev/home.js";
import { CliFault } from "../fault.js";
import { readGenesis } from "../genesis/file.js";
import type { World } from "../world.js";

export interface Found {
  /** bad: a node will not start or will not be safe; warn: it will be slower or later. */
  readonly verdict: "ok" | "warn" | "bad";
  readonly found: string;
  readonly fix?: string;
}
export type Finding = Found & { readonly check: string };
type Check = (world: World, values: NodeValues) => Found | Promise<Found>;

const ok = (found: string): Found => ({ verdict: "ok", found });
const warn = (found: string, fix: string): Found => ({ verdict: "warn", found, fix });
const bad = (found: string, fix: string): Found => ({ verdict: "bad", found, fix });

const NODE_MIN = [20, 19] as const;
const DISK_WARN_BYTES = 10 * 1024 ** 3;
const DISK_BAD_BYTES = 1024 ** 3;
/** Half of the default precision of proposer-based timestamps: beyond it our proposals begin to look late or early. */
const SKEW_WARN_MS = 250;
const SKEW_BAD_MS = 500;
const STALE_MS = 60_000;

/** A check whose faults are findings: one broken file must not hide the other checks. */
function guarded(fix: string, check: Check): Check {
  return async (world, values) => {
    try {
      return await check(world, values);
    } catch (error) {
      if (error instanceof CliFault) return bad(error.message, error.fix ?? fix);
      if (error instanceof ConfigFault) return bad(error.problems.join("; "), fix);
      throw error;
    }
  };
}

/** More than two thirds of the power at genesis are this home's. */
function decidesAlone(home: Home, { validators: { members, totalPower } }: Genesis): boolean {
  if (!existsSync(home.validatorKey)) return false;
  const { publicKey } = readValidatorKey(home);
  const self = members.find(({ pubKey }) => equalBytes(pubKey, publicKey));
  return self !== undefined && 3n * self.power > 2n * totalPower;
}

export const checks: Readonly<Record<string, Check>> = {
  node() {
    const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
    const fits = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1]);
    return fits ? ok(process.version) : bad(process.version, `Node ${NODE_MIN.join(".")} or later is needed`);
  },
  natives() {
    const missing = Object.entries(nativesLoaded).flatMap(([name, loaded]) => (loaded ? [] : [name]));
    if (missing.length === 0) return ok(Object.keys(nativesLoaded).join(", "));
    return warn(
      `without ${missing.join(", ")}`,
      "signatures and hashes are many times slower; npm rebuild, or use a platform with prebuilt binaries",
    );
  },
  settings: guarded("tribd config set changes a setting", ({ home, system }) => {
    if (!existsSync(home.configToml)) {
      return warn(`${home.configToml} does not exist: defaults apply`, "tribd init writes the files");
    }
    loadConfig(home, { environment: system.environment });
    return ok(home.config);
  }),
  genesis: guarded("copy the chain's genesis.json again", ({ home }) => {
    const genesis = readGenesis(home.genesis);
    checkAppState(genesis);
    return ok(genesis.chainId);
  }),
  "node key": guarded("tribd init makes one", ({ home }) => ok(peerId(readNodeKey(home).publicKey))),
  "validator key": guarded("tribd init makes one", ({ home, system }) => {
    const { priv_validator_laddr: remote } = loadConfig(home, { environment: system.environment }).config;
    if (remote !== "") {
      return existsSync(home.validatorKey)
        ? warn(
            `a remote signer at ${remote}; ${home.validatorKey} is not used`,
            "remove it: a key must lie in one place",
          )
        : ok(`a remote signer at ${remote}`);
    }
    readValidatorKey(home);
    if (!existsSync(home.validatorState)) {
      return bad(
        `${home.validatorState} is missing`,
        "without the record of what it signed the key may sign twice; restore it, or make sure that the key has never signed",
      );
    }
    const mode = statSync(home.validatorKey).mode & 0o777;
    if ((mode & 0o077) !== 0) {
      return warn(`others can read it (mode ${mode.toString(8)})`, `chmod 600 ${home.validatorKey}`);
    }
    return ok("readable, closed to others");
  }),
  ports: guarded("tribd config set changes a setting", async ({ home, system }) => {
    const { config, app } = loadConfig(home, { environment: system.environment });
    const wanted = [
      config["rpc.laddr"],
      config["p2p.laddr"],
      ...(app["api.enable"] ? [app["api.address"]] : []),
      ...(config["instrumentation.prometheus"] ? [config["instrumentation.prometheus_listen_addr"]] : []),
    ];
    const taken: string[] = [];
    for (const address of wanted) if (address !== "" && !(await isFree(address))) taken.push(address);
    return taken.length === 0
      ? ok("free")
      : warn(
          `taken: ${taken.join(", ")}`,
          "by a running node, or by something else: ss -ltnp shows it; tribd config set rpc.laddr and the like change ours",
        );
  }),
  disk({ home }) {
    let at = home.data;
    while (!existsSync(at)) at = at.slice(0, at.lastIndexOf("/")) || "/";
    const { bavail, bsize } = statfsSync(at);
    const free = bavail * bsize;
    const found = `${(free / 1024 ** 3).toFixed(1)} GB free`;
    if (free < DISK_BAD_BYTES) return bad(found, "the node stops when the disk is full: make room first");
    return free < DISK_WARN_BYTES
      ? warn(found, "an archive grows without limit; pruning and min-retain-blocks in app.toml bound it")
      : ok(found);
  },
  peers: guarded("tribd config set p2p.persistent_peers id@host:port,...", async ({ home, system }) => {
    const { config } = loadConfig(home, { environment: system.environment });
    const genesis = readGenesis(home.genesis);
    const self = peerId(readNodeKey(home).publicKey); // One list of peers often serves all nodes of a network.
    const peers = present(parsePeers(config["p2p.persistent_peers"]), "settings are checked when they are read").filter(
      ({ id }) => id !== self,
    );
    if (peers.length === 0) {
      return decidesAlone(home, genesis)
        ? ok("none configured; this validator decides alone")
        : warn(
            "none configured: this node waits until others dial it",
            "tribd config set p2p.persistent_peers id@host:port,...; tribd comet show-node-id prints an id there",
          );
    }
    const { probePeers } = await import("#node/compose/probe-peers.js");
    const probed = await probePeers(peers, genesis);
    const problems = probed.flatMap(({ address, problem }) =>
      problem === undefined ? [] : [`${address}: ${problem}`],
    );
    const found = `${probed.length - problems.length} of ${probed.length} reached`;
    if (problems.length === 0) return ok(found);
    const fix = `${problems.join("; ")}. Compare id, address, firewall and genesis with the peer's operator`;
    return problems.length === probed.length ? bad(found, fix) : warn(found, fix);
  }),
  clock: async (world, values) => {
    const before = world.system.now();
    let latest: string;
    try {
      const { time, catchingUp } = await connect(values, world).status();
      if (catchingUp) return ok("the node is catching up, or alone: not comparable");
      latest = time;
    } catch (error) {
      if (error instanceof CliFault) return ok(`no node at ${shownNode(values.node)} to compare with`);
      throw error;
    }
    // Cut to milliseconds: RPC times carry nanoseconds.
    const blockTime = parseRfc3339(latest.replace(/(\.[0-9]{3})[0-9]*Z$/, "$1Z"));
    if (blockTime === undefined) return warn(`the node says ${latest}`, "this is not a time");
    const ahead = Number(blockTime) - before;
    if (ahead > SKEW_BAD_MS) {
      return bad(
        `the last block is ${ahead} ms ahead of this clock`,
        "run an NTP client (chrony): proposals of a wrong clock are refused",
      );
    }
    if (ahead > SKEW_WARN_MS) {
      return warn(`the last block is ${ahead} ms ahead of this clock`, "run an NTP client (chrony)");
    }
    if (-ahead > STALE_MS) {
      return warn(
        `the last block is ${Math.round(-ahead / 1000)} s old`,
        "the node hears of no later block (peers, above), the chain stands, or this clock is ahead (chrony keeps it)",
      );
    }
    return ok(`the last block is ${Math.max(0, -ahead)} ms old`);
  },
};
