// A node between the explorer and a real one: it passes everything on, and flips a byte of what it is told to.
import { createServer } from "node:http";

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
