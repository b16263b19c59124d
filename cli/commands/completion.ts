import { command } from "../command.js";
import { completionScript, shells } from "../completion.js";
import { must, opt } from "../option.js";

export default command({
  path: "completion",
  summary: "Print the script that completes tribd's commands in a shell.",
  args: { shell: must(opt.choice("The shell.", shells)) },
  example: [
    "completion bash > /etc/bash_completion.d/tribd",
    "completion zsh > ~/.zfunc/_tribd",
    "completion fish > ~/.config/fish/completions/tribd.fish",
  ],
  async run({ shell }, world) {
    const { commandFiles } = await import("../table.js");
    world.system.stdout.write(await completionScript(shell ?? "bash", commandFiles));
  },
});
