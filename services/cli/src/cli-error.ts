/** Exit codes as the aws CLI's. */
export const exitCode = {
  /** The command line is wrong, or an option's value. */
  usage: 252,
  /** The configuration is wrong or lacks something, credentials for instance. */
  configuration: 253,
  /** The service answered with an error. */
  service: 254,
  /** Anything else: nobody answers. */
  general: 255,
} as const;

/** What ends a command with a message. */
export class CliError extends Error {
  override readonly name = 'CliError';
  constructor(
    message: string,
    readonly exitCode: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
