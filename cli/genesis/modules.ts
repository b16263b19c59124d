import { toJson } from "#proto/codec/json.js";
import type { MessageName, Messages } from "#proto/codec/message.js";

const SECOND_MS = 1000n;
const DAY_MS = 86_400n * SECOND_MS;

interface ModuleParams {
  readonly usage: Messages["tributary.usage.v1.Params"];
  readonly attribution: Messages["tributary.attribution.v1.Params"];
  readonly payout: Messages["tributary.payout.v1.Params"];
}

/** Seconds and a few blocks, so that a whole story fits into minutes. */
const DEVELOPMENT: ModuleParams = {
  usage: { closeGraceEpochs: 3, depositMin: 1n, privateEndpoints: true },
  attribution: {
    epochBlocks: 10n,
    sampleMax: 16,
    windowBlocks: 20n,
    wholeReceiptsMax: 256,
    batchVouchersMax: 1024,
    settleWorkPerBlock: 400_000,
    linkedBlocks: 1_209_600n,
  },
  payout: {
    holdBackMs: 10n * SECOND_MS,
    accrualMs: 10n * SECOND_MS,
    accrualSteps: 10,
    paymentMin: 1000n,
    rowsPerBlock: 200,
    keyChangeDelayMs: 10n * SECOND_MS,
  },
};

/** Hold-back and accrual of 7 days each; an epoch of an hour, a sample of at most 64, half a day to open it. */
const PRODUCTION: ModuleParams = {
  usage: { closeGraceEpochs: 24, depositMin: 1_000_000n, privateEndpoints: false },
  attribution: { ...DEVELOPMENT.attribution, epochBlocks: 3600n, sampleMax: 64, windowBlocks: 43_200n },
  payout: {
    ...DEVELOPMENT.payout,
    holdBackMs: 7n * DAY_MS,
    accrualMs: 7n * DAY_MS,
    accrualSteps: 168,
    paymentMin: 100_000n,
    keyChangeDelayMs: 7n * DAY_MS,
  },
};

/** The parts of app_state that hold parameters. */
export function moduleGenesis(development: boolean): Readonly<Record<string, unknown>> {
  const { usage, attribution, payout } = development ? DEVELOPMENT : PRODUCTION;
  return {
    usage: params("tributary.usage.v1.Params", usage),
    attribution: params("tributary.attribution.v1.Params", attribution),
    payout: params("tributary.payout.v1.Params", payout),
  };
}

function params<N extends MessageName>(name: N, value: Messages[N]) {
  return { params: toJson(name, value) };
}
