import { randomUUID } from 'node:crypto';

import { type Acted, type Call, type Handles, Operation, Service, type Valid, serviceOptions } from '@muster/bus';
import type { AuditRecord } from '@muster/contracts';
import type { Caller } from '@muster/iam';
import { Database } from '@muster/persistence';
import { Module } from '@nestjs/common';

import { type OwnPostgres, type TestAccount, ownPostgres, serviceUnderTest } from '../src/index.js';
import { Notes, PutNote, Stage } from './bus/ledger.js';

const key = (call: Call) => `arn:aws:kms:us-east-1:${call.account}:key/1`;
const parameter = (call: Call, name: string | undefined) =>
  `arn:aws:ssm:${call.region}:${call.account}:parameter/${name}`;

/** Shows a secret, for which a key is used. */
@Operation('ssm', 'GetParameter')
class ReadSecret implements Handles<{ Name: string | undefined }, Acted, object> {
  load(input: Valid<{ Name: string | undefined }>, call: Call): Acted {
    return { on: [{ arn: parameter(call, input.Name) }, { arn: key(call), action: 'kms:Decrypt' }] };
  }

  async handle() {
    return { Parameter: { Name: 'secret', Value: 'hunter2' } };
  }
}

/** Changes something elsewhere. */
@Operation('ssm', 'DeleteParameter', { audits: true })
class ChangeElsewhere implements Handles<{ Name: string | undefined }, Acted, object> {
  constructor(private readonly stage: Stage) {}

  load(input: Valid<{ Name: string | undefined }>, call: Call): Acted {
    return { on: [{ arn: parameter(call, input.Name) }] };
  }

  async handle(input: Valid<{ Name: string | undefined }>, _: Acted, call: Call) {
    await this.stage.onPut(input.Name, call);
    return {};
  }
}

/** Reads what is no secret. */
@Operation('ssm', 'GetParameters')
class ReadPlain implements Handles<object, Acted, object> {
  load(_: object, call: Call): Acted {
    return { on: [{ arn: parameter(call, 'plain') }] };
  }

  async handle() {
    return { Parameters: [] };
  }
}

@Service({ ...serviceOptions(Notes) })
@Module({ providers: [Stage, PutNote, ReadSecret, ChangeElsewhere, ReadPlain] })
class Audited {}

let postgres: OwnPostgres;
const service = serviceUnderTest(Audited, async () => ({ postgres: (postgres = await ownPostgres()) }));
afterAll(() => postgres?.stop());

const everything = { Version: '2012-10-17', Statement: [{ Sid: 'All', Effect: 'Allow', Action: '*', Resource: '*' }] };
const database = () => service.running().get(Database);
const stage = () => service.running().get(Stage);

/** What is kept of an account, whether or not it was published yet. */
async function keptOf({ account }: TestAccount): Promise<AuditRecord[]> {
  const rows = await database().query<{ body: string }>('SELECT body FROM outbox WHERE subject = $1 ORDER BY id', [
    `events.${account}.us-east-1.registry.audited`,
  ]);
  return rows.flatMap(({ body }) => (JSON.parse(body) as { data: { Records: AuditRecord[] } }).data.Records);
}

