import type { Bytes } from "#proto/bytes.js";
import { paramsJson, upperHex, validatorJson } from "#proto/rpc/json.js";
import type { HeightVotesJson } from "#proto/rpc/results.js";
import { formatRfc3339 } from "#proto/time.js";
import { hashBytes } from "#proto/types/block-id.js";
import { indexOf, type ValidatorSet } from "#proto/types/validators.js";
import { PREVOTE, type Vote } from "#proto/types/vote.js";
import type { RoundView, RpcDeps } from "../deps.js";
import { checkPage, heightOf, kept, pageWindow } from "./heights.js";
import type { Handlers } from "./table.js";

type Consensus = "validators" | "consensus_params" | "consensus_state" | "dump_consensus_state";

export function consensusHandlers({ chain, consensus, peers }: RpcDeps): Pick<Handlers, Consensus> {
  return {
    async validators({ height, page, per_page }) {
      // The set of the next height is decided too; CometBFT serves it, and light clients ask for it.
      const next = chain.latestHeight() + 1n;
      const at = height === next ? next : heightOf(chain, height);
      const { members } = kept(await chain.validators(at), "validators", at);
      const window = pageWindow(page, per_page);
      checkPage(window.page, window.limit, members.length);
      const shown = members.slice(window.skip, window.skip + window.limit);
      return {
        block_height: String(at),
        validators: shown.map(validatorJson),
        count: String(shown.length),
        total: String(members.length),
      };
    },

    async consensus_params({ height }) {
      const at = heightOf(chain, height);
      return {
        block_height: String(at),
        consensus_params: paramsJson(kept(await chain.params(at), "consensus parameters", at), 1n),
      };
    },

    consensus_state() {
      const view = consensus.round();
      return {
        round_state: {
          "height/round/step": `${view.height}/${view.round}/${view.step}`,
          start_time: formatRfc3339(view.startTime),
          proposal_block_hash: hashText(view.proposalHash),
          locked_block_hash: hashText(view.locked?.hash),
          valid_block_hash: hashText(view.valid?.hash),
          height_vote_set: votesJson(view),
          proposer: {
            address: hashText(view.proposer),
            index: view.proposer === undefined ? -1 : indexOf(view.validators, view.proposer),
          },
        },
      };
    },

    dump_consensus_state() {
      const view = consensus.round();
      const proposer =
        view.validators.members[view.proposer === undefined ? -1 : indexOf(view.validators, view.proposer)];
      return {
        round_state: {
          height: String(view.height),
          round: view.round,
          step: view.step,
          start_time: formatRfc3339(view.startTime),
          validators: {
            validators: view.validators.members.map(validatorJson),
            proposer: proposer === undefined ? null : validatorJson(proposer),
          },
          proposal_block_hash: hashText(view.proposalHash),
          locked_round: view.locked?.round ?? -1,
          locked_block_hash: hashText(view.locked?.hash),
          valid_round: view.valid?.round ?? -1,
          valid_block_hash: hashText(view.valid?.hash),
          votes: votesJson(view),
        },
        peers: peers().map((peer) => ({ node_address: `${peer.id}@${peer.address}`, peer_state: peer.state })),
      };
    },
  };
}

const hashText = (hash: Bytes | undefined): string => (hash === undefined ? "" : upperHex(hash));

function votesJson({ rounds, validators }: RoundView): HeightVotesJson[] {
  return rounds.map(({ round, prevotes, precommits }) => ({
    round,
    prevotes: voteTexts(prevotes, validators),
    prevotes_bit_array: bitArray(prevotes, validators),
    precommits: voteTexts(precommits, validators),
    precommits_bit_array: bitArray(precommits, validators),
  }));
}

/** CometBFT's own text of a vote set, one entry a validator: tmtop and others cut the fields out of it. */
function voteTexts(votes: readonly Vote[], { members }: ValidatorSet): string[] {
  const out = members.map(() => "nil-Vote");
  for (const vote of votes) if (vote.index < out.length) out[vote.index] = voteText(vote);
  return out;
}

function voteText({ index, validator, height, round, type, blockId, signature }: Vote): string {
  const name = type === PREVOTE ? "SIGNED_MSG_TYPE_PREVOTE(Prevote)" : "SIGNED_MSG_TYPE_PRECOMMIT(Precommit)";
  const hash = blockId === undefined ? "000000000000" : short(hashBytes(blockId.hash));
  return `Vote{${index}:${short(validator)} ${height}/${String(round).padStart(2, "0")}/${name} ${hash} ${short(signature)} 000000000000 @ 0001-01-01T00:00:00Z}`;
}

const short = (bytes: Bytes): string => upperHex(bytes.subarray(0, 6));

/** As BA{4:xx_x} 30/40 = 0.75: who voted, and the power behind it. */
function bitArray(votes: readonly Vote[], { members, totalPower }: ValidatorSet): string {
  const voted = new Set(votes.map((vote) => vote.index));
  let power = 0n;
  members.forEach((member, i) => (power += voted.has(i) ? member.power : 0n));
  const bits = members.map((_, i) => (voted.has(i) ? "x" : "_")).join("");
  return `BA{${members.length}:${bits}} ${power}/${totalPower} = ${(Number((power * 100n) / totalPower) / 100).toFixed(2)}`;
}
