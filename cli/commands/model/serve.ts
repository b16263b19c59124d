import type { AddressInfo } from "node:net";
import { utf8Text } from "#proto/bytes.js";
import { parseEndpoint } from "#node/config/kinds.js";
import { command } from "../../command.js";
import { findFiles, readContribution, type FileChoice } from "../../contribute/files.js";
import { usage } from "../../fault.js";
import { modelServer } from "../../ngram/server.js";
import { train } from "../../ngram/train.js";
import { must, opt, withDefault } from "../../option.js";
import { untilStopped } from "../../running.js";

const CHOICE: FileChoice = { include: [], exclude: [], format: "auto", records: "file", field: [] };

export default command({
  path: "model serve",
  summary: "Train a small n-gram model on texts and serve it with the chat API of OpenAI.",
  details:
    "To try a gateway without another model server. It continues the words in quotation marks, or those behind the last colon, as its texts would; with a passage between <source> and </source> it goes by the passage alone. It knows nothing of the chain.",
  args: {
    paths: { ...must(opt.list("Files, or folders with files.", "path", (text) => text)), required: true },
  },
  options: {
    name: withDefault(opt.text("Name by which it is asked for.", "name"), "ngram"),
    listen: withDefault(opt.text("Address to listen on; port 0: any free one.", "address"), "127.0.0.1:8081"),
  },
  example: ["model serve texts/", "model serve texts/ --name valley --listen 127.0.0.1:8082"],
  async run({ paths, name, listen }, world) {
    const endpoint = parseEndpoint(listen);
    if (endpoint === undefined) throw usage(`--listen ${listen} is not an address`, "like 127.0.0.1:8081");
    const { named, below, leftOut } = findFiles(paths, CHOICE);
    for (const why of leftOut) world.out.warn(why);
    const texts = [...named, ...below].map((path) =>
      readContribution(path, CHOICE)
        .records.map((record) => utf8Text(record) ?? "")
        .join("\n"),
    );
    if (texts.length === 0) throw usage("no file with text is there to train on");
    const server = modelServer(train(texts), name);
    return await untilStopped("model server", world, async (life) => {
      life.opened("the model's server", () => {
        server.closeAllConnections();
        server.close();
      });
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(endpoint.port, endpoint.host, resolve);
      });
      const { port } = server.address() as AddressInfo;
      const url = `http://${endpoint.host}:${port}/v1`;
      world.out.data(
        { model: name, url, texts: texts.length },
        () => `${name}, trained on ${texts.length} texts, answers at ${url}`,
      );
    });
  },
});
