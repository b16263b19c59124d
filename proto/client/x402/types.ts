/**
 * The parts of @x402/core 2.27 that a client scheme takes and gives, by their shape: the package is no dependency of this one.
 * A test assigns the scheme to the package's own type.
 */
export interface PaymentRequirements {
  readonly scheme: string;
  readonly network: string;
  readonly asset: string;
  /** Base units, decimal. */
  readonly amount: string;
  readonly payTo: string;
  readonly maxTimeoutSeconds: number;
  readonly extra: Record<string, unknown>;
}

/** What a scheme adds to the header PAYMENT-SIGNATURE. */
export interface PaymentPayloadResult {
  readonly x402Version: number;
  readonly payload: Record<string, unknown>;
}

/** What spend controls let through. */
export interface PaymentContext {
  /** Base units, decimal; absent without a cap. */
  readonly maxAmountPerPayment?: string;
}

/** An asset that spend controls know. */
export interface DefaultAsset {
  readonly asset: string;
  readonly decimals: number;
  readonly symbol: string;
}
