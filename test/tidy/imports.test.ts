import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, posix } from "node:path";
import { test } from "node:test";
import { folders, imports, root, sources } from "./sources.js";

const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  proto: [],
  state: ["proto"],
  consensus: ["proto"],
  p2p: ["proto"],
  node: ["proto", "state", "consensus", "p2p"],
  cli: ["proto", "node"],
  test: ["proto", "state", "consensus", "p2p", "node", "cli"],
};

/** Rooms of node that do not see each other; node.ts, chain.ts and drive.ts are the joints. */
const SEALED = [
  "storage",
  "mempool",
  "evidence",
  "sync",
  "signer",
  "gossip",
  "indexer",
  "rpc",
  "telemetry",
  "explorer",
];

test("every top-level folder has a row", () => {
  assert.deepEqual(Object.keys(MAY_IMPORT), [...folders]);
});

for (const folder of folders) {
  test(`${folder} imports only ${MAY_IMPORT[folder]!.join(", ") || "nothing of ours"}`, () => {
    for (const { path, text } of sources(folder)) {
      for (const to of imports(text)) {
        if (to.startsWith("#")) {
          const target = to.slice(1).split("/")[0]!;
          assert.ok(target !== folder || folder === "test", `${path} imports ${to}: relative inside a folder`);
          assert.ok(target === folder || MAY_IMPORT[folder]!.includes(target), `${path} imports ${to}`);
        } else if (to.startsWith(".")) {
          const target = posix.join(posix.dirname(path), to);
          assert.ok(target.startsWith(`${folder}/`), `${path} imports ${to}: leaves its folder without a #`);
        }
      }
    }
  });
}

test("the root of node holds node.ts, and its README names every room", () => {
  const entries = readdirSync(join(root, "node"), { withFileTypes: true });
  const names = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  assert.deepEqual(names.sort(), ["README.md", "node.ts"]);
  const readme = readFileSync(join(root, "node/README.md"), "utf8");
  const rooms = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  assert.deepEqual([...readme.matchAll(/^\| `(\w+)\/`/gm)].map(([, name]) => name!).sort(), rooms.sort());
});

test("every top-level folder says what lives in it", () => {
  for (const folder of [...folders, "docs", "scripts", "deploy"]) {
    assert.ok(existsSync(join(root, folder, "README.md")), `${folder} has no README.md`);
  }
});

test("rooms of node are sealed from each other", () => {
  for (const { path, text } of sources("node")) {
    const room = path.split("/")[1]!;
    if (!SEALED.includes(room)) continue;
    for (const to of imports(text)) {
      if (!to.startsWith(".")) continue;
      const target = posix.join(posix.dirname(path), to).split("/")[1]!;
      assert.ok(
        target === room || target === "runtime",
        `${path} imports ${to}: rooms of node meet only in node.ts, chain.ts, drive.ts`,
      );
    }
  }
});

test("only proto/codec opens generated code", () => {
  for (const { path, text } of sources(...folders)) {
    if (path.startsWith("proto/codec/")) continue;
    for (const to of imports(text)) assert.ok(!/(^|\/)gen\//.test(to), `${path} imports ${to}: ask proto/codec`);
  }
});

/** What the page is made with: bundled by the build, imported by nothing else. */
const OF_THE_PAGE = ["preact", "uplot"];

test("the explorer's page imports proto, what is pure beside it, and its own libraries", () => {
  const page = sources("node").filter(({ path }) => path.startsWith("node/explorer/web/"));
  assert.ok(page.length > 40);
  for (const { path, text } of page) {
    for (const to of imports(text)) {
      if (to.startsWith("#")) assert.ok(to.startsWith("#proto/"), `${path} imports ${to}`);
      if (!to.startsWith(".")) continue;
      const target = posix.join(posix.dirname(path), to);
      assert.match(target, /^node\/explorer\/(web|present)\//, `${path} imports ${to}`);
    }
  }
});

test("tests are not imported, and the product imports only production dependencies", () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const installed = new Set(Object.keys(dependencies));
  for (const { path, text } of sources("proto", "state", "consensus", "p2p", "node", "cli")) {
    for (const to of imports(text)) {
      assert.ok(!to.startsWith("#test/"), `${path} imports ${to}`);
      if (/^(#|\.|node:)/.test(to)) continue;
      const name = to.split("/", to.startsWith("@") ? 2 : 1).join("/");
      const isPage = path.startsWith("node/explorer/web/") && OF_THE_PAGE.includes(name);
      const isOptional = path === "cli/demo/story/steps/ask.ts" && name === "openai"; // It says what to install.
      assert.ok(isPage || isOptional || installed.has(name), `${path} imports ${to}`);
    }
  }
});
