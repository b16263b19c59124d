// docs/reference/metrics.md from the tables of what is measured.
import { built, code, page, shell, table } from "./markdown.mjs";

const TABLES = [
  "node/telemetry/tables/consensus",
  "node/telemetry/tables/node",
  "node/indexer/metrics",
  "node/rpc/metrics",
];

/** Rows of the tables of these modules. @param prefix of the names, as they are written out */
async function lines(paths, prefix) {
  const rows = [];
  for (const path of paths) {
    for (const [name, entries] of Object.entries(await built(path))) {
      if (name.endsWith("Table")) rows.push(...Object.values(entries));
    }
  }
  return rows.map(({ kind, subsystem, name, help, labels = [] }) => [
    code(`${prefix}${subsystem}_${name}`),
    kind,
    labels.map(code).join(", "),
    help,
  ]);
}

const TITLES = ["name", "kind", "labels", "what it is"];

export async function metrics() {
  return page(
    "Metrics",
    shell([
      "tribd start --instrumentation.prometheus true",
      "curl -s http://127.0.0.1:26660/metrics | grep cometbft_consensus_height",
    ]),
    "Off until `instrumentation.prometheus` is true. Each name begins with `instrumentation.namespace` (`cometbft`, so that " +
      "known dashboards work) and has the label `chain_id`. Node's own process metrics (`process_`, `nodejs_`) come with " +
      "them. Names are frozen.",
    table(TITLES, await lines(TABLES, "")),
    "## Of a gateway",
    "At the address of `tribd gateway --metrics-listen`, whole names. Amounts are base units.",
    table(TITLES, await lines(["cli/gateway/metrics"], "tributary_")),
  );
}
