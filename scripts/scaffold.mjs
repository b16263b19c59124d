// Writes the files that CONTRIBUTING.md lists for a new message: `npm run scaffold -- message <module> <Name>`.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import prettier from "prettier";
import { messageFiles } from "./scaffold/message.mjs";

const root = process.cwd(); // npm runs it in the folder of package.json.
const [kind, module, name, ...rest] = process.argv.slice(2);
if (kind !== "message" || name === undefined || rest.length > 0) {
  process.stderr.write("usage: npm run scaffold -- message <module> <Name>, as: message model ArchiveModel\n");
  process.exit(2);
}

const read = (path) => (existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : undefined);
const files = messageFiles(module, name, read);
if (typeof files === "string") {
  process.stderr.write(`${files}\n`);
  process.exit(2);
}
for (const [path, text] of Object.entries(files)) {
  const file = join(root, path);
  const { inferredParser } = await prettier.getFileInfo(file);
  const options = { ...(await prettier.resolveConfig(file)), filepath: file };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, inferredParser === null ? text : await prettier.format(text, options));
  process.stdout.write(`${path}\n`);
}
