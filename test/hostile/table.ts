import type { Adversary } from "./adversary.js";
import { asyncGarbage } from "./adversaries/async-garbage.js";
import { busyStrangers } from "./adversaries/busy-strangers.js";
import { dearest } from "./adversaries/dearest-refused.js";
import { forgedPolkas } from "./adversaries/forged-polkas.js";
import { frozenValidator } from "./adversaries/frozen-validator.js";
import { halfOpen } from "./adversaries/half-open.js";
import { hollowBatches } from "./adversaries/hollow-batches.js";
import { lyingSync } from "./adversaries/lying-sync.js";
import { noPing } from "./adversaries/no-ping.js";
import { oneIdentity } from "./adversaries/one-identity.js";
import { restVerbatim } from "./adversaries/rest-verbatim.js";
import { searches } from "./adversaries/searches.js";
import { silentCut } from "./adversaries/silent-cut.js";
import { txStorm } from "./adversaries/tx-storm.js";
import { unfinishedBodies } from "./adversaries/unfinished-bodies.js";
import { unreadGenesis } from "./adversaries/unread-genesis.js";
import { upgradeReset } from "./adversaries/upgrade-reset.js";
import { yamuxBadFrame } from "./adversaries/yamux-bad-frame.js";

/** In the order in which a run faces them. Each is a client or a peer of real bytes, and only of this machine's nodes. */
export const adversaries: readonly Adversary[] = [
  yamuxBadFrame,
  noPing,
  frozenValidator,
  silentCut,
  halfOpen,
  oneIdentity,
  lyingSync,
  txStorm,
  forgedPolkas,
  busyStrangers,
  upgradeReset,
  asyncGarbage,
  hollowBatches,
  searches,
  unreadGenesis,
  unfinishedBodies,
  restVerbatim,
  dearest,
];
