// docs/reference/metrics.md from the tables of what is measured.
import { built, code, page, shell, source, sourcesBelow, table } from "./markdown.mjs";

const TABLES = [
  "node/telemetry/tables/consensus",
  "node/telemetry/tables/node",
  "node/indexer/metrics",
  "node/rpc/metrics",
];

/** Handles that are written to, as "table.row": a row without a writer would stay at nothing for ever. */
function written() {
  const found = new Set();
  for (const path of sourcesBelow("node")) {
    const text = source(path);
    const variables = [...text.matchAll(/const (\w+) = registry\.register\((\w+Table)\)/g)].map(([, name, of]) => [
      name,
      of,
    ]);
    const [, of] = /typeof (\w+Table)|export const (\w+Table)/.exec(text)?.filter(Boolean) ?? [];
    if (of !== undefined) variables.push(["handles", of]);
    for (const [variable, name] of variables) {
      for (const [, row] of text.matchAll(new RegExp(`\\b${variable}\\.(\\w+)\\.(?:set|inc|observe)\\(`, "g"))) {
        found.add(`${name}.${row}`);
      }
    }
  }
  return found;
}

export async function metrics() {
  const live = written();
  const rows = [];
  for (const path of TABLES) {
    for (const [name, entries] of Object.entries(await built(path))) {
      if (name.endsWith("Table")) {
        for (const [key, row] of Object.entries(entries)) rows.push({ ...row, live: live.has(`${name}.${key}`) });
      }
    }
  }
  const lines = (wanted) =>
    wanted.map(({ kind, subsystem, name, help, labels = [] }) => [
      code(`${subsystem}_${name}`),
      kind,
      labels.map(code).join(", "),
      help,
    ]);
  const titles = ["name", "kind", "labels", "what it is"];
  const silent = rows.filter((row) => !row.live);
  return page(
    "Metrics",
    shell([
      "tribd start --instrumentation.prometheus true",
      "curl -s http://127.0.0.1:26660/metrics | grep cometbft_consensus_height",
    ]),
    "Off until `instrumentation.prometheus` is true. Each name begins with `instrumentation.namespace` (`cometbft`, so that " +
      "known dashboards work) and has the label `chain_id`. Node's own process metrics (`process_`, `nodejs_`) come with " +
      "them. Names are frozen.",
    table(titles, lines(rows.filter((row) => row.live))),
    ...(silent.length === 0
      ? []
      : [
          "## Named, not measured yet",
          "The names are kept for CometBFT's dashboards; nothing writes them in this version, so do not alert on them.",
          table(titles, lines(silent)),
        ]),
  );
}
