import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Where things lie below one home directory: the layout that operators of Cosmos chains know. */
export interface Home {
  readonly root: string;
  readonly config: string;
  readonly data: string;
  readonly configToml: string;
  readonly appToml: string;
  readonly clientToml: string;
  readonly genesis: string;
  readonly nodeKey: string;
  readonly validatorKey: string;
  readonly validatorState: string;
  /** Of the system's lock; beside the data, so that deleting these does not delete it. */
  readonly lock: string;
  /** There once a block was committed here; beside the data, so that it tells an empty disk from a new home. */
  readonly begun: string;
}

export function homeLayout(root: string): Home {
  const config = join(root, "config");
  const data = join(root, "data");
  return {
    root,
    config,
    data,
    configToml: join(config, "config.toml"),
    appToml: join(config, "app.toml"),
    clientToml: join(config, "client.toml"),
    genesis: join(config, "genesis.json"),
    nodeKey: join(config, "node_key.json"),
    validatorKey: join(config, "priv_validator_key.json"),
    validatorState: join(data, "priv_validator_state.json"),
    lock: join(root, "home.lock"),
    begun: join(root, "chain.begun"),
  };
}

/** The flag, else TRIBD_HOME, else ~/.tribd. One function for every command, so that no two commands see two homes. */
export function findHome(flag: string | undefined, environment: Readonly<Record<string, string | undefined>>): Home {
  const exported = environment["TRIBD_HOME"];
  if (flag !== undefined && flag !== "") return homeLayout(resolve(flag));
  if (exported !== undefined && exported !== "") return homeLayout(resolve(exported));
  return homeLayout(join(homedir(), ".tribd"));
}
