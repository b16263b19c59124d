import type { Mutant } from "../mutant.js";

const wal = "node/storage/files/wal.js";
const drive = "node/drive/drive.js";
const heights = "node/drive/heights.js";

/** The write-ahead log, and what waits for it. */
export const log: readonly Mutant[] = [
  {
    name: "inputs are not logged",
    rule: "W1",
    file: drive,
    from: "this.#deps.wal.append(inputRecord(input));",
    to: "",
  },
  {
    name: "votes are signed before the log is synced",
    rule: "W3",
    file: "node/drive/own-messages.js",
    from: "await this.#deps.wal.flush();\nreturn request(signer);",
    to: "return request(signer);",
  },
  {
    name: "messages leave before the log is synced",
    rule: "W2",
    file: drive,
    from: "await this.#deps.wal.flush();\nthis.#deps.gossip.publish(message);",
    to: "this.#deps.gossip.publish(message);",
  },
  {
    name: "the log is written and not synced",
    rule: "W2",
    file: wal,
    from: "await file.append(concat(...records));\nawait file.sync();",
    to: "await file.append(concat(...records));",
  },
  {
    name: "a restart forgets the log",
    rule: "W8, L86",
    file: heights,
    from: "if (inputs.length === 0)\nreturn this.#start(tip);",
    to: "if (true)\nreturn this.#start(tip);",
  },
  {
    name: "early messages stand in no log",
    rule: "W8, L74",
    file: heights,
    from: "for (const input of early)\nawait this.#consensus.feed(input);",
    to: 'const { step } = await import("#consensus/step.js");\nfor (const input of early) {\nconst { state, effects } = step(this.#consensus.state(), input);\nthis.#consensus.restore(state);\nawait this.#consensus.carryOut(effects);\n}',
  },
  { name: "a torn end stays in the log", rule: "W6", file: wal, from: "await files.truncate(path, sound);", to: "" },
  {
    name: "damage amid the log is cut off",
    rule: "W6",
    file: wal,
    from: "if (damagedAt !== undefined || i < names.length - 1)",
    to: "if (false)",
  },
  {
    name: "a record's checksum is not compared",
    rule: "W7",
    file: "node/storage/files/wal-record.js",
    from: "if (checksum(head, offset, bytes.subarray(offset + 4, end)) !== readU32be(bytes, offset))",
    to: "if (false)",
  },
  {
    name: "a failed sync is tried again",
    rule: "W9",
    file: wal,
    from: 'this.#broken = new StorageFault("storage.write", `write-ahead log ${this.#directory} could not be written`, cause);\nthrow this.#broken;',
    to: 'throw new StorageFault("storage.write", `write-ahead log ${this.#directory} could not be written`, cause);',
  },
  {
    name: "the name of a log file is not synced",
    rule: "W9",
    file: wal,
    from: "await file.sync();\nawait this.#files.syncDirectory(this.#directory);",
    to: "await file.sync();",
  },
  {
    name: "the effects of a replay are lost",
    rule: "W8, L86",
    file: heights,
    from: "await this.#consensus.carryOut(open);",
    to: "",
  },
];
