// docs/reference/rest.md from the tables of node/rpc/rest and the queries of the modules.
import { built, code, page, shell, table } from "./markdown.mjs";

const snake = (name) => name.replace(/[A-Z]/g, (letter, at) => `${at === 0 ? "" : "_"}${letter.toLowerCase()}`);

export async function rest() {
  const [{ baseRoutes }, { txRoutes }, { cosmosQueries }, { queryPaths }, { fieldsOf, isMessageName }] =
    await Promise.all(
      [
        "node/rpc/rest/base",
        "node/rpc/rest/txs",
        "node/rpc/rest/cosmos-queries",
        "state/registry",
        "proto/codec/json",
      ].map(built),
    );
  // The tables are made over what the handlers will ask; listing them asks nothing.
  const own = [...baseRoutes({}), ...txRoutes({}, { limits: {} })].map(({ method, path }) => [method, code(path)]);
  const cosmos = cosmosQueries.map(({ path, service }) => [code(path), code(service)]);
  const ours = queryPaths().flatMap((path) => {
    const match = /^\/tributary\.(\w+)\.(v\d+)\.Query\/(\w+)$/.exec(path);
    if (match === null) return [];
    const [, module, version, method] = match;
    const request = `tributary.${module}.${version}.Query${method}Request`;
    if (!isMessageName(request)) return [];
    const fields = fieldsOf(request).map(({ json }) => json);
    return [[code(`/tributary/${module}/${version}/${snake(method)}`), fields.map(code).join(", ")]];
  });
  return page(
    "REST",
    shell([
      "curl -s http://127.0.0.1:1317/cosmos/base/tendermint/v1beta1/node_info",
      "curl -s http://127.0.0.1:1317/cosmos/bank/v1beta1/supply",
      "curl -s http://127.0.0.1:1317/tributary/datanet/v1/params",
    ]),
    "Served on `api.address` and beside the RPC. JSON as grpc-gateway writes it: snake_case names, 64-bit integers as " +
      "strings, bytes in base64. The header `x-cosmos-block-height` asks an older height and tells which one answered. " +
      "What the Cosmos API has and this chain has not answers 501 as JSON.",
    "## Node, blocks and transactions",
    table(["", "path"], own),
    "## Cosmos queries",
    "`pagination.limit`, `.offset`, `.key`, `.reverse` and `.count_total` page the lists.",
    table(["GET", "is the query"], cosmos),
    "## Our own queries",
    "Fields go into the path in this order, as `/tributary/datanet/v1/contribution/7`, or by name as URL parameters.",
    table(["GET", "fields"], ours),
  );
}
