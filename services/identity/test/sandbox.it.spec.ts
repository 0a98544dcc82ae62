import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { EmptySandboxAccountResult } from '@muster/aws-protocol';
import {
  EmptyAccountAnswerSchema,
  type EmptyAccountRequest,
  EmptyAccountRequestSchema,
  Identity,
  subjects,
} from '@muster/contracts';
import { administratorPolicy } from '@muster/iam';
import { Database, UnitOfWork } from '@muster/persistence';
import { type ServiceUnderTest, serviceUnderTest } from '@muster/testing';

import { IdentityModule } from '../src/module.js';
import { Sandboxes } from '../src/store/sandboxes.js';
import { FirstAccount, allowing, failsWith, soon, soonFails } from './first-account.js';

const scope = { date: '20261124', region: 'us-east-1', service: 'ssm' };
const services = ['parameters', 'registry', 'commands', 'events'] as const;

/** The services that keep something of accounts, as far as identity knows them. */
class Keepers {
  readonly asked: { service: string; request: EmptyAccountRequest }[] = [];
  /** What each has left: a batch removes one. */
  readonly left = new Map<string, number>();
  private readonly subscriptions;

  constructor(private readonly under: ServiceUnderTest) {
    this.subscriptions = new Map(services.map((service) => [service, this.listen(service)]));
  }

  private listen(service: string) {
    return this.under.nats.subscribe(subjects.rpc(service, 'emptyAccount'), {
      callback: (_error, msg) => {
        this.asked.push({ service, request: fromBinary(EmptyAccountRequestSchema, msg.data) });
        const left = this.left.get(service) ?? 0;
        this.left.set(service, Math.max(0, left - 1));
        const removed = { [`${service} things`]: Math.min(1, left) };
        msg.respond(toBinary(EmptyAccountAnswerSchema, create(EmptyAccountAnswerSchema, { removed, more: left > 1 })));
      },
    });
  }

  die(service: (typeof services)[number]): void {
    this.subscriptions.get(service)!.unsubscribe();
  }

  live(service: (typeof services)[number]): void {
    this.subscriptions.set(service, this.listen(service));
  }
}

