import { message } from "#proto/codec/message.js";
import { addressKey, u32Key, u64Key } from "../../store/key-codec.js";
import { keyspace } from "../../store/keyspace.js";
import { bytesValue, messageValue, presentValue, u64Value } from "../../store/value-codec.js";

/** Every key of the attribution module. A number is permanent: never renumbered, never reused. */
const attribution = keyspace(0x13);

/** Parameters of the module. */
export const params = attribution.table(0x01, [], messageValue(message("tributary.attribution.v1.Params"))); // 13|01
/** Batches by id. */
export const batches = attribution.table(0x02, [u64Key], messageValue(message("tributary.attribution.v1.Batch"))); // 13|02|batch
/** The next batch id; ids start at 1. */
export const nextBatch = attribution.table(0x03, [], u64Value); // 13|03
/** The next voucher id; ids start at 1. */
export const nextVoucher = attribution.table(0x04, [], u64Value); // 13|04
/** Id of the batch of an epoch, provider and version. */
export const batchIds = attribution.table(0x05, [u64Key, addressKey, u64Key], u64Value); // 13|05|epoch|provider|version
/** The newest voucher that a batch has of each channel, by batch and id. */
export const vouchers = attribution.table(
  0x06,
  [u64Key, u64Key],
  messageValue(message("tributary.attribution.v1.Voucher")),
); // 13|06|batch|voucher
/** Royalty amounts of a batch. */
export const royalties = attribution.table(0x07, [u64Key], messageValue(message("tributary.attribution.v1.Royalties"))); // 13|07|batch
/** Epochs by number. */
export const epochs = attribution.table(0x08, [u64Key], messageValue(message("tributary.attribution.v1.Epoch"))); // 13|08|epoch
/** Unsettled batches by epoch; the end of a block works through them. */
export const unsettled = attribution.table(0x09, [u64Key, u64Key], presentValue); // 13|09|epoch|batch
/** Epochs without a beacon. */
export const waiting = attribution.table(0x0a, [u64Key], presentValue); // 13|0a|epoch
/** Epochs with unsettled batches, by their deadline: the last height that accepts openings. */
export const due = attribution.table(0x0b, [u64Key, u64Key], presentValue); // 13|0b|deadline|epoch
/** Openings of which all is shown, by batch, voucher and receipt index. */
export const openings = attribution.table(
  0x0c,
  [u64Key, u64Key, u64Key],
  messageValue(message("tributary.attribution.v1.OpenedReceipt")),
); // 13|0c|batch|voucher|index
/** Credits, by batch and contribution. */
export const credits = attribution.table(
  0x0d,
  [u64Key, u64Key],
  messageValue(message("tributary.attribution.v1.Credit")),
); // 13|0d|batch|contribution
/** Index: batches that credit a contribution. */
export const creditsOf = attribution.table(0x0e, [u64Key, u64Key], presentValue); // 13|0e|contribution|batch
/** Residuals by version. */
export const residuals = attribution.table(0x0f, [u64Key], messageValue(message("tributary.attribution.v1.Residual"))); // 13|0f|version
/** Totals since genesis. */
export const totals = attribution.table(0x10, [], messageValue(message("tributary.attribution.v1.Totals"))); // 13|10
/** Fingerprints of common phrases. */
export const common = attribution.table(0x11, [u64Key], presentValue); // 13|11|fingerprint
/** Index: batches of a provider. */
export const byProvider = attribution.table(0x12, [addressKey, u64Key], presentValue); // 13|12|provider|batch
/** Openings that are not complete, by batch, voucher, receipt index and opener, so that no opener can spoil another's. */
export const parts = attribution.table(
  0x13,
  [u64Key, u64Key, u64Key, addressKey],
  messageValue(message("tributary.attribution.v1.OpenedReceipt")),
); // 13|13|batch|voucher|index|opener
/** Pieces of openings, by opening, opener and place. */
export const pieces = attribution.table(0x14, [u64Key, u64Key, u64Key, addressKey, u32Key], bytesValue); // 13|14|batch|voucher|index|opener|piece
/** Batches that are being settled or booked, or that somebody asked to be; the least is gone on with. */
export const settling = attribution.table(0x15, [u64Key], presentValue); // 13|15|batch
/** How far these are. */
export const progress = attribution.table(0x16, [u64Key], messageValue(message("tributary.attribution.v1.Progress"))); // 13|16|batch
/** Contested credit of a batch, by the paid contribution and the senior one. */
export const contests = attribution.table(
  0x17,
  [u64Key, u64Key, u64Key],
  messageValue(message("tributary.attribution.v1.Contest")),
); // 13|17|batch|contribution|senior
/** Uses without a licence, by first committer, batch and voucher. */
export const uses = attribution.table(
  0x18,
  [u64Key, u64Key, u64Key],
  messageValue(message("tributary.attribution.v1.Use")),
); // 13|18|contribution|batch|voucher
/** Index: the id of a channel's row in a batch. */
export const rowIds = attribution.table(0x19, [u64Key, u64Key], u64Value); // 13|19|batch|channel
/** Sums over the settled batches of a provider and version. */
export const records = attribution.table(
  0x1a,
  [u64Key, addressKey],
  messageValue(message("tributary.attribution.v1.ProviderRecord")),
); // 13|1a|version|provider
