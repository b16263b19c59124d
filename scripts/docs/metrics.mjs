// docs/reference/metrics.md from the tables of what is measured.
import { built, code, page, shell, table } from "./markdown.mjs";

const TABLES = [
  "node/telemetry/tables/consensus",
  "node/telemetry/tables/node",
  "node/indexer/metrics",
  "node/rpc/metrics",
];

export async function metrics() {
  const rows = [];
  for (const path of TABLES) {
    for (const [name, entries] of Object.entries(await built(path))) {
      if (name.endsWith("Table")) rows.push(...Object.values(entries));
    }
  }
  const lines = rows.map(({ kind, subsystem, name, help, labels = [] }) => [
    code(`${subsystem}_${name}`),
    kind,
    labels.map(code).join(", "),
    help,
  ]);
  return page(
    "Metrics",
    shell([
      "tribd start --instrumentation.prometheus true",
      "curl -s http://127.0.0.1:26660/metrics | grep cometbft_consensus_height",
    ]),
    "Off until `instrumentation.prometheus` is true. Each name begins with `instrumentation.namespace` (`cometbft`, so that " +
      "known dashboards work) and has the label `chain_id`. Node's own process metrics (`process_`, `nodejs_`) come with " +
      "them. Names are frozen.",
    table(["name", "kind", "labels", "what it is"], lines),
  );
}
