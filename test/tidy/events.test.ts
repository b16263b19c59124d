import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { useNatives } from "#node/runtime/natives.js";
import { modules } from "#state/registry.js";
import { everyEvent } from "../unit/state/every-event.js";
import { root } from "./sources.js";

useNatives();

/** Rows of the tables of docs/reference/events.md: attributes by type. */
function documented(): Map<string, readonly string[]> {
  const page = readFileSync(join(root, "docs/reference/events.md"), "utf8");
  const rows = [...page.matchAll(/^\| `([a-z_.]+)` \| (.+) \|$/gm)];
  return new Map(
    rows.map(([, type, attributes]) => [type!, [...attributes!.matchAll(/`(\w+)`/g)].map((of) => of[1]!).sort()]),
  );
}

/** Their handlers refuse them by name in this version. */
const INACTIVE = [
  "/cosmos.staking.v1beta1.MsgBeginRedelegate",
  "/tributary.attribution.v1.MsgCommitScores",
  "/tributary.attribution.v1.MsgRegisterAttestor",
  "/tributary.attribution.v1.MsgRevealScores",
  "/tributary.model.v1.MsgAmendLineage",
];

test("chains that take every message emit every event of the docs with its attributes, and no other", () => {
  const { attributes, actions } = everyEvent();
  const messages = modules.flatMap((module) => module.messages.map(({ typeUrl }) => typeUrl as string));
  assert.deepEqual(messages.filter((url) => !actions.has(url)).sort(), INACTIVE);
  const shown = documented();
  assert.deepEqual(new Map([...attributes].map(([type, names]) => [type, [...names].sort()])), shown);
});
