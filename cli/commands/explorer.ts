import { parseEndpoint } from "#node/config/kinds.js";
import { startExplorer } from "#node/explorer/serve.js";
import { isLoopback } from "#node/explorer/proxy.js";
import { hostAndPort } from "#node/runtime/listen.js";
import { authorization, nodeOptions, nodeUrl } from "../client.js";
import { command } from "../command.js";
import { usage } from "../fault.js";
import { opt, withDefault } from "../option.js";
import { untilStopped } from "../running.js";

export default command({
  path: "explorer",
  summary: "Show the chain in the browser: earnings and why, datanets, models, blocks, validators.",
  details:
    "Serves one page on this machine and passes its calls on to the node, reading methods alone. Nothing else is asked, and\n" +
    "texts that are dropped into the page stay in it. A node with REST serves the same page there: api.address.",
  options: {
    listen: withDefault(opt.text("Where the page is served; port 0 is a free one.", "address"), "127.0.0.1:8088"),
    ...nodeOptions,
  },
  example: ["explorer", "explorer --node https://rpc.example.org", "explorer --listen 127.0.0.1:0"],
  run(values, world) {
    const address = parseEndpoint(values.listen);
    if (address === undefined) {
      throw usage(`--listen ${values.listen} is not an address`, "a host and a port, like 127.0.0.1:8088");
    }
    const url = nodeUrl(values.node);
    return untilStopped("explorer", world, async (life) => {
      const node = { url, headers: authorization(values.node) };
      const server = await startExplorer({ ...address, setting: "--listen", node, fetch: world.system.fetch });
      life.opened("explorer", () => server.close());
      const page = `http://${hostAndPort({ host: address.host, port: server.port })}`;
      world.out.data({ explorer: page, node: url }, () => `Explorer  ${page}\nNode      ${url}\nCtrl-C ends it.`);
      if (!isLoopback(address.host)) {
        world.out.warn(`everybody who reaches ${page} reads the node through it`);
      }
    });
  },
});
