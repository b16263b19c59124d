import type { Adversary } from "../adversary.js";
import { rest, victimIsBack } from "../waiting.js";

const BACK_MS_MAX = 45_000;

export const frozenValidator: Adversary = {
  name: "frozen-validator",
  does: "stops the process of one validator with SIGSTOP, and lets it go on after 40 s",
  seconds: 40,
  secondsLeast: 40, // A peer that answers nothing is given up after 20 to 30 s.
  control: "absent",
  async run({ net, signal, strike }) {
    await strike("freeze");
    await rest(signal);
    await strike("thaw");
    return victimIsBack({ net }, BACK_MS_MAX);
  },
};
