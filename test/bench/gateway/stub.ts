import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * `node stub.js <words>`: a model's server that answers with these words, at once: what is left is the way there and back. Its
 * first line says its port.
 */
const WORDS = (process.argv[2] ?? "").split(" ");
const head = { id: "chatcmpl-stub", created: 0, model: "union-ngram" };
const chunk = (delta: object, finish: string | null): string =>
  `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const STREAM = `${WORDS.map((word) => chunk({ content: `${word} ` }, null)).join("")}${chunk({}, "stop")}data: [DONE]\n\n`;

const server = createServer((request, response) => {
  request.resume().on("end", () => {
    if (request.url === "/v1/models") {
      response.end(JSON.stringify({ object: "list", data: [{ id: head.model, object: "model" }] }));
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream" }).end(STREAM);
  });
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`stub answers at http://127.0.0.1:${(server.address() as AddressInfo).port}/v1\n`);
});
process.on("disconnect", () => process.exit(0));
