import { connect, nodeOptions } from "../../client.js";
import { command } from "../../command.js";
import { keyringOptions } from "../../keyring/open.js";
import { fetchAccount } from "../../tx/account.js";
import { toBase64 } from "#proto/base64.js";
import { accountArgument, accountText } from "./account-argument.js";

export default command({
  path: "query auth account",
  summary: "Show an account's number, sequence and public key.",
  args: { account: accountArgument },
  options: { ...keyringOptions, ...nodeOptions },
  example: ["query auth account alice", "q auth account trib1... -o json | jq -r .sequence"],
  async run(values, world) {
    const account = await fetchAccount(connect(values, world), accountText(values.account, values, world));
    // Two bytes of protobuf stand before the 33 of the key.
    const pubkey =
      account.pubKey === undefined
        ? null
        : { "@type": account.pubKey.typeUrl, key: toBase64(account.pubKey.value.slice(2)) };
    world.out.data({
      address: account.address,
      pub_key: pubkey,
      account_number: account.number,
      sequence: account.sequence,
    });
  },
});
