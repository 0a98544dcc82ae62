import { readFileSync } from 'node:fs';

import { inboxPrefix } from '@muster/contracts';
import { credsAuthenticator } from '@muster/keys';
import { connect } from '@nats-io/transport-node';

export interface PushAccounts {
  readonly url: string;
  readonly caFile?: string;
  /** Of the user `sys`. */
  readonly credsFile: string;
  /** JWTs of accounts. */
  readonly jwts: readonly string[];
}

/**
 * Tells the broker accounts that it does not know yet, or newer JWTs of those that it knows: what these revoke is
 * disconnected at once. Resolves when it has taken them.
 */
export async function pushAccounts(how: PushAccounts): Promise<void> {
  const connection = await connect({
    name: 'sys',
    servers: how.url,
    authenticator: credsAuthenticator(readFileSync(how.credsFile, 'utf8')),
    inboxPrefix: inboxPrefix('sys'),
    ...(how.caFile && { tls: { caFile: how.caFile } }),
    timeout: 5_000,
    reconnect: false,
  });
  try {
    for (const jwt of how.jwts) {
      const answer = await connection.request('$SYS.REQ.CLAIMS.UPDATE', jwt, { timeout: 5_000 });
      const { data, error } = answer.json<{ data?: { code: number }; error?: { description: string } }>();
      if (error || data?.code !== 200)
        throw new Error(`the broker refused an account: ${error?.description ?? 'no reason'}`);
    }
  } finally {
    await connection.close();
  }
}
