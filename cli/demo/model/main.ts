import type { AddressInfo } from "node:net";
import { readModel } from "./files.js";
import { modelServer } from "./server.js";

/** `node main.js <directory> <name>`: serves the model of the directory on a free port, which its first line says. */
const [, , dir = "", name = ""] = process.argv;
const server = modelServer(readModel(dir), name);
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
});
// It hangs on a channel: when the program that started it dies, however it dies, it stops by itself.
process.on("disconnect", () => process.exit(0));