describe('a sandbox', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'muster-sandbox-')), 'first.json');
  const document = {
    account: '111122223333',
    userName: 'administrator',
    accessKeyId: 'AKIAMUSTERSANDBOXKEY',
    secretAccessKey: 'a secret that everybody knows',
    sandbox: true,
  };
  writeFileSync(file, JSON.stringify(document));
  const service = serviceUnderTest(IdentityModule, { env: { MUSTER_IDENTITY_BOOTSTRAP_FILE: file } });
  const first = new FirstAccount(service, file);
  let keepers: Keepers;
  beforeAll(() => {
    keepers = new Keepers(service);
  });

  const sql = <R extends object>(text: string, values: unknown[] = []) =>
    service.running().get(Database).query<R>(text, values);
  const empty = (caller = first.administrator, input: object = {}) =>
    service
      .newAccount()
      .call<EmptySandboxAccountResult>('muster', 'EmptySandboxAccount', input, { caller, deadlineMs: 25_000 });
  const signs = async (accessKeyId: string) =>
    (await service.rpc(Identity.method.signingKey, { ...scope, accessKeyId })).principal !== undefined;

  /** One thing of every kind. */
  async function furnished() {
    const user = await first.aUser();
    const group = await first.aGroup();
    const role = await first.aRole();
    const policy = await first.aPolicy();
    const { UserName } = user;
    await first.iam('AddUserToGroup', { UserName, GroupName: group.GroupName });
    await first.iam('AddUserToGroup', { UserName: document.userName, GroupName: group.GroupName });
    await first.iam('AttachUserPolicy', { UserName, PolicyArn: policy.arn });
    await first.iam('AttachUserPolicy', { UserName: document.userName, PolicyArn: policy.arn });
    await first.iam('PutRolePolicy', {
      RoleName: role.RoleName,
      PolicyName: 'inline',
      PolicyDocument: JSON.stringify(allowing('ssm:*')),
    });
    await first.iam('PutUserPermissionsBoundary', { UserName, PermissionsBoundary: policy.arn });
    const userKey = (await first.iam('CreateAccessKey', { UserName })).one('AccessKeyId')!;
    const secondKey = (await first.iam('CreateAccessKey')).one('AccessKeyId')!;
    await service.newAccount().call('kms', 'CreateKey', {}, { caller: first.administrator });
    return { user, role, userKey, secondKey };
  }

  async function kept(): Promise<Record<string, number>> {
    const tables = ['principal', 'policy', 'kms_key'].map(
      (table) =>
        `SELECT '${table}' AS kind, count(*)::int AS count FROM ${table} WHERE account = '${document.account}'`,
    );
    const owned = ['access_key', 'attachment', 'inline_policy', 'session'].map(
      (table) =>
        `SELECT '${table}', count(*)::int FROM ${table} t JOIN principal p ON p.id = t.principal WHERE p.account = '${document.account}'`,
    );
    const rows = await sql<{ kind: string; count: number }>([...tables, ...owned].join(' UNION ALL '));
    return Object.fromEntries(rows.map(({ kind, count }) => [kind, count]));
  }

  it('is emptied of all but its administrator and the first key', async () => {
    const { user, userKey, secondKey } = await furnished();
    keepers.left.set('parameters', 3);
    const events = service.nats.subscribe(
      subjects.event(document.account, 'us-east-1', 'identity', 'sandbox-emptied'),
      {
        max: 1,
      },
    );
    const answer = await empty();
    expect(answer).toMatchObject({
      AccountId: document.account,
      Status: 'Emptied',
      Removed: { 'parameters things': 3, principals: 3, policies: 1, accessKeys: 2, keys: 1 },
    });
    expect(await kept()).toEqual({
      principal: 1,
      policy: 0,
      kms_key: 0,
      access_key: 1,
      attachment: 1,
      inline_policy: 0,
      session: 0,
    });
    expect(await signs(document.accessKeyId)).toBe(true);
    expect(await signs(userKey)).toBe(false);
    expect(await signs(secondKey)).toBe(false);
    await soonFails('AccessDenied', () => first.iam('ListUsers', {}, user.caller));
    const { identityPolicies } = await service.rpc(Identity.method.policiesOf, {
      principalArn: first.administrator.arn,
    });
    expect(identityPolicies.map((each) => JSON.parse(each.document) as object)).toEqual([administratorPolicy]);
    for await (const each of events) {
      expect(each.json()).toMatchObject({
        type: 'muster.identity.sandbox-emptied',
        data: { requestedBy: first.administrator.arn, removed: { principals: 3 } },
      });
    }
  });

  it('leaves other accounts as they are', async () => {
    const made = await service
      .newAccount()
      .call<{ Account: { Id: string } }>(
        'muster',
        'CreateAccount',
        { AccountName: 'other' },
        { caller: first.administrator },
      );
    const other = made.Account.Id;
    const things = () =>
      sql(
        'SELECT p.id, k.id AS key, a.policy FROM principal p LEFT JOIN access_key k ON k.principal = p.id LEFT JOIN attachment a ON a.principal = p.id WHERE p.account = $1',
        [other],
      );
    const before = await things();
    expect(before).toHaveLength(1);
    expect(await empty()).toMatchObject({ Status: 'Emptied' });
    expect(await things()).toEqual(before);
    const [account] = await sql<{ administrator: string; sandbox: boolean }>(
      'SELECT administrator, sandbox FROM account WHERE id = $1',
      [other],
    );
    expect(account).toMatchObject({ sandbox: false, administrator: expect.any(String) as string });
  });

  it('may be emptied again, and asks every service for what was made until then', async () => {
    keepers.asked.length = 0;
    const before = Date.now();
    expect(await empty()).toMatchObject({ Status: 'Emptied', Removed: { principals: 0 } });
    expect(keepers.asked.map((each) => each.service)).toEqual([...services]);
    for (const { request } of keepers.asked) {
      expect(request.account).toBe(document.account);
      expect(Number(request.madeUntilMs)).toBeGreaterThanOrEqual(before);
      expect(Number(request.madeUntilMs)).toBeLessThanOrEqual(Date.now());
    }
  });

  it('is emptied to the end though a service dies in the middle, and identity too', async () => {
    await first.aUser();
    keepers.left.set('registry', 2);
    keepers.die('commands');
    const asked = service
      .newAccount()
      .call('muster', 'EmptySandboxAccount', {}, { caller: first.administrator, deadlineMs: 1_000 })
      .then(
        (answer) => (answer as EmptySandboxAccountResult).Status,
        () => 'gave up waiting',
      );
    await soon(async () => expect(await sql('SELECT FROM emptying WHERE finished_at IS NULL')).toHaveLength(1));
    expect(await asked).toMatch(/^(Emptying|gave up waiting)$/);
    expect((await kept())['principal']).toBe(2);
    await service.restart();
    keepers.live('commands');
    await soon(async () => expect(await sql('SELECT FROM emptying WHERE finished_at IS NULL')).toHaveLength(0));
    expect((await kept())['principal']).toBe(1);
  });

  it('is emptied by whoever may, and nobody else', async () => {
    const { caller, UserName } = await first.aUser();
    keepers.asked.length = 0;
    await expect(empty(caller)).rejects.toEqual(failsWith('AccessDeniedException'));
    await first.iam('PutUserPolicy', {
      UserName,
      PolicyName: 'empty',
      PolicyDocument: JSON.stringify(allowing('muster:EmptySandboxAccount', `arn:aws:iam::${document.account}:root`)),
    });
    await expect(empty(first.administrator, { AccountId: '999999999999' })).rejects.toEqual(
      failsWith('AccountNotSandbox', { message: expect.stringContaining('999999999999 is not the caller') as string }),
    );
    expect(keepers.asked).toEqual([]);
    expect(await soon(() => empty(caller, { AccountId: document.account }))).toMatchObject({ Status: 'Emptied' });
  });

  it('gets its administrator back at the next start, when a test has removed it', async () => {
    await sql(`UPDATE access_key SET status = 'Inactive' WHERE id = $1 RETURNING id`, [document.accessKeyId]);
    await service.restart();
    expect(await signs(document.accessKeyId)).toBe(true);

    for (const table of ['access_key', 'attachment', 'session'])
      await sql(`DELETE FROM ${table} WHERE principal IN (SELECT administrator FROM account) RETURNING principal`);
    await sql('DELETE FROM principal WHERE id IN (SELECT administrator FROM account) RETURNING id');
    await service.restart();
    expect(await signs(document.accessKeyId)).toBe(true);
    expect(await empty()).toMatchObject({ Status: 'Emptied' });
  });

  it('is no other account: it is refused, and nobody is asked for anything', async () => {
    await sql(`UPDATE account SET sandbox = false WHERE id = $1 RETURNING id`, [document.account]);
    keepers.asked.length = 0;
    await expect(empty()).rejects.toEqual(
      failsWith('AccountNotSandbox', {
        status: 400,
        message: expect.stringMatching(
          /^Account 111122223333 is not a sandbox, and nothing in it was removed\./,
        ) as string,
      }),
    );
    expect(keepers.asked).toEqual([]);
    expect((await sql('SELECT FROM emptying WHERE finished_at IS NULL')).length).toBe(0);
    // Nor does a start make one of it.
    const running = service.running();
    const restored = running.get(UnitOfWork).run((tx) => running.get(Sandboxes).restore(tx, document));
    await expect(restored).rejects.toThrow(/was not made as a sandbox: it never becomes one/);
  });
});
