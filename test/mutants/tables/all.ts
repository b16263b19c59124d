import type { Mutant } from "../mutant.js";
import { core } from "./core.js";
import { evidence } from "./evidence.js";
import { log } from "./log.js";
import { signer } from "./signer.js";
import { validators } from "./validators.js";

export const mutants: readonly Mutant[] = [...core, ...validators, ...log, ...signer, ...evidence];
