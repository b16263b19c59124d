import { command } from "../command.js";
import { opt, withDefault } from "../option.js";

export default command({
  path: "demo",
  summary: "Run four validators and the whole story on this machine: texts in, answers out, everybody paid.",
  details:
    "Homes are made anew below --dir; keys of the role accounts are public, the chain id is tributary-dev-1. Progress goes to stderr, the statement to stdout; with --json stdout holds one object. The chain runs on until Ctrl-C unless --exit is given.",
  options: {
    seed: withDefault(opt.text("The same seed gives the same questions.", "text"), "tributary"),
    dir: withDefault(opt.text("Where the homes go; what is there is wiped.", "dir"), ".localnet"),
    port: withDefault(
      opt.integer("RPC of the first validator; the next free ports when taken.", 1025, 60_000, "port"),
      26_657,
    ),
    exit: opt.flag("End after the story."),
    chaos: opt.flag("Kill one validator on the way and bring it back."),
  },
  example: ["demo", "demo --exit --json", "demo --chaos --seed 7"],
  async run(values, world) {
    const { runDemo } = await import("../demo/demo.js");
    return await runDemo(values, world);
  },
});
