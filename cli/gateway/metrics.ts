import type { MetricTable } from "#node/telemetry/metrics.js";

/** What a gateway measures. Amounts are base units; above 2^53 they lose their last digits, as all of Prometheus' do. */
export const gatewayTable = {
  answers: { kind: "counter", subsystem: "gateway", name: "answers_total", help: "Answers with a receipt." },
  voids: { kind: "counter", subsystem: "gateway", name: "voids_total", help: "Requests that ended without an answer." },
  feesEarned: {
    kind: "counter",
    subsystem: "gateway",
    name: "fees_earned_total",
    help: "Fees of receipts, base units.",
  },
  feesRedeemed: {
    kind: "counter",
    subsystem: "gateway",
    name: "fees_redeemed_total",
    help: "Fees that were redeemed since the start, base units.",
  },
  unredeemed: {
    kind: "gauge",
    subsystem: "gateway",
    name: "fees_unredeemed",
    help: "Signed and not redeemed, base units.",
  },
  credit: {
    kind: "gauge",
    subsystem: "gateway",
    name: "credit_outstanding",
    help: "Answers that no voucher pays for, in flight and done, base units.",
  },
  running: { kind: "gauge", subsystem: "gateway", name: "answers_running", help: "Answers that are being made." },
  unsettled: {
    kind: "gauge",
    subsystem: "gateway",
    name: "batches_unsettled",
    help: "Batches that are to be opened or settled.",
  },
  openingDeadline: {
    kind: "gauge",
    subsystem: "gateway",
    name: "opening_deadline_height",
    help: "Last height of the opening window that was worked on last.",
  },
  chainHeight: { kind: "gauge", subsystem: "gateway", name: "chain_height", help: "Newest block that was seen." },
  upstreamErrors: {
    kind: "counter",
    subsystem: "gateway",
    name: "upstream_errors_total",
    help: "Answers that the model's server did not finish, by the code that the client is told.",
    labels: ["code"],
  },
  added: {
    kind: "histogram",
    subsystem: "gateway",
    name: "added_seconds",
    help: "What an answer took beside the model's server: admission, passages, seal and the sync of its receipt.",
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1],
  },
  responses: {
    kind: "histogram",
    subsystem: "gateway",
    name: "response_seconds",
    help: "From a request to the end of its answer, by status.",
    labels: ["status"],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
  },
} as const satisfies MetricTable;
