// docs/reference/rpc.md from the route table.
import { built, code, page, shell, table } from "./markdown.mjs";

const KINDS = [
  ["height", "a decimal string or number; in a URL bare or quoted. 0 is the latest"],
  ["count", "a whole number, likewise"],
  ["bool", "true or false"],
  ["text", 'a string; in a URL quoted, as `query="tx.height>5"`'],
  ["bytes", "base64; in a URL 0x and hex"],
  ["hexBytes", "hex without 0x; in a URL 0x and hex"],
];

export async function rpc() {
  const [{ routes }, { rpcErrorCodes }] = await Promise.all(["proto/rpc/routes", "proto/rpc/errors"].map(built));
  const params = (route) =>
    Object.entries(route.params).map(
      ([name, { kind, optional, doc }]) => `${code(`${name}${optional ? "?" : ""}: ${kind}`)} ${doc}`,
    );
  const all = Object.entries(routes);
  const rows = (wanted) => wanted.map(([name, route]) => [code(name), route.doc, params(route).join("<br>")]);
  return page(
    "JSON-RPC",
    shell([
      "curl -s http://127.0.0.1:26657/status",
      "curl -s 'http://127.0.0.1:26657/block?height=1'",
      `curl -s http://127.0.0.1:26657 -d '{"jsonrpc":"2.0","id":1,"method":"block","params":{"height":"1"}}'`,
    ]),
    "CometBFT 0.38's methods and shapes, over POST, as `GET /<method>?name=value`, and on the WebSocket at `/websocket`. " +
      "64-bit integers are decimal strings, hashes and addresses upper-case hex, other bytes base64, times RFC 3339. " +
      "Answers are typed in [proto/rpc/results.ts](../../proto/rpc/results.ts); `GET /` lists the methods as links. " +
      "`light_block` and `raw_block` are ours.",
    "`GET /health` is 200 while the process can make progress, `GET /ready` while it has caught up; else 503 and a reason.",
    "## Methods",
    table(
      ["method", "answers", "parameters (? may be left out)"],
      rows(all.filter(([, { socketOnly }]) => !socketOnly)),
    ),
    "## Only on the WebSocket",
    "What can be subscribed to is in [events.md](events.md).",
    table(["method", "answers", "parameters"], rows(all.filter(([, { socketOnly }]) => socketOnly))),
    "## Kinds of parameters",
    table(["kind", "how it is written"], KINDS),
    "## Errors",
    "The sentence for a person is in `data`; `message` is fixed by the code.",
    table(["code", "message"], Object.values(rpcErrorCodes)),
  );
}
