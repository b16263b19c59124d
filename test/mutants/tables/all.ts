import type { Mutant } from "../mutant.js";
import { blocks } from "./blocks.js";
import { core } from "./core.js";
import { evidence } from "./evidence.js";
import { keys } from "./keys.js";
import { log } from "./log.js";
import { money } from "./money.js";
import { net } from "./net.js";
import { seams } from "./seams.js";
import { signer } from "./signer.js";
import { sync } from "./sync.js";
import { validators } from "./validators.js";

export const mutants: readonly Mutant[] = [
  ...core,
  ...validators,
  ...log,
  ...signer,
  ...evidence,
  ...blocks,
  ...sync,
  ...net,
  ...keys,
  ...seams,
  ...money,
];
