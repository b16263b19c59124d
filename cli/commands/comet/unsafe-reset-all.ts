import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeEmptyValidatorState } from "#node/config/identity.js";
import { alone } from "#node/home/home-lock.js";
import { command } from "../../command.js";
import { confirmByName } from "../../confirm.js";
import { opt } from "../../option.js";

export default command({
  path: "comet unsafe-reset-all",
  summary: "Delete the chain's data in this home; keys, settings and the signing record stay.",
  details:
    "The signing record stays because without it a validator may sign a height twice, which is punished. --reset-sign-state removes it too: only where this key never signs on that chain again.",
  options: {
    confirm: opt.text('"data" here confirms without a question.', "word"),
    resetSignState: opt.flag("Also delete the validator's signing record."),
  },
  example: ["comet unsafe-reset-all", "comet unsafe-reset-all --confirm data"],
  async run({ confirm, resetSignState }, world) {
    const { home } = world;
    await confirmByName(world, confirm, "data", `This deletes all blocks and state in ${home.data}.`);
    if (resetSignState) {
      await confirmByName(world, undefined, "sign state", "Forgetting what this key signed can make it sign twice.");
    }
    await alone(home, () => {
      const kept = new Set(["priv_validator_state.json"]);
      for (const entry of existsSync(home.data) ? readdirSync(home.data) : []) {
        if (!kept.has(entry)) rmSync(join(home.data, entry), { recursive: true });
      }
      rmSync(home.begun, { force: true });
      if (resetSignState) writeEmptyValidatorState(home);
    });
    world.out.note(`${home.data} is empty${resetSignState ? "" : "; the signing record was kept"}`);
  },
});
