import type { ComponentChildren } from "preact";
import type { PageName } from "../../present/route.js";
import { Account } from "./account.js";
import { Batch } from "./batch.js";
import { Batches } from "./batches.js";
import { Block } from "./block.js";
import { Blocks } from "./blocks.js";
import { Contribution } from "./contribution.js";
import { Contributor } from "./contributor.js";
import { Contributors } from "./contributors.js";
import { Credit } from "./credit.js";
import { Datanet } from "./datanet.js";
import { Datanets } from "./datanets.js";
import { Home } from "./home.js";
import { Model } from "./model.js";
import { Models } from "./models.js";
import { Parameters } from "./parameters.js";
import { Provider } from "./provider.js";
import { Receipt } from "./receipt.js";
import { Search } from "./search.js";
import { Transaction } from "./transaction.js";
import { Transactions } from "./transactions.js";
import { Validator } from "./validator.js";
import { Validators } from "./validators.js";
import { Version } from "./version.js";

/** Every page by its name. The parts of its address are as many as present/route.ts says. */
export const pages: Readonly<Record<PageName, (...parts: readonly string[]) => ComponentChildren>> = {
  "": () => <Home />,
  contributors: () => <Contributors />,
  contributor: (address = "") => <Contributor address={address} />,
  contribution: (id = "") => <Contribution text={id} />,
  datanets: () => <Datanets />,
  datanet: (id = "") => <Datanet text={id} />,
  models: () => <Models />,
  model: (id = "") => <Model text={id} />,
  version: (id = "") => <Version text={id} />,
  batches: () => <Batches />,
  batch: (id = "") => <Batch text={id} />,
  credit: (batch = "", contribution = "") => <Credit batch={batch} contribution={contribution} />,
  receipt: (batch = "", voucher = "", index = "") => <Receipt batch={batch} voucher={voucher} index={index} />,
  blocks: () => <Blocks />,
  block: (height = "") => <Block text={height} />,
  transactions: () => <Transactions />,
  transaction: (hash = "") => <Transaction text={hash} />,
  account: (address = "") => <Account address={address} />,
  provider: (address = "") => <Provider address={address} />,
  validators: () => <Validators />,
  validator: (address = "") => <Validator text={address} />,
  parameters: () => <Parameters />,
  search: (text = "") => <Search text={text} />,
};
