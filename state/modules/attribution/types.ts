import type { Messages } from "#proto/codec/message.js";

/** Parameters of the module. */
export type Params = Messages["tributary.attribution.v1.Params"];
/** A batch record. */
export type Batch = Messages["tributary.attribution.v1.Batch"];
/** An epoch record. */
export type Epoch = Messages["tributary.attribution.v1.Epoch"];
/** A redeemed voucher. */
export type Voucher = Messages["tributary.attribution.v1.Voucher"];
/** The settlement of a batch. */
export type Settlement = Messages["tributary.attribution.v1.Settlement"];
/** A stored opening. */
export type OpenedReceipt = Messages["tributary.attribution.v1.OpenedReceipt"];
/** A contribution's credit in one batch. */
export type Credit = Messages["tributary.attribution.v1.Credit"];
/** How far a batch is settled. */
export type Progress = Messages["tributary.attribution.v1.Progress"];
/** Totals since genesis. */
export type Totals = Messages["tributary.attribution.v1.Totals"];
