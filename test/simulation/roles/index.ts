import { amnesiac } from "./amnesiac.js";
import { equivocator } from "./equivocator.js";
import { flooder } from "./flooder.js";
import { late } from "./late.js";
import { lyingServer } from "./lying-server.js";
import type { Role } from "./role.js";
import { silent } from "./silent.js";
import { slips } from "./slips.js";
import { swappedBody } from "./swapped-body.js";
import { withholder } from "./withholder.js";
import { wrongPolka } from "./wrong-polka.js";
import { wrongRoot } from "./wrong-root.js";
import { wrongTotal } from "./wrong-total.js";

/** Dishonest validators, named by what they do. */
export const roles = {
  equivocator,
  silent,
  amnesiac,
  late,
  "wrong root": wrongRoot,
  "wrong total": wrongTotal,
  "swapped body": swappedBody,
  withholder,
  flooder,
  "lying server": lyingServer,
  "wrong polka": wrongPolka,
  slips,
} satisfies Readonly<Record<string, Role>>;

export type RoleName = keyof typeof roles;
export const roleNames = Object.keys(roles) as readonly RoleName[];
