import { fromHex, toHex } from "#proto/bytes.js";
import { fromBase64, toBase64 } from "#proto/base64.js";
import { command } from "../../command.js";
import { usage } from "../../fault.js";
import { must, opt } from "../../option.js";

export default command({
  path: "debug raw-bytes",
  summary: "Convert bytes between [10 21 13], hex and base64.",
  args: { bytes: must(opt.text("Numbers in brackets, hex, or base64.")) },
  example: [`debug raw-bytes "[72 101 108 108 111]"`, "debug raw-bytes 48656C6C6F"],
  async run({ bytes: text }, world) {
    const bytes = readNumbers(text) ?? fromHex(text) ?? fromBase64(text);
    if (bytes === undefined) throw usage("these are not bytes: give [1 2 3], hex or base64");
    world.out.data({ hex: toHex(bytes).toUpperCase(), base64: toBase64(bytes), bytes: `[${bytes.join(" ")}]` });
  },
});

function readNumbers(text: string): Uint8Array | undefined {
  const match = /^\[([0-9, ]*)\]$/.exec(text);
  if (match === null) return undefined;
  const numbers = (match[1] ?? "")
    .split(/[ ,]+/)
    .filter((part) => part !== "")
    .map(Number);
  return numbers.every((number) => number <= 255) ? Uint8Array.from(numbers) : undefined;
}
