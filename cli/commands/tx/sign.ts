import { equalBytes } from "#proto/bytes.js";
import { assembleTx, signDirect } from "#proto/tx/build.js";
import { txToJson } from "#proto/tx/json.js";
import { writeFileWhole } from "#node/config/json-file.js";
import { command } from "../../command.js";
import { refuseDevelopmentKey } from "../../dev/guard.js";
import { confirm } from "../../confirm.js";
import { signing, usage } from "../../fault.js";
import { openKeyring } from "../../keyring/open.js";
import { resolveKey } from "../../keyring/resolve.js";
import { must, opt } from "../../option.js";
import { toJson } from "../../output/json.js";
import { toBech32 } from "#proto/crypto/address.js";
import { connect } from "../../client.js";
import { fetchAccount } from "../../tx/account.js";
import { readTxDocument } from "../../tx/document.js";
import { txOptions } from "../../tx/options.js";
import { readTx } from "../../tx/run.js";

const {
  from,
  chainId,
  offline,
  accountNumber,
  outputDocument,
  keyringBackend,
  keyringDir,
  passwordFile,
  node,
  requestTimeout,
} = txOptions;

export default command({
  path: "tx sign",
  summary: "Sign a transaction that --generate-only wrote, and print the signed transaction.",
  args: { file: must(opt.text("The file, or - for stdin.")) },
  options: {
    from: { ...from, required: true },
    multisig: opt.text("Sign for a multisig account.", "address"),
    ...{
      chainId,
      offline,
      accountNumber,
      outputDocument,
      keyringBackend,
      keyringDir,
      passwordFile,
      node,
      requestTimeout,
    },
  },
  example: [
    "tx sign unsigned.json --from alice > signed.json",
    "tx sign - --from alice --offline --chain-id tributary-1 --account-number 3 --yes < unsigned.json",
  ],
  async run(values, world) {
    if (values.multisig !== undefined) {
      throw signing(
        "multisig",
        "signing for a multisig account is not available in tribd",
        "CosmJS signs for multisig accounts of this chain",
      );
    }
    const tx = readTx(await readTxDocument(values.file, world));
    const keyring = openKeyring(values, world);
    const key = resolveKey(values.from ?? "", keyring, world.terms);
    const info = tx.signers[0];
    if (tx.signers.length !== 1 || info?.key?.kind !== "secp256k1" || !equalBytes(info.key.key, key.publicKey)) {
      throw signing(
        "wrong_signer",
        `the transaction names a signer other than "${key.name}"`,
        "its auth_info.signer_infos holds the key that must sign",
      );
    }
    const address = toBech32(world.terms.prefix, key.address);
    const client = connect(values, world);
    if (values.offline && (values.chainId === undefined || values.accountNumber === undefined)) {
      throw usage("--offline needs --chain-id and --account-number");
    }
    const chain = values.chainId ?? (await client.status()).chainId;
    const number = values.accountNumber ?? (await fetchAccount(client, address)).number;
    refuseDevelopmentKey(key.address, chain);
    await confirm(world, `Sign as ${address} for ${chain}?`);
    const signature = signDirect(tx, await keyring.secretKey(key.name), chain, number);
    const signed = txToJson(readTx(assembleTx(tx, [signature])));
    if (values.outputDocument === undefined) world.out.document(signed);
    else writeFileWhole(values.outputDocument, `${toJson(signed, 2)}\n`);
  },
});
