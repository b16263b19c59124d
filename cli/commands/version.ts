import { readFileSync } from "node:fs";
import { nativesLoaded } from "#node/runtime/natives.js";
import { command } from "../command.js";
import { opt } from "../option.js";

interface Package {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

export function packageJson(): Package {
  return JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as Package;
}

export default command({
  path: "version",
  summary: "Print the version.",
  options: { long: opt.flag("With Node, platform, natives and dependencies.") },
  example: ["version", "version --long -o json"],
  async run({ long }, world) {
    const { version: number, dependencies } = packageJson();
    const commit = process.env["TRIBD_COMMIT"];
    if (long) {
      const platform = `${process.platform}-${process.arch}`;
      world.out.data({
        name: "tributary",
        server_name: "tribd",
        version: number,
        ...(commit === undefined ? {} : { commit }),
        node: process.version,
        platform,
        natives: nativesLoaded,
        build_deps: dependencies,
      });
    } else if (world.out.format === "json") world.out.data({ version: number });
    else world.out.line(number);
  },
});