describe('a denial', () => {
  it('is kept before it is answered, and published', async () => {
    const account = service.newAccount();
    const alice: Caller = {
      ...account.user('alice', {
        ...everything,
        Statement: [{ Effect: 'Deny', Sid: 'Never', Action: '*', Resource: '*' }],
      }),
      accessKeyId: 'AKIAALICE',
      sourceIp: '203.0.113.7',
      userAgent: 'aws-cli/2',
    };
    await expect(account.ssm('PutParameter', { Name: 'a', Value: 'hunter2' }, { caller: alice })).rejects.toMatchObject(
      { code: 'AccessDeniedException' },
    );

    const [record, ...more] = await keptOf(account);
    expect(more).toEqual([]);
    expect(record).toEqual({
      eventVersion: '1.11',
      eventID: expect.stringMatching(/^[0-9a-f-]{36}$/),
      eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      eventType: 'AwsApiCall',
      eventCategory: 'Management',
      managementEvent: true,
      eventSource: 'ssm.amazonaws.com',
      eventName: 'PutParameter',
      awsRegion: 'us-east-1',
      sourceIPAddress: '203.0.113.7',
      userAgent: 'aws-cli/2',
      requestID: expect.stringMatching(/^[0-9a-f-]{36}$/),
      readOnly: false,
      userIdentity: {
        type: 'IAMUser',
        principalId: 'AIDAALICE',
        arn: alice.arn,
        accountId: account.account,
        accessKeyId: 'AKIAALICE',
        userName: 'alice',
      },
      resources: [{ ARN: `arn:aws:ssm:us-east-1:${account.account}:parameter/a`, accountId: account.account }],
      recipientAccountId: account.account,
      errorCode: 'AccessDenied',
      errorMessage: expect.stringContaining('with an explicit deny in an identity-based policy'),
      additionalEventData: { deniedBy: 'policy 1/Never' },
    });
    expect(JSON.stringify(record)).not.toContain('hunter2');
    expect((await account.events.next<{ Records: AuditRecord[] }>('registry.audited')).data.Records).toEqual([record]);
  });

  it('of a session tells whose role it is', async () => {
    const account = service.newAccount();
    const caller: Caller = {
      ...account.caller,
      arn: `arn:aws:sts::${account.account}:assumed-role/deploy/run-7`,
      issuerArn: `arn:aws:iam::${account.account}:role/ci/deploy`,
      userId: 'AROADEPLOY:run-7',
      kind: 'AssumedRole',
      tokenIssuedAt: Date.parse('2026-11-24T11:00:00Z'),
    };
    await expect(account.ssm('GetParameters', { Names: ['a'] }, { caller })).rejects.toMatchObject({
      code: 'AccessDeniedException',
    });
    const [record] = await keptOf(account);
    expect(record).toMatchObject({ eventName: 'GetParameters', readOnly: true, additionalEventData: {} });
    expect(record!.userIdentity).toMatchObject({
      type: 'AssumedRole',
      sessionContext: {
        attributes: { creationDate: '2026-11-24T11:00:00Z', mfaAuthenticated: 'false' },
        sessionIssuer: { type: 'Role', principalId: 'AROADEPLOY', arn: caller.issuerArn, userName: 'deploy' },
      },
    });
  });
});

describe('a change', () => {
  it('is committed with its record, and says by which statement it was allowed', async () => {
    const account = service.newAccount();
    const alice = account.user('alice', everything);
    const name = randomUUID();
    await account.ssm('PutParameter', { Name: name, Value: 'hunter2' }, { caller: alice });

    const [record] = await keptOf(account);
    expect(record).toMatchObject({ eventName: 'PutParameter', additionalEventData: { allowedBy: ['policy 1/All'] } });
    expect(record).not.toHaveProperty('errorCode');
    expect(JSON.stringify(record)).not.toContain('hunter2');
  });

  it('and its record are one transaction: where the record has no room, nothing is changed', async () => {
    const account = service.newAccount();
    await database().query(
      `CREATE FUNCTION refuse_audit() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full'; END $$`,
    );
    await database().query(
      `CREATE TRIGGER refuse BEFORE INSERT ON outbox FOR EACH ROW WHEN (NEW.subject LIKE '%.audited')
       EXECUTE FUNCTION refuse_audit()`,
    );
    const name = randomUUID();
    await expect(account.ssm('PutParameter', { Name: name, Value: 'a' })).rejects.toMatchObject({ status: 503 });
    await database().query('DROP TRIGGER refuse ON outbox');
    const notes = await database().query('SELECT name FROM note WHERE name = $1', [name]);
    const events = await database().query('SELECT id FROM outbox WHERE subject LIKE $1', [
      `events.${account.account}.%`,
    ]);
    expect([notes, events]).toEqual([[], []]);
  });

  it('that fails is not in the trail', async () => {
    const account = service.newAccount();
    await expect(account.ssm('PutParameter', { Name: '\0', Value: 'no text for Postgres' })).rejects.toMatchObject({
      status: 500,
    });
    expect(await keptOf(account)).toEqual([]);
  });

  it('by other means is kept before it is made', async () => {
    const account = service.newAccount();
    let before: AuditRecord[] = [];
    stage().onPut = async () => void (before = await keptOf(account));
    await account.ssm('DeleteParameter', { Name: 'a' });
    stage().onPut = () => undefined;
    expect(before).toMatchObject([{ eventName: 'DeleteParameter', userIdentity: { type: 'Root' } }]);
    expect(await keptOf(account)).toEqual(before);
  });
});

