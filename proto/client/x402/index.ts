export { PaymentFault, TributaryScheme, type TributarySchemeOptions } from "./scheme.js";
export { platform } from "./platform.js";
export type { DefaultAsset, PaymentContext, PaymentPayloadResult, PaymentRequirements } from "./types.js";
