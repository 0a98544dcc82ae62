import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { busUsers, deriveGatewayKey } from '@muster/bus';
import { decodeNatsJwt, issueAccounts, natsUserKeys, nkeyFromSeed, parseCreds } from '@muster/keys';

import { createDeployment, schemaOwners, type Deployment } from './deployment.js';
import { accountJwtFile } from './nats-plan.js';
import { serviceEnvironment } from './service-environment.js';

describe('a deployment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'muster-deployment-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  let count = 0;
  const aHome = (): string => join(folder, `home-${(count += 1)}`);
  const made = (home: string): Deployment => createDeployment(home, { accountId: '123456789012' });

  it('keeps its secrets readable by their owner alone', () => {
    const home = aHome();
    made(home);
    const files = readdirSync(home, { recursive: true, withFileTypes: true });

    for (const each of files) {
      const mode = statSync(join(each.parentPath, each.name)).mode & 0o777;
      expect({ name: each.name, mode }).toEqual({ name: each.name, mode: each.isDirectory() ? 0o700 : 0o600 });
    }
    expect(files.length).toBeGreaterThan(Object.keys(busUsers).length);
  });

  it('is the same when it is made again', () => {
    const home = aHome();
    const [first, again] = [made(home), made(home)];
    // Issued each time: it says the same.
    const issuedAnew = { operatorJwt: expect.any(String) as string };

    expect(again).toEqual({ ...first, ...issuedAnew });
    expect(Object.keys(again.credsFiles).sort()).toEqual([...Object.keys(busUsers), 'sys'].sort());
  });

  it("keeps a user's seed and gives it this release's permissions", () => {
    const home = aHome();
    const file = made(home).credsFiles['parameters']!;
    const before = parseCreds(readFileSync(file, 'utf8'));
    made(home);
    const after = parseCreds(readFileSync(file, 'utf8'));

    expect(after.seed).toBe(before.seed);
    expect(decodeNatsJwt(after.jwt).nats['pub']).toEqual({ allow: busUsers['parameters']!.publish });
  });

  it('does not undo what was pushed to the broker', () => {
    const home = aHome();
    const { accounts, operatorSeed } = made(home);
    const { publicKey } = natsUserKeys();
    const pushed = issueAccounts(nkeyFromSeed(operatorSeed), accounts, {
      revocations: { fleet: { [publicKey]: new Date(7_000) } },
    }).fleet.jwt;
    const kept = accountJwtFile(join(home, 'nats'), accounts.fleet.publicKey);
    mkdirSync(dirname(kept), { recursive: true });
    writeFileSync(kept, pushed);

    expect(made(home).accounts.fleet.jwt).toBe(pushed);
  });

  it('carries revocations over when a release changes what an account says', () => {
    const home = aHome();
    const { accounts, operatorSeed } = made(home);
    const { publicKey } = natsUserKeys();
    // As a release would have issued it that called the account by another name.
    const older = issueAccounts(nkeyFromSeed(operatorSeed), accounts, {
      suffix: 'older',
      revocations: { fleet: { [publicKey]: new Date(7_000) } },
    }).fleet.jwt;
    const kept = accountJwtFile(join(home, 'nats'), accounts.fleet.publicKey);
    mkdirSync(dirname(kept), { recursive: true });
    writeFileSync(kept, older);

    const issued = decodeNatsJwt(made(home).accounts.fleet.jwt);

    expect(issued).toMatchObject({ name: 'FLEET', nats: { revocations: { [publicKey]: 7 } } });
  });

  it('gives every service a key of its own to know the gateway by', () => {
    const { callerSecretFile, gatewayKeyFiles } = made(aHome());
    const bytesOf = (file: string): Buffer => Buffer.from(readFileSync(file, 'utf8'), 'base64');
    const keys = schemaOwners.map((service) => bytesOf(gatewayKeyFiles[service]!));

    expect(keys).toEqual(
      schemaOwners.map((service) => Buffer.from(deriveGatewayKey(bytesOf(callerSecretFile), service))),
    );
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(schemaOwners.length);
  });

  it('has an access key that looks like one of AWS', () => {
    const key = made(aHome()).firstAccessKey;

    expect(key).toEqual({
      account: '123456789012',
      userName: 'administrator',
      accessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/) as string,
      secretAccessKey: expect.stringMatching(/^[A-Za-z0-9+/]{40}$/) as string,
    });
  });

  it('gives every service its own role and its own users', () => {
    const deployment = made(aHome());
    const env = serviceEnvironment(deployment, {
      natsUrl: 'nats://127.0.0.1:4222',
      databaseUrl: 'postgres://muster:secret@127.0.0.1:5432/muster',
      gateway: { host: '127.0.0.1', port: 8080 },
    });

    for (const service of schemaOwners) {
      const url = new URL(env[`MUSTER_${service.toUpperCase()}_DATABASE_URL`]!);
      expect(url).toMatchObject({ username: `muster_${service}`, host: '127.0.0.1:5432', pathname: '/muster' });
      expect(env[`MUSTER_${service.toUpperCase()}_GATEWAY_KEY_FILE`]).toBe(deployment.gatewayKeyFiles[service]);
      expect(env[`MUSTER_${service.toUpperCase()}_NATS_CREDS_FILE`]).toBe(deployment.credsFiles[service]);
    }
    expect(env['MUSTER_COMMANDS_FLEET_CREDS_FILE']).toBe(deployment.credsFiles['commands-fleet']);
    expect(JSON.stringify(env)).not.toContain('muster:secret');
    expect(JSON.stringify(env)).not.toContain('sys.creds');
  });
});
