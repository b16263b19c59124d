import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { toHex } from "#proto/bytes.js";
import { validatorAddress } from "#proto/crypto/ed25519.js";
import {
  identityOf,
  peerId,
  readKeyFile,
  writeEmptyValidatorState,
  writeNodeKey,
  writeValidatorKey,
  type Identity,
} from "#node/config/identity.js";
import { homeLayout } from "#node/config/home.js";
import { writeFileWhole } from "#node/config/json-file.js";
import { alone } from "#node/home/home-lock.js";
import { renderToml } from "#node/config/write.js";
import { SignerFault } from "#node/signer/fault.js";
import { decodeRecord } from "#node/signer/record.js";
import { command } from "../../command.js";
import { EXIT } from "../../exit.js";
import { CliFault, usage } from "../../fault.js";
import { checkChainId } from "../../genesis/chain-id.js";
import { refuseExisting } from "../../genesis/home-files.js";
import { must, opt } from "../../option.js";

export default command({
  path: "signer init",
  summary: "Create the home of a remote signer: a validator key with its record, and a key that identifies the signer.",
  details: `Writes, below --home:
  config/priv_validator_key.json   the consensus key: back it up, never run it twice
  config/node_key.json             proves this signer to its node over TCP
  config/client.toml               the chain it signs for
  data/priv_validator_state.json   what the key signed last: never lose it
With any of them there, nothing is written. To take over the key of a node, stop the node for good, name both of its files with --key and --state, and remove them there afterwards: a key is never taken over without its record.`,
  options: {
    chainId: must(opt.of("The one chain that this signer signs for.", "id", checkChainId)),
    key: opt.text("Take over this priv_validator_key.json instead of making a key.", "file"),
    state: opt.text("Its record: the priv_validator_state.json of the machine where the key signed last.", "file"),
  },
  example: [
    "signer init --home /var/lib/tribd-signer --chain-id tributary-1",
    "signer init --chain-id tributary-1 --key priv_validator_key.json --state priv_validator_state.json",
  ],
  async run({ chainId, key, state }, world) {
    const { home, system } = world;
    if ((key === undefined) !== (state === undefined)) {
      throw usage("--key needs --state, and --state needs --key: a key without its record may sign twice");
    }
    const take = (): TakenOver => ({
      validator: key === undefined ? identityOf(system.random(32)) : readKeyFile(key),
      record: state === undefined ? undefined : readRecord(state),
    });
    // A node that runs with the key would sign on beside this one.
    const from = key === undefined ? undefined : homeLayout(dirname(dirname(resolve(key))));
    const { validator, record } = from !== undefined && existsSync(from.lock) ? await alone(from, take) : take();
    const own = identityOf(system.random(32));
    await alone(home, () => {
      refuseExisting([home.nodeKey, home.validatorKey, home.validatorState, home.clientToml]);
      mkdirSync(home.data, { recursive: true, mode: 0o700 });
      if (record === undefined) writeEmptyValidatorState(home);
      else writeFileWhole(home.validatorState, record, true);
      writeNodeKey(home, own);
      writeValidatorKey(home, validator);
      writeFileWhole(home.clientToml, renderToml("client", { "chain-id": chainId }));
    });
    world.out.data({
      chain_id: chainId,
      home: home.root,
      signer_id: peerId(own.publicKey),
      validator_address: toHex(validatorAddress(validator.publicKey)).toUpperCase(),
    });
    world.out.note("\nnext: tribd signer start --node unix:///path/to/socket");
  },
});

interface TakenOver {
  readonly validator: Identity;
  readonly record: string | undefined;
}

/** The file as it is, once it reads back as a record. */
function readRecord(path: string): string {
  if (!existsSync(path)) throw new CliFault("not_found", `${path} does not exist`, { exit: EXIT.notFound });
  const bytes = readFileSync(path);
  try {
    decodeRecord(new Uint8Array(bytes), path);
  } catch (error) {
    if (!(error instanceof SignerFault)) throw error;
    throw new CliFault(error.code, error.message, { cause: error });
  }
  return bytes.toString("utf8");
}
