import { toHex } from "#proto/bytes.js";
import { validatorAddress } from "#proto/crypto/ed25519.js";
import { identityOf, peerId } from "#node/config/identity.js";
import { alone } from "#node/home/home-lock.js";
import { command } from "../command.js";
import { isDevelopmentChain } from "../dev/guard.js";
import { NO_OPERATOR, operatorAccount } from "../genesis/operator.js";
import { makeGenesis } from "../genesis/document.js";
import { checkChainId } from "../genesis/chain-id.js";
import { refuseExisting, writeHome } from "../genesis/home-files.js";
import { must, opt, withDefault } from "../option.js";

export default command({
  path: "init",
  summary: "Create a home: keys, settings, and the genesis of a new chain with this node as its validator.",
  details: `Writes, below --home:
  config/config.toml               node: network, consensus, RPC
  config/app.toml                  application: fees, retention, REST
  config/client.toml               what tribd uses when a flag is not given
  config/genesis.json              replace it to join an existing chain
  config/node_key.json             this node's identity in the network
  config/priv_validator_key.json   the consensus key: back it up, never run it twice
  data/priv_validator_state.json   what the key signed last: never lose it
Existing files are not overwritten; with any of the keys there, nothing is written.`,
  args: { moniker: must(opt.text("The name of this node, shown to others.")) },
  options: {
    chainId: withDefault(opt.of("Id of the chain.", "id", checkChainId), "tributary-dev-1"),
    power: withDefault(opt.u64("Voting power of this validator in the genesis.", "power"), 1_000_000n),
    operator: opt.of(
      "Account that bonds for, edits and unjails this validator (default: an account without a key).",
      "address",
      String,
    ),
  },
  example: ["init my-node --chain-id tributary-1", "init my-node --home /var/lib/tribd -o json"],
  async run({ moniker, chainId, power, operator }, world) {
    const { home, system, terms } = world;
    const node = identityOf(system.random(32));
    const validator = identityOf(system.random(32));
    const account = operatorAccount(operator, validator.publicKey, terms);
    const genesis = makeGenesis({
      chainId,
      time: BigInt(system.now()),
      terms,
      validators: [{ name: moniker, publicKey: validator.publicKey, power, operator: account }],
      accounts: [],
    });
    await alone(home, () => {
      refuseExisting([home.genesis, home.nodeKey, home.validatorKey, home.validatorState]);
      writeHome(home, { node, validator, genesis, config: { moniker }, client: { "chain-id": chainId } });
    });
    world.out.data({
      moniker,
      chain_id: chainId,
      home: home.root,
      node_id: peerId(node.publicKey),
      validator_address: toHex(validatorAddress(validator.publicKey)).toUpperCase(),
    });
    if (operator === undefined && !isDevelopmentChain(chainId)) world.out.warn(NO_OPERATOR);
    world.out.note(`\nnext: tribd genesis add-account <key> 1000${terms.displayDenom}, then tribd start`);
  },
});
