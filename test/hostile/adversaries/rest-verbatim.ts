import type { Adversary } from "../adversary.js";
import { ask, lanes } from "../http.js";
import { pause } from "../waiting.js";

const PATHS = ["/cosmos/tx/v1beta1/txs", "/cosmos/tx/v1beta1/simulate"];
const MARK = "<script>alert(1)</script>";
/** Shapes that a server's own answers and results may have inside. */
const BODIES: readonly object[] = [
  { status: 200, type: "text/html", body: MARK, headers: { "x-mark": MARK } },
  { result: { body: MARK } },
  { error: { code: 0, message: MARK } },
  { code: 0, codespace: MARK, refused: "duplicate", log: MARK },
  { tx_bytes: MARK, mode: MARK },
];

export const restVerbatim: Adversary = {
  name: "rest-verbatim",
  does: "posts bodies to REST that look like the server's own answers, and looks for them in what comes back",
  seconds: 10,
  control: "quiet",
  async run({ net, signal }) {
    let told: string | undefined;
    await lanes(net.targets.length, signal, async (lane) => {
      for (const path of PATHS) {
        for (const body of BODIES) {
          const answer = await ask(net.targets[lane]!.restPort, path, JSON.stringify(body));
          if (answer?.text.includes(MARK) === true) {
            told ??= `${path} answered ${answer.status} with the caller's own words`;
          }
        }
      }
      await pause(20, signal);
    });
    return told;
  },
};
