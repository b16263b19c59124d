import type { Bytes } from "#proto/bytes.js";
import { accountAddress, secp256k1PublicKey } from "#proto/crypto/secp256k1.js";
import { identityOf, peerId, type Identity } from "#node/config/identity.js";
import { homeLayout } from "#node/config/home.js";
import type { GenesisDocument } from "#proto/types/genesis.js";
import type { Coin } from "../coins.js";
import type { DevelopmentKey } from "../dev/guard.js";
import { hdPath } from "../keyring/hd.js";
import { Keyring } from "../keyring/keyring.js";
import { signing } from "../fault.js";
import type { ChainTerms, World } from "../world.js";
import { makeGenesis, type GenesisAccount } from "./document.js";
import { alone } from "#node/home/home-lock.js";
import { writeHome, type HomeContents } from "./home-files.js";

/** Ports of neighbours are this far apart, so that every service of one node fits between. */
export const PORT_STEP = 10;
export const FIRST_REST_PORT = 1317;
const POWER = 1_000_000n;

export interface TestnetKeys {
  readonly node: Identity;
  readonly validator: Identity;
  /** Of the operator's account, 32 bytes. */
  readonly operator: Bytes;
}

export function testnetKeys(random: (bytes: number) => Bytes): TestnetKeys {
  return { node: identityOf(random(32)), validator: identityOf(random(32)), operator: random(32) };
}

export interface TestnetRequest {
  readonly chainId: string;
  readonly time: bigint;
  readonly terms: ChainTerms;
  readonly host: string;
  readonly firstPort: number;
  readonly firstRestPort: number;
  readonly namePrefix: string;
  readonly nodes: readonly TestnetKeys[];
  readonly accounts: readonly GenesisAccount[];
  /** Balance of each operator's account, beside its bonded coins. */
  readonly operatorCoins: readonly Coin[];
}

export interface TestnetNode extends TestnetKeys {
  readonly name: string;
  readonly p2p: string;
  readonly rpc: string;
  readonly rest: string;
  readonly metrics: string;
  /** The others, as id@host:port. */
  readonly peers: string;
}

export interface TestnetPlan {
  readonly chainId: string;
  readonly genesis: GenesisDocument;
  readonly nodes: readonly TestnetNode[];
}

/** Where node i of a network listens. */
export function testnetPorts(base: { readonly firstPort: number; readonly firstRestPort: number }, i: number) {
  const p2p = base.firstPort + PORT_STEP * i;
  return { p2p, rpc: p2p + 1, metrics: p2p + 4, rest: base.firstRestPort + PORT_STEP * i };
}

/** Ports, peers and the genesis of a network on one machine; nothing is written. */
export function planTestnet(request: TestnetRequest): TestnetPlan {
  const { host } = request;
  const ports = request.nodes.map((_, i) => testnetPorts(request, i));
  const operators = request.nodes.map(({ operator }) => accountAddress(secp256k1PublicKey(operator)));
  const operatorAccounts = operators.map((address) => ({ address, coins: request.operatorCoins }));
  const addresses = request.nodes.map(({ node }, i) => `${peerId(node.publicKey)}@${host}:${ports[i]!.p2p}`);
  return {
    chainId: request.chainId,
    genesis: makeGenesis({
      ...request,
      accounts: [...request.accounts, ...operatorAccounts],
      validators: request.nodes.map(({ validator }, i) => ({
        name: `${request.namePrefix}${i}`,
        publicKey: validator.publicKey,
        power: POWER,
        operator: operators[i]!,
      })),
    }),
    nodes: request.nodes.map((keys, i) => ({
      name: `${request.namePrefix}${i}`,
      ...keys,
      p2p: `tcp://${host}:${ports[i]!.p2p}`,
      rpc: `tcp://${host}:${ports[i]!.rpc}`,
      rest: `tcp://${host}:${ports[i]!.rest}`,
      metrics: `${host}:${ports[i]!.metrics}`,
      peers: addresses.filter((_, j) => j !== i).join(","),
    })),
  };
}

/**
 * Writes one home a node; the key of its operator, under the node's name, and the role keys of a development chain go into
 * its test keyring.
 */
export async function writeTestnet(
  plan: TestnetPlan,
  roots: readonly string[],
  world: World,
  roles: readonly DevelopmentKey[],
): Promise<void> {
  const development = roles.length > 0; // Web pages may call it: its keys are public anyway.
  for (const [i, node] of plan.nodes.entries()) {
    const home = homeLayout(roots[i]!);
    const contents: HomeContents = {
      node: node.node,
      validator: node.validator,
      genesis: plan.genesis,
      config: {
        moniker: node.name,
        "rpc.laddr": node.rpc,
        "rpc.cors_allowed_origins": development ? ["*"] : [],
        "p2p.laddr": node.p2p,
        "p2p.persistent_peers": node.peers,
        "consensus.timeout_propose_ms": 1000,
        "instrumentation.prometheus_listen_addr": node.metrics,
      },
      app: { "api.address": node.rest, "api.enabled-unsafe-cors": development },
      client: {
        "chain-id": plan.chainId,
        node: node.rpc,
        "keyring-backend": development ? "test" : "file",
        "bech32-prefix": world.terms.prefix,
        denom: world.terms.denom,
        "display-denom": world.terms.displayDenom,
        "display-exponent": world.terms.displayExponent,
      },
    };
    await alone(home, () => writeHome(home, contents));
    const keyring = new Keyring("test", home.root, { random: world.system.random, password: neverAsked });
    await keyring.add(node.name, node.operator, hdPath(0, 0));
    for (const role of roles) await keyring.add(role.name, role.secretKey, hdPath(0, 0));
  }
}

async function neverAsked(): Promise<never> {
  throw signing("password", "the test keyring has no password");
}