describe('what is read', () => {
  it('is kept when a key was used for it, and not otherwise', async () => {
    const account = service.newAccount();
    await account.ssm('GetParameters', { Names: ['plain'] });
    await account.ssm('GetParameter', { Name: 'secret', WithDecryption: true });
    const records = await keptOf(account);
    expect(records).toMatchObject([{ eventName: 'GetParameter', readOnly: true }]);
    expect(records[0]!.resources.map(({ ARN }) => ARN)).toContain(`arn:aws:kms:us-east-1:${account.account}:key/1`);
    expect(JSON.stringify(records)).not.toContain('hunter2');
  });

  it('at the same time is kept in groups, each record once', async () => {
    const accounts = [service.newAccount(), service.newAccount()];
    const calls = Array.from({ length: 400 }, (_, n) => accounts[n % 2]!.ssm('GetParameter', { Name: `n${n}` }));
    await Promise.all(calls);
    for (const account of accounts) {
      const records = await keptOf(account);
      const names = records.flatMap(({ resources }) =>
        resources.map(({ ARN }) => ARN).filter((arn) => arn.includes(':ssm:')),
      );
      expect(new Set(names).size).toBe(200);
      expect(records).toHaveLength(200);
      expect(new Set(records.map((each) => each.eventID)).size).toBe(200);
      const [{ groups }] = (await database().query<{ groups: number }>(
        'SELECT count(*)::int AS groups FROM outbox WHERE subject = $1',
        [`events.${account.account}.us-east-1.registry.audited`],
      )) as [{ groups: number }];
      expect(groups).toBeLessThan(100);
    }
  });
});

describe('while the audit cannot be kept', () => {
  it('nothing is disclosed, nothing is changed, nothing is refused: 503', async () => {
    const account = service.newAccount();
    const alice = account.user('alice', everything);
    const eve = account.user('eve');
    await account.ssm('GetParameter', { Name: 'secret' }, { caller: alice });
    let changed = 0;
    stage().onPut = () => void changed++;
    await postgres.kill();

    const away = { code: 'ServiceUnavailable', status: 503 };
    const disclosed = account.ssm('GetParameter', { Name: 'secret' }, { caller: alice });
    const failure: unknown = await disclosed.catch((error: unknown) => error);
    expect(failure).toMatchObject(away);
    expect(JSON.stringify(failure)).not.toContain('hunter2');
    await expect(account.ssm('GetParameter', { Name: 'secret' }, { caller: eve })).rejects.toMatchObject(away);
    await expect(account.ssm('DeleteParameter', { Name: 'a' }, { caller: alice })).rejects.toMatchObject(away);
    expect(changed).toBe(0);
    // What needs no audit is answered.
    await account.ssm('GetParameters', { Names: ['plain'] }, { caller: alice });

    await postgres.start();
    await account.ssm('GetParameter', { Name: 'secret' }, { caller: alice });
    await account.ssm('DeleteParameter', { Name: 'a' }, { caller: alice });
    expect(changed).toBe(1);
    stage().onPut = () => undefined;
  }, 60_000);
});
