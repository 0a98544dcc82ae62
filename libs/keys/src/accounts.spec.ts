import { decode } from '@nats-io/jwt';

import { createAccounts, createAccountSeeds, createOperator, issueAccounts, operatorJwt } from './accounts.js';
import { nkeyFromSeed } from './nkey.js';
import { nodePermissions, subscriberPermissions } from './permissions.js';
import { credsAuthenticator, credsFile, natsUserKeys, parseCreds, userJwt } from './users.js';

const operator = createOperator();
const accounts = createAccounts(operator, { suffix: 'a' });

describe('accounts', () => {
  it('are signed by the operator', () => {
    for (const account of Object.values(accounts)) {
      expect(decode(account.jwt)).toMatchObject({ iss: operator.publicKey, sub: account.publicKey });
    }
    expect(decode(operatorJwt(operator, accounts.sys.publicKey))).toMatchObject({
      sub: operator.publicKey,
      nats: { type: 'operator', version: 2, system_account: accounts.sys.publicKey },
    });
  });

  it('give JetStream to CORE alone', () => {
    const withJetStream = Object.values(accounts).filter(({ jwt }) => 'disk_storage' in limitsOf(jwt));

    expect(withJetStream.map(({ name }) => name)).toEqual(['CORE-a']);
  });

  it('keep their keys when they are issued anew', () => {
    const seeds = createAccountSeeds();
    const [first, second] = [issueAccounts(operator, seeds), issueAccounts(operator, seeds, { suffix: 'b' })];

    expect(second.fleet.publicKey).toBe(first.fleet.publicKey);
    expect(second.fleet.name).toBe('FLEET-b');
  });

  it('carry revocations in seconds', () => {
    const { publicKey } = natsUserKeys();
    const revoked = issueAccounts(operator, accounts, { revocations: { fleet: { [publicKey]: new Date(5_999) } } });

    expect(decode(revoked.fleet.jwt).nats).toMatchObject({ revocations: { [publicKey]: 5 } });
    expect(decode(revoked.core.jwt).nats).toMatchObject({ revocations: {} });
  });
});

describe('a user', () => {
  const keys = natsUserKeys();
  const jwt = userJwt(accounts.fleet, {
    name: 'mi-1',
    publicKey: keys.publicKey,
    permissions: nodePermissions('mi-1'),
    expiresAt: new Date(2_000_000_000_000),
  });

  it('is signed by the signing key of its account, never by the account', () => {
    expect(decode(jwt)).toMatchObject({
      iss: nkeyFromSeed(accounts.fleet.signingSeed).publicKey,
      exp: 2_000_000_000,
      nats: {
        type: 'user',
        version: 2,
        issuer_account: accounts.fleet.publicKey,
        resp: { max: 1, ttl: 60_000_000_000 },
      },
    });
  });

  it('that may nothing is denied everything: no list would mean all', () => {
    const silent = userJwt(accounts.core, {
      name: 'x',
      publicKey: keys.publicKey,
      permissions: { publish: [], subscribe: [] },
    });

    expect(decode(silent).nats).toMatchObject({ pub: { deny: ['>'] }, sub: { deny: ['>'] } });
  });

  it('logs on with its credentials file', () => {
    const creds = credsFile(jwt, keys.seed);
    const answer = credsAuthenticator(creds)('nonce');

    expect(parseCreds(creds)).toEqual({ jwt, seed: keys.seed });
    expect(answer).toMatchObject({ jwt, nkey: keys.publicKey });
    expect(Buffer.from(answer.sig, 'base64url')).toEqual(
      Buffer.from(nkeyFromSeed(keys.seed).sign(Buffer.from('nonce'))),
    );
    expect(() => parseCreds('nothing')).toThrow('not a NATS credentials file');
  });
});

describe('permissions', () => {
  it.each(['a.b', 'a*', '>', '', 'a b'])('are not made for the name "%s"', (name) => {
    expect(() => nodePermissions(name)).toThrow('cannot be a token');
    expect(() => subscriberPermissions(name, 'user')).toThrow('cannot be a token');
    expect(() => subscriberPermissions('durable', name)).toThrow('cannot be a token');
  });
});

function limitsOf(jwt: string): object {
  return decode<{ limits: object }>(jwt).nats.limits ?? {};
}
