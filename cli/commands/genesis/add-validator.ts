import { fromBase64 } from "#proto/base64.js";
import { writeJsonFile } from "#node/config/json-file.js";
import { alone } from "#node/home/home-lock.js";
import { command } from "../../command.js";
import { isDevelopmentChain } from "../../dev/guard.js";
import { CliFault, usage } from "../../fault.js";
import { readGenesis } from "../../genesis/file.js";
import { NO_OPERATOR, operatorAccount } from "../../genesis/operator.js";
import { validatorJson, withValidator } from "../../genesis/validators.js";
import { must, opt, withDefault } from "../../option.js";

export default command({
  path: "genesis add-validator",
  summary: "Add a validator to the genesis of this home.",
  args: {
    pubkey: must(opt.of("Its consensus key, as `tribd comet show-validator` prints it.", "json", readConsensusKey)),
    name: must(opt.text("Its name.")),
  },
  options: {
    power: withDefault(opt.u64("Its voting power.", "power"), 1_000_000n),
    operator: opt.of(
      "Account that bonds for, edits and unjails it (default: an account without a key).",
      "address",
      String,
    ),
  },
  example: [`genesis add-validator '{"@type":"/cosmos.crypto.ed25519.PubKey","key":"..."}' val1 --operator trib1...`],
  async run({ pubkey, name, power, operator }, world) {
    const { document } = readGenesis(world.home.genesis);
    const validator = { name, publicKey: pubkey, power, operator: operatorAccount(operator, pubkey, world.terms) };
    const added = validatorJson(validator);
    if (document.validators.some((known) => known.pub_key.value === added.pub_key.value)) {
      throw new CliFault("validator_exists", `${added.address} is a validator of the genesis already`);
    }
    await alone(world.home, () => writeJsonFile(world.home.genesis, withValidator(document, validator)));
    readGenesis(world.home.genesis);
    if (operator === undefined && !isDevelopmentChain(document.chain_id)) world.out.warn(NO_OPERATOR);
    world.out.data(added);
  },
});

function readConsensusKey(text: string): Uint8Array {
  try {
    const { "@type": type, key } = JSON.parse(text) as { "@type"?: unknown; key?: unknown };
    const bytes = type === "/cosmos.crypto.ed25519.PubKey" && typeof key === "string" ? fromBase64(key) : undefined;
    if (bytes?.length === 32) return bytes;
  } catch (cause) {
    throw usage("not a consensus key", cause instanceof Error ? cause.message : undefined);
  }
  throw usage('not a consensus key: {"@type":"/cosmos.crypto.ed25519.PubKey","key":"<32 bytes in base64>"} is needed');
}
