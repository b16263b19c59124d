import { connect, nodeOptions } from "../client.js";
import { command } from "../command.js";
import { keyringOptions } from "../keyring/open.js";
import { opt } from "../option.js";
import { watchEarnings } from "../statement/follow.js";
import { accountArgument, accountText } from "./query/account-argument.js";

export default command({
  path: "earnings",
  summary: "Show what an owner was paid and is owed, and with --follow each earning and payment as it happens.",
  details: `With -o json one object a line: time in unix milliseconds, amounts in billionths of the base unit.
tribd query payout statement says for what, and when the rest comes.`,
  args: { owner: accountArgument },
  options: {
    follow: opt.flag("Go on until Ctrl-C."),
    seconds: opt.integer("Go on for so long.", 1, 31_536_000),
    ...keyringOptions,
    ...nodeOptions,
  },
  example: ["earnings alice", "earnings alice --follow", "earnings alice --seconds 5 -o json"],
  async run(values, world) {
    const address = accountText(values.owner, values, world);
    const asked = { node: connect(values, world), at: {}, isFirstPage: true };
    const { follow, seconds } = values;
    const untilMs = seconds === undefined ? Infinity : world.system.now() + 1_000 * seconds;
    await watchEarnings(address, asked, follow || seconds !== undefined ? { untilMs } : undefined, world);
  },
});
