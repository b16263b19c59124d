import type { AskedCeiling, SignedVoucher } from "#proto/exchange/provider.js";
import type { Sealed } from "#proto/exchange/sealed.js";

/** What travels between the two programs. Any of it can be lost, delayed or doubled. */
export type Message =
  | { readonly kind: "request"; readonly asked: AskedCeiling; readonly voucher: SignedVoucher | undefined }
  | { readonly kind: "fate"; readonly asked: AskedCeiling }
  | { readonly kind: "settle"; readonly voucher: SignedVoucher | undefined }
  | { readonly kind: "answer"; readonly id: string; readonly sealed: Sealed }
  | { readonly kind: "void"; readonly id: string }
  | { readonly kind: "refused"; readonly id: string; readonly why: string };

/** Whether the message goes to the provider. */
export function isToProvider({ kind }: Message): boolean {
  return kind === "request" || kind === "fate" || kind === "settle";
}
