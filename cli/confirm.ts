import { CliFault, usage } from "./fault.js";
import type { World } from "./world.js";

/** Severe actions are confirmed by typing the name of what is lost; --yes is not enough, --confirm <name> is. */
export async function confirmByName(
  world: World,
  confirmed: string | undefined,
  name: string,
  warning: string,
): Promise<void> {
  if (confirmed !== undefined) {
    if (confirmed === name) return;
    throw usage(`--confirm ${confirmed} is not "${name}": nothing was done`);
  }
  world.out.warn(warning);
  if ((await world.prompt.line(`Type "${name}" to go on: `)).trim() === name) return;
  throw new CliFault("not_confirmed", "not confirmed: nothing was done", {
    fix: `--confirm ${name} confirms without a question`,
  });
}

/** A question with a harmless yes; --yes answers it, and so does a pipe, where nobody is there to ask. */
export async function confirm(world: World, question: string): Promise<void> {
  if (world.yes || !world.prompt.isTerminal) return;
  if (await world.prompt.confirm(question)) return;
  throw new CliFault("not_confirmed", "not confirmed: nothing was sent", { fix: "--yes confirms without a question" });
}
