import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Program } from "./program.js";

/** The file of `tribd`. */
export const TRIBD = fileURLToPath(new URL("../../main.js", import.meta.url));

/** One validator as a process of its own. */
export class NodeProcess extends Program {
  readonly home: string;

  constructor(name: string, home: string) {
    super(name, [TRIBD, "start", "--home", home], join(home, "node.log"));
    this.home = home;
  }
}
