import type { ApiErrorCode } from './generated/error-codes.js';

/** What an error carries besides code and message. */
export interface ApiErrorOptions {
  /** Modelled members beside the message. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** HTTP status; 400 unless given, 500 and 503 for the codes that are our fault. */
  readonly status?: number;
  readonly cause?: unknown;
}

const serverFaults: Readonly<Partial<Record<ApiErrorCode, number>>> = {
  InternalServerError: 500,
  InternalFailure: 500,
  ServiceUnavailable: 503,
};

/**
 * An error for the caller. The codes are those of the API models, so a misspelt one does not compile. The message names
 * the thing, the rule and the next step.
 */
export class ApiError extends Error {
  readonly code: ApiErrorCode;
  readonly status: number;
  readonly fields?: Readonly<Record<string, unknown>>;

  constructor(code: ApiErrorCode, message: string, options: ApiErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = code;
    this.code = code;
    this.status = options.status ?? serverFaults[code] ?? 400;
    if (options.fields) this.fields = options.fields;
  }
}
