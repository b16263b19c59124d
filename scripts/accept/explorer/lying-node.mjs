// A node between the explorer and a real one: it passes everything on, and flips a byte of what it is told to.
import { createServer } from "node:http";
import { built } from "../../docs/markdown.mjs";

/** @param node RPC of the real one @returns { url, flip, close }: `flip` is undefined, or what to change in an answer */
export async function lyingNode(node) {
  const state = { flip: undefined, flipped: 0 };
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    try {
      const call = JSON.parse(Buffer.concat(chunks).toString());
      const answer = await fetch(node, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(call),
      });
      const told = await answer.json();
      if (state.flip?.(call, told) === true) state.flipped++;
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(told));
    } catch (error) {
      response
        .writeHead(502)
        .end(JSON.stringify({ jsonrpc: "2.0", id: 1, error: { code: -32603, message: String(error) } }));
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(state, {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
}

const flippedBase64 = (text) => {
  const bytes = Buffer.from(text, "base64");
  bytes[Math.floor(bytes.length / 2)] ^= 1;
  return bytes.toString("base64");
};

/** Lies of a node, by name: each changes one byte of what a recomputation rests on. */
export const LIES = {
  "a value of the state": ({ method, params }, { result }) => {
    if (method !== "abci_query" || params.path !== "/store/state/key" || !result.response.value) return false;
    result.response.value = flippedBase64(result.response.value);
    return true;
  },
  "a proof": ({ method, params }, { result }) => {
    const [op] = result?.response?.proofOps?.ops ?? [];
    if (method !== "abci_query" || params.path !== "/store/state/key" || op === undefined) return false;
    op.data = flippedBase64(op.data);
    return true;
  },
  "a header": ({ method }, { result }) => {
    if (method !== "light_block") return false;
    result.header = flippedBase64(result.header);
    return true;
  },
};

/** Markup, a turn of direction, C1 controls, a line of its own; a megabyte of it. */
const HOSTILE = `<img src=x onerror=alert(1)><script>alert(2)</script>\u202e\u0085\u009b31m\n"'`;

/** A datanet whose title and slug no chain would take: what a page does with a node that makes them up. */
export async function hostileDatanet() {
  const { message } = await built("proto/codec/message");
  const codec = message("tributary.datanet.v1.QueryDatanetResponse");
  const text = HOSTILE.repeat(Math.ceil(1_000_000 / HOSTILE.length));
  return ({ method, params }, { result }) => {
    if (method !== "abci_query" || params.path !== "/tributary.datanet.v1.Query/Datanet") return false;
    const answer = codec.decode(Buffer.from(result.response.value, "base64"));
    const datanet = { ...answer.datanet, title: text, slug: text, cardUri: `javascript:${text}`, mediaTypes: [text] };
    result.response.value = Buffer.from(codec.encode({ ...answer, datanet })).toString("base64");
    return true;
  };
}
