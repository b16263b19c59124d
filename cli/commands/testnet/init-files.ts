import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { peerId } from "#node/config/identity.js";
import { command } from "../../command.js";
import { parseCoins } from "../../coins.js";
import { developmentWarning } from "../../dev/accounts.js";
import { developmentKeys, isDevelopmentChain } from "../../dev/guard.js";
import { CliFault } from "../../fault.js";
import { checkChainId } from "../../genesis/chain-id.js";
import { FIRST_REST_PORT, planTestnet, testnetKeys, writeTestnet } from "../../genesis/testnet.js";
import { opt, short, withDefault } from "../../option.js";

export default command({
  path: "testnet init-files",
  summary: "Write the homes of several validators of a new chain, ready to start on this machine.",
  details:
    "Ports of the second validator are 10 above those of the first, and so on. On a development chain the role accounts are funded and in the test keyring of each home.",
  options: {
    v: withDefault(opt.integer("How many validators.", 1, 100), 4),
    outputDir: short("O", withDefault(opt.text("Folder for the homes.", "dir"), ".localnet")),
    chainId: withDefault(opt.of("Id of the chain.", "id", checkChainId), "tributary-dev-1"),
    nodeDirPrefix: withDefault(opt.text("Homes are called this and a number.", "text"), "val"),
    startingIpAddress: withDefault(
      opt.text("IP address of all nodes, which differ in their ports.", "ip"),
      "127.0.0.1",
    ),
    startingPort: withDefault(
      opt.integer("P2P port of the first validator; its RPC port is the next.", 1024, 60_000),
      26_656,
    ),
    coins: withDefault(opt.text("What each role account holds on a development chain.", "coins"), "1000000trib"),
  },
  example: ["testnet init-files --v 4", "testnet init-files --v 7 --output-dir ./net --chain-id mynet-dev-1"],
  async run(values, world) {
    const root = resolve(values.outputDir);
    const homes = Array.from({ length: values.v }, (_, i) => resolve(root, `${values.nodeDirPrefix}${i}`));
    const taken = homes.find(existsSync);
    if (taken !== undefined) {
      throw new CliFault("home_exists", `${taken} already exists: nothing was written`, {
        fix: "choose another --output-dir, or remove it",
      });
    }
    const development = isDevelopmentChain(values.chainId);
    const coins = parseCoins(values.coins, world.terms);
    const plan = planTestnet({
      chainId: values.chainId,
      time: BigInt(world.system.now()),
      terms: world.terms,
      host: values.startingIpAddress,
      firstPort: values.startingPort,
      firstRestPort: FIRST_REST_PORT,
      namePrefix: values.nodeDirPrefix,
      nodes: homes.map(() => testnetKeys(world.system.random)),
      operatorCoins: coins,
      accounts: development ? developmentKeys().map(({ address }) => ({ address, coins })) : [],
    });
    await writeTestnet(plan, homes, world, development ? developmentKeys() : []);
    if (development) world.out.warn(developmentWarning);
    world.out.data({
      chain_id: values.chainId,
      nodes: plan.nodes.map((node, i) => ({
        home: homes[i]!,
        node_id: peerId(node.node.publicKey),
        rpc: node.rpc,
        p2p: node.p2p,
        rest: node.rest,
      })),
    });
    world.out.note(`\nnext, for each home: tribd start --home ${homes[0]!}`);
  },
});
