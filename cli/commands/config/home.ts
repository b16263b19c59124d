import { command } from "../../command.js";

export default command({
  path: "config home",
  summary: "Print the home directory: --home, else TRIBD_HOME, else ~/.tribd.",
  example: ["config home"],
  async run(_values, world) {
    world.out.line(world.home.root);
  },
});
