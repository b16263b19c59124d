import { resolve } from "node:path";
import { toHex } from "#proto/bytes.js";
import { checkAppState } from "#node/config/check-genesis.js";
import { command } from "../../command.js";
import { CliFault } from "../../fault.js";
import { readGenesis } from "../../genesis/file.js";
import { unknownKeys } from "../../genesis/unknown-keys.js";
import { opt } from "../../option.js";

const STANDARD_INPUT = "/dev/stdin";

export default command({
  path: "genesis validate",
  summary: "Check a genesis file down to each module, and print its hash, which all operators compare.",
  args: { file: opt.text("The file, or - for standard input (default: the one of this home).") },
  example: ["genesis validate", "genesis validate ./genesis.json -o json", "genesis validate - < genesis.json"],
  async run({ file }, world) {
    const path = file === undefined ? world.home.genesis : file === "-" ? STANDARD_INPUT : resolve(file);
    const genesis = readGenesis(path);
    checkAppState(genesis);
    const unknown = unknownKeys(genesis.document);
    if (unknown.length > 0) throw new CliFault("genesis_invalid", `${path}: ${unknown.join("; ")}`);
    world.out.data({
      file: path,
      chain_id: genesis.chainId,
      genesis_time: genesis.document.genesis_time,
      validators: genesis.document.validators.length,
      hash: toHex(genesis.hash).toUpperCase(),
    });
  },
});
