import type { Adversary } from "../adversary.js";
import { rest, victimIsBack } from "../waiting.js";

const BACK_MS_MAX = 60_000;

export const silentCut: Adversary = {
  name: "silent-cut",
  does: "cuts one validator off: its connections stay open and every byte on them is lost",
  seconds: 40,
  secondsLeast: 40, // A peer that answers nothing is given up after 20 to 30 s.
  control: "absent",
  async run({ net, signal, strike }) {
    await strike("cut");
    await rest(signal);
    await strike("heal");
    return victimIsBack({ net }, BACK_MS_MAX);
  },
};
