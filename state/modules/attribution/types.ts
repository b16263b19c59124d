import type { Messages } from "#proto/codec/message.js";

export type Params = Messages["tributary.attribution.v1.Params"];
export type Batch = Messages["tributary.attribution.v1.Batch"];
export type Epoch = Messages["tributary.attribution.v1.Epoch"];
export type Voucher = Messages["tributary.attribution.v1.Voucher"];
export type Settlement = Messages["tributary.attribution.v1.Settlement"];
export type OpenedReceipt = Messages["tributary.attribution.v1.OpenedReceipt"];
export type Credit = Messages["tributary.attribution.v1.Credit"];
export type Residual = Messages["tributary.attribution.v1.Residual"];
export type Totals = Messages["tributary.attribution.v1.Totals"];
