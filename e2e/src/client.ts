import { readFileSync } from 'node:fs';

import type { ConfiguredRetryStrategy } from '@smithy/core/retry';

import type { Stack } from './stack.js';

interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly maxAttempts?: number;
  readonly retryStrategy?: ConfiguredRetryStrategy;
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
