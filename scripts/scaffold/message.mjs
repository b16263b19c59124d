// The files of a new message, with the message in them. The chain refuses it by name until its handler is written.

const kebabOf = (name) => name.replace(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
const camelOf = (name) => name[0].toLowerCase() + name.slice(1);

/** `text` with `added` before the first match of `mark`. */
function before(text, mark, added) {
  const at = text.search(mark);
  return text.slice(0, at) + added + text.slice(at);
}

function afterImports(text, added) {
  const last = [...text.matchAll(/^(?:import|\}) .*from ".*";\n/gm)].at(-1);
  const at = last.index + last[0].length;
  return text.slice(0, at) + added + text.slice(at);
}

/**
 * @param {(path: string) => string | undefined} read a file of the repository
 * @returns {Record<string, string> | string} the text of every file to write, by path; or the reason for a refusal
 */
export function messageFiles(module, name, read) {
  if (!/^[A-Z][a-z0-9]*([A-Z][a-z0-9]+)*$/.test(name) || name.startsWith("Msg")) {
    return `"${name}" is not a message's name: like ArchiveModel, without Msg`;
  }
  const schema = `proto/schema/tributary/${module}/v1/tx.proto`;
  const schemaText = read(schema);
  if (schemaText === undefined) {
    return `${schema} does not exist: messages of the Cosmos SDK are rows of proto/tx/cosmos-messages.ts`;
  }
  const [handler, words] = [camelOf(name), kebabOf(name)];
  const message = `tributary.${module}.v1.Msg${name}`;
  const folder = `state/modules/${module}`;
  const inFolder = read(`${folder}/messages/index.ts`) !== undefined;
  const table = inFolder ? `${folder}/messages/index.ts` : `${folder}/messages.ts`;
  const handlerFile = inFolder ? `${folder}/messages/${words}.ts` : `${folder}/${words}.ts`;
  const up = inFolder ? "../../.." : "../..";
  const readme = `${folder}/README.md`;
  const commands = `cli/commands/tx/${module}.ts`;
  const testFile = `test/unit/state/modules/${module}-${words}.test.ts`;
  if (schemaText.includes(`message Msg${name} `)) return `${schema} has Msg${name} already`;
  const taken = [handlerFile, testFile].find((path) => read(path) !== undefined);
  if (taken !== undefined) return `${taken} exists already`;
  return {
    [schema]: `${schemaText}
message Msg${name} {
  string signer = 1;
}
message Msg${name}Response {}
`,
    [handlerFile]: `import { reject, type Rejection } from "#proto/rejection.js";
import type { Messages } from "#proto/codec/message.js";
import { sdkErrors } from "#proto/tx/errors.js";
import type { Context } from "${up}/context.js";

/** Needs, effects and rejections: README, ${name}. */
export function ${handler}(_context: Context, msg: Messages["${message}"]): Rejection {
  return reject(sdkErrors.notSupported, { signer: msg.signer, why: "Msg${name} is not active on this chain" });
}
`,
    [table]: before(
      afterImports(read(table), `import { ${handler} } from "./${words}.js";\n`),
      /^\];/m,
      `  ownMessage("${message}", ({ signer }) => signer, ${handler}),\n`,
    ),
    [readme]: before(
      read(readme),
      /^## (?:Queries|Cost|End of block|Invariants)/m,
      `## ${name}

Needs: not specified yet.
Does: nothing.
Refuses: notSupported(37) of codespace \`sdk\`.

`,
    ),
    [commands]: before(
      read(commands),
      /^\];/m,
      `  messageCommand({
    path: "tx ${module} ${words}",
    message: "${message}",
    summary: "Not active on this chain.",
    example: ["tx ${module} ${words} --from bob"],
  }),
`,
    ),
    [testFile]: `import assert from "node:assert/strict";
import { test } from "node:test";
import { ownAny } from "#proto/tx/build.js";
import { person, World } from "../world.js";

test("${name} is refused by name", () => {
  const alice = person("alice");
  const world = new World({ alice: 10n ** 9n });
  const result = world.run(alice, [ownAny("${message}", { signer: alice.text })]);
  assert.equal(\`\${result.codespace}/\${result.code}\`, "sdk/37");
  assert.match(result.log, /Msg${name}/);
});
`,
  };
}
