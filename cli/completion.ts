import { flagName, type Options } from "./option.js";
import { habits } from "./habits.js";
import { allCommands, type CommandFile } from "./registry.js";
import { globalOptions } from "./run.js";

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

/** Continuations of each prefix of words: the next words, or the flags of a command. */
export async function completions(files: readonly CommandFile[]): Promise<Map<string, readonly string[]>> {
  const table = new Map<string, Set<string>>();
  const add = (prefix: string, word: string): void => {
    const words = table.get(prefix) ?? new Set<string>();
    words.add(word);
    table.set(prefix, words);
  };
  for (const { path, options: own } of await allCommands(files)) {
    const words = path.split(" ");
    for (let i = 0; i < words.length; i++) add(words.slice(0, i).join(" "), words[i]!);
    const options: Options = { ...(own as Options | undefined), ...globalOptions };
    for (const name of Object.keys(options)) add(path, `--${flagName(name)}`);
  }
  for (const [typed, habit] of Object.entries(habits)) {
    if ("says" in habit) continue;
    for (const [prefix, words] of [...table]) {
      if (prefix === habit.means || prefix.startsWith(`${habit.means} `)) {
        table.set(typed + prefix.slice(habit.means.length), words);
      }
    }
  }
  return new Map([...table].sort(([a], [b]) => (a < b ? -1 : 1)).map(([prefix, words]) => [prefix, [...words]]));
}

export async function completionScript(shell: Shell, files: readonly CommandFile[]): Promise<string> {
  const table = await completions(files);
  if (shell === "fish") return fish(table);
  const bash = bashScript(table);
  return shell === "bash" ? bash : `#compdef tribd\nautoload -U +X bashcompinit && bashcompinit\n${bash}`;
}

/** Words before the cursor, flags left out, select the row. */
function bashScript(table: ReadonlyMap<string, readonly string[]>): string {
  const rows = [...table].map(([prefix, words]) => `    "${prefix}") choices="${words.join(" ")}" ;;`);
  return `# tribd completion: source it, or put it where your shell looks for completions.
_tribd() {
  local current="\${COMP_WORDS[COMP_CWORD]}" line="" choices="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in -*) ;; *) line="\${line:+$line }\${COMP_WORDS[i]}" ;; esac
  done
  while [ -n "$line" ]; do _tribd_choices "$line"; [ -n "$choices" ] && break; case "$line" in *" "*) line="\${line% *}" ;; *) line="" ;; esac; done
  [ -z "$choices" ] && _tribd_choices ""
  COMPREPLY=($(compgen -W "$choices" -- "$current"))
}
_tribd_choices() {
  case "$1" in
${rows.join("\n")}
  esac
}
complete -o default -F _tribd tribd
`;
}

function fish(table: ReadonlyMap<string, readonly string[]>): string {
  const lines = ["# tribd completion", "complete -c tribd -f"];
  for (const [prefix, words] of table) {
    const test = prefix === "" ? "__fish_use_subcommand" : `string match -q -- 'tribd ${prefix}*' (commandline -cp)`;
    const plain = words.filter((word) => !word.startsWith("--"));
    if (plain.length > 0) lines.push(`complete -c tribd -n "${test}" -a "${plain.join(" ")}"`);
    for (const flag of words.filter((word) => word.startsWith("--"))) {
      lines.push(`complete -c tribd -n "${test}" -l ${flag.slice(2)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
