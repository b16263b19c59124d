import { fromHex } from "#proto/bytes.js";
import type { TrustPoint } from "#proto/client/verify/index.js";
import { TRUST_LEVEL_DEFAULT, trustingPeriod, trustTerms, type TrustTerms } from "#proto/light/trust.js";
import type { Genesis } from "#proto/types/genesis.js";
import { readGenesis } from "./genesis/file.js";
import { usage } from "./fault.js";
import { opt, section, withDefault, type Values } from "./option.js";
import type { World } from "./world.js";

/** Where belief begins: what the commands of light verification share. */
export const trustOptions = section("Trust", {
  genesis: opt.text("The trusted genesis file (default: that of the home).", "file"),
  trust: opt.of("A trusted header by its hash, where genesis is too old.", "height:hash", readTrust),
});

/** Under which conditions, for who wants other ones than the usual. */
export const termOptions = section("Trust", {
  trustLevel: withDefault(
    opt.of("Share of the trusted power that must sign a later header, 1/3 to 1/1.", "n/m", readLevel),
    TRUST_LEVEL_DEFAULT,
    `${TRUST_LEVEL_DEFAULT.numerator}/${TRUST_LEVEL_DEFAULT.denominator}`,
  ),
  trustingPeriod: opt.u64("Seconds for which a header is trusted (default: two thirds of the evidence age).", "s"),
});

/** @throws CliFault(usage) for a longer trust than validators can be held to */
export function termsOf(
  { trustLevel, trustingPeriod: seconds }: Values<typeof termOptions>,
  genesis: Genesis,
  now: bigint,
): TrustTerms {
  const longest = trustingPeriod(genesis);
  const asked = seconds === undefined ? longest : seconds * 1000n;
  if (asked > longest) throw usage(`--trusting-period is at most ${longest / 1000n} s, two thirds of the evidence age`);
  return { ...trustTerms(genesis, now), trustLevel, trustingPeriodMs: asked };
}

function readLevel(text: string): TrustTerms["trustLevel"] {
  const match = /^([1-9][0-9]{0,5})\/([1-9][0-9]{0,5})$/.exec(text);
  const [numerator, denominator] = [BigInt(match?.[1] ?? 0), BigInt(match?.[2] ?? 0)];
  if (match === null || 3n * numerator < denominator || numerator > denominator) {
    throw usage(`"${text}" is not a fraction from 1/3 to 1/1`);
  }
  return { numerator, denominator };
}

export type TrustValues = Values<typeof trustOptions>;

export function trustedGenesis({ genesis }: TrustValues, world: World): Genesis {
  return readGenesis(genesis ?? world.home.genesis);
}

function readTrust(text: string): TrustPoint {
  const match = /^([1-9][0-9]{0,18}):([0-9a-fA-F]{64})$/.exec(text);
  const hash = match === null ? undefined : fromHex(match[2]!);
  if (match === null || hash === undefined) throw usage(`"${text}" is not height:hash`, "like 1200:<64 hex digits>");
  return { height: BigInt(match[1]!), hash };
}
