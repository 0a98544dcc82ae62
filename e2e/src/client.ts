import { readFileSync } from 'node:fs';

import type { Stack } from './stack.js';

interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly maxAttempts?: number;
}

/** The administrator's key, as it stands in the profile that `npm start` made. */
export function adminKey(stack: Stack): { accessKeyId: string; secretAccessKey: string } {
  const profile = readFileSync(stack.ready.awsConfigFile, 'utf8');
  const value = (name: string): string => {
    const found = new RegExp(`^${name}\\s*=\\s*(\\S+)`, 'm').exec(profile);
    if (!found) throw new Error(`the profile file has no ${name}`);
    return found[1]!;
  };
  return { accessKeyId: value('aws_access_key_id'), secretAccessKey: value('aws_secret_access_key') };
}

/** An unmodified SDK client of this stack, as the administrator. */
export function clientFor<C>(
  stack: Stack,
  Client: new (config: ClientConfig) => C,
  more: Partial<ClientConfig> = {},
): C {
  const { endpoint, region } = stack.ready;
  return new Client({ endpoint, region, credentials: adminKey(stack), ...more });
}

type AnyMiddleware = (next: (args: never) => Promise<unknown>) => (args: never) => Promise<unknown>;

/** Gives every attempt the same `amz-sdk-invocation-id`, as the SDK does for the attempts of one call. */
export function withInvocationId(
  stack: { addRelativeTo(middleware: never, options: { relation: 'after'; toMiddleware: string }): void },
  invocation: string,
): void {
  const middleware: AnyMiddleware = (next) => (args) => {
    (args as { request: { headers: Record<string, string> } }).request.headers['amz-sdk-invocation-id'] = invocation;
    return next(args);
  };
  // The SDK's own id is set by its retry middleware; the signature comes after.
  stack.addRelativeTo(middleware as never, { relation: 'after', toMiddleware: 'retryMiddleware' });
}
