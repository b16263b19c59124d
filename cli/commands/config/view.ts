import { loadConfig } from "#node/config/load.js";
import { fileNames, rows, type FileName } from "#node/config/table.js";
import { command } from "../../command.js";
import { opt } from "../../option.js";

interface Line {
  readonly file: FileName;
  readonly name: string;
  readonly value: unknown;
  readonly doc: string;
}

export default command({
  path: "config view",
  summary: "Print the effective values of all settings, with their purpose.",
  args: { file: opt.choice("Only this file.", fileNames as readonly ["config", "app", "client"]) },
  options: { changed: opt.flag("Only what differs from the default.") },
  example: ["config view", "config view client --changed", "config view app -o json"],
  async run({ file, changed }, world) {
    const loaded = loadConfig(world.home, { environment: world.system.environment });
    const lines: Line[] = [];
    for (const name of fileNames) {
      if (file !== undefined && name !== file) continue;
      const values = loaded[name] as Readonly<Record<string, unknown>>;
      for (const [key, setting] of rows(name)) {
        const value = values[key];
        if (!changed || JSON.stringify(value) !== JSON.stringify(setting.fallback)) {
          lines.push({ file: name, name: key, value, doc: setting.doc });
        }
      }
    }
    world.out.rows(lines, [
      { title: "FILE", cell: (line) => line.file },
      { title: "NAME", cell: (line) => line.name },
      { title: "VALUE", cell: (line) => JSON.stringify(line.value) },
      { title: "FOR", cell: (line) => line.doc },
    ]);
  },
});
