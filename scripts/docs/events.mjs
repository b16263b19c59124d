// docs/reference/events.md from the places that emit: an event's type and attributes are written out there.
import ts from "typescript";
import { code, page, shell, source, sourcesBelow, table } from "./markdown.mjs";

const PUBLISHED = "node/rpc/events/node-events.ts";

/** Names of an object literal's properties; a spread shows as dots. */
function attributes(node) {
  if (node === undefined || !ts.isObjectLiteralExpression(node)) return [];
  return node.properties.map((property) => (ts.isSpreadAssignment(property) ? "..." : property.name.getText()));
}

/** Every `emit("type", {...})` below state: attributes by type. */
function emitted() {
  const found = new Map();
  for (const path of sourcesBelow("state")) {
    const file = ts.createSourceFile(path, source(path), ts.ScriptTarget.Latest, true);
    const visit = (node) => {
      if (ts.isCallExpression(node) && /(^|\.)emit$/.test(node.expression.getText())) {
        const [type, values] = node.arguments;
        if (type !== undefined && ts.isStringLiteral(type)) {
          const known = found.get(type.text) ?? new Set();
          for (const name of attributes(values)) known.add(name);
          found.set(type.text, known);
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Kinds that a subscriber can ask for. */
function published() {
  const list = /EVENT_NAMES = \[([^\]]*)\]/.exec(source(PUBLISHED))[1];
  return [...list.matchAll(/"(\w+)"/g)].map(([, name]) => name);
}

export function events() {
  const all = emitted();
  const rows = (wanted) => wanted.map(([type, names]) => [code(type), [...names].map(code).join(", ")]);
  return page(
    "Events",
    shell([
      `tribd query txs --query "message.action='/cosmos.bank.v1beta1.MsgSend' AND tx.height>5"`,
      `tribd query txs --query "datanet.complete.contribution_id='7'"`,
      `curl -s 'http://127.0.0.1:26657/block_search?query="payout.paid.amount%20EXISTS"'`,
    ]),
    "Every change of state leaves an event, and every change of a balance a `transfer` or `burn` with it. Transactions are " +
      "found by `type.attribute`, blocks by the events of their begin and end. Queries know `= < <= > >= CONTAINS EXISTS` " +
      "and `AND`; `tx.hash`, `tx.height` and `block.height` stand beside the attributes.",
    "## Of this chain",
    table(["type", "attributes"], rows(all.filter(([type]) => type.includes(".")))),
    "## As every Cosmos chain has them",
    table(["type", "attributes"], rows(all.filter(([type]) => !type.includes(".")))),
    "## Subscriptions",
    "On the WebSocket, `subscribe` with `tm.event='NewBlock'` and the like:",
    published()
      .map((name) => code(name))
      .join(", ") + ".",
  );
}
