import { CliFault, usage } from "./fault.js";
import type { World } from "./world.js";

/**
 * The one place that decides whether a person consents to what signs, publishes or destroys: --yes, or a yes at a terminal.
 * A pipe cannot consent: its text may answer another question.
 * @param what happens, as the question asks it
 */
export async function confirm(world: World, what: string): Promise<void> {
  if (world.yes) return;
  if (!world.prompt.isTerminal) throw usage(`not confirmed: ${what}`, "pass --yes to consent without a terminal");
  if (await world.prompt.confirm(what)) return;
  throw new CliFault("not_confirmed", "not confirmed: nothing was changed", {
    fix: "--yes consents without a question",
  });
}

/** An irreversible action needs the name of the lost object, typed or given with --confirm. */
export async function confirmByName(
  world: World,
  confirmed: string | undefined,
  name: string,
  warning: string,
): Promise<void> {
  if (world.yes || confirmed === name) return;
  if (confirmed !== undefined) throw usage(`--confirm ${confirmed} is not "${name}": nothing was done`);
  world.out.warn(warning);
  const flags = `pass --yes or --confirm "${name}" to consent without a terminal`;
  if (!world.prompt.isTerminal) throw usage(`not confirmed: ${warning}`, flags);
  if ((await world.prompt.line(`Type "${name}" to go on: `)).trim() === name) return;
  throw new CliFault("not_confirmed", "not confirmed: nothing was changed", { fix: flags });
}
