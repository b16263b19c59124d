import { isRejection, rejectionText } from "#proto/rejection.js";
import { parseGenesis, type Genesis } from "#proto/types/genesis.js";
import { readJsonFile } from "#node/config/json-file.js";
import { CliFault, notFound } from "../fault.js";

/** The home's genesis, checked. @throws CliFault when it is missing or not valid; the message names the field */
export function readGenesis(path: string): Genesis {
  const json = readJsonFile(path);
  if (json === undefined) throw notFound(`${path} does not exist`, "tribd init <moniker> makes a new chain's genesis");
  const genesis = parseGenesis(json);
  if (!isRejection(genesis)) return genesis;
  throw new CliFault("genesis_invalid", `${path}: ${rejectionText(genesis)}`);
}
