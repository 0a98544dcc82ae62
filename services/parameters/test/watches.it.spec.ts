import type { CreateParameterWatchResult, ListParameterWatchesResult } from '@muster/aws-protocol';
import { Database } from '@muster/persistence';
import { type TestAccount, serviceUnderTest } from '@muster/testing';

import { ParametersModule } from '../src/module.js';
import { Watcher, signWatchCredentials } from './watcher.js';

const allow = (Action: string[], Resource: string[]) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource }],
});
const all = allow(['*'], ['*']);

describe('watches', () => {
  const service = serviceUnderTest(ParametersModule, { env: { MUSTER_PARAMETERS_WATCHES_PER_PRINCIPAL: '1000' } });
  const open: Watcher[] = [];

  beforeAll(() => signWatchCredentials(service));
  afterAll(async () => {
    for (const each of open) await each.nats.close();
  });

  const muster = <O = Record<string, never>>(account: TestAccount, operation: string, input: object, how?: object) =>
    account.call<O>('muster', operation, input, how);
  const create = (account: TestAccount, input: object, how?: object) =>
    muster<CreateParameterWatchResult>(account, 'CreateParameterWatch', input, how);
  const put = (account: TestAccount, Name: string, Value: string) =>
    account.ssm('PutParameter', { Name, Value, Type: 'String', Overwrite: true });

  async function watch(account: TestAccount, input: object, how?: object) {
    const created = await create(account, input, how);
    const watcher = await Watcher.connect(created);
    open.push(watcher);
    return { ...created, watcher, id: created.Watch!.WatchId! };
  }

  const told = ({ Sequence, Operation, Name }: { Sequence?: number; Operation?: string; Name?: string }) =>
    `${Sequence} ${Operation} ${Name}`;

  describe('a watcher', () => {
    it('hears what happens on its path, in order, with what holds then', async () => {
      const account = service.newAccount();
      const { watcher } = await watch(account, { Path: '/app', Recursive: true, IncludeValues: true });
      await put(account, '/app/a', '1');
      await put(account, '/apple', 'not below');
      await put(account, '/app/x/y', '1');
      await account.ssm('DeleteParameter', { Name: '/app/x/y' });
      await put(account, '/app/a', '2');

      expect(await watcher.next()).toMatchObject({ Event: 'Change', Sequence: 1, Operation: 'Create', Name: '/app/a' });
      expect(told(await watcher.next())).toBe('2 Create /app/x/y');
      expect(told(await watcher.next())).toBe('3 Delete /app/x/y');
      const last = await watcher.next();
      expect(last).toMatchObject({
        Sequence: 4,
        Operation: 'Update',
        Name: '/app/a',
        ARN: `arn:aws:ssm:us-east-1:${account.account}:parameter/app/a`,
        Type: 'String',
        Version: 2,
        Value: '2',
      });
    });

    it('hears of one level, or one parameter, and of no value that it did not ask for', async () => {
      const account = service.newAccount();
      const level = await watch(account, { Path: '/app' });
      const one = await watch(account, { Path: '/app/a/b' });
      await put(account, '/app/a/b', 'secret');
      await put(account, '/app/c', 'x');
      expect(told(await level.watcher.next())).toBe('1 Create /app/c');
      const message = await one.watcher.next();
      expect(message).toMatchObject({ Name: '/app/a/b' });
      expect(message).not.toHaveProperty('Value');
    });

    it('hears nothing of what it may not read, not even a gap', async () => {
      const account = service.newAccount();
      const arn = (path: string) => `arn:aws:ssm:us-east-1:${account.account}:parameter${path}`;
      const alice = account.user(
        'alice',
        allow(['muster:CreateParameterWatch'], [arn('/app')]),
        allow(['ssm:GetParameter'], [arn('/app/open/*')]),
      );
      const { watcher } = await watch(account, { Path: '/app', Recursive: true }, { caller: alice });
      await put(account, '/app/closed/a', '1');
      await put(account, '/app/open/a', '1');
      await account.ssm('DeleteParameter', { Name: '/app/closed/a' });
      await put(account, '/app/open/b', '1');
      expect(told(await watcher.next())).toBe('1 Create /app/open/a');
      expect(told(await watcher.next())).toBe('2 Create /app/open/b');
      await expect(create(account, { Path: '/other' }, { caller: alice })).rejects.toMatchObject({
        code: 'AccessDeniedException',
        message: expect.stringContaining('muster:CreateParameterWatch'),
      });
    });

    it('hears less from the moment on at which it may read less, and stays', async () => {
      const account = service.newAccount();
      const bob = account.user('bob', all);
      const { watcher } = await watch(account, { Path: '/p', Recursive: true }, { caller: bob });
      await put(account, '/p/a', '1');
      expect(told(await watcher.next())).toBe('1 Create /p/a');
      account.user('bob', all, {
        Statement: [{ Effect: 'Deny', Action: 'ssm:GetParameter', Resource: 'arn:aws:ssm:*:*:parameter/p/a' }],
      });
      await put(account, '/p/a', '2');
      await put(account, '/p/b', '1');
      expect(told(await watcher.next())).toBe('2 Create /p/b');
    });

    it('hears a secret only when it asked for it and may decrypt it, which is written down', async () => {
      const account = service.newAccount();
      const may = account.user('may', all);
      const mayNot = account.user('may-not', all, {
        Statement: [{ Effect: 'Deny', Action: 'kms:Decrypt', Resource: '*' }],
      });
      const input = { Path: '/s', IncludeValues: true };
      const asked = await watch(account, { ...input, WithDecryption: true }, { caller: may });
      const unasked = await watch(account, input, { caller: may });
      const refused = await watch(account, { ...input, WithDecryption: true }, { caller: mayNot });
      await account.ssm('PutParameter', { Name: '/s/pw', Value: 'hunter2', Type: 'SecureString' });
      expect(await asked.watcher.next()).toMatchObject({ Name: '/s/pw', Type: 'SecureString', Value: 'hunter2' });
      for (const { watcher } of [unasked, refused]) {
        const message = await watcher.next();
        expect(message).toMatchObject({ Name: '/s/pw', Type: 'SecureString' });
        expect(message).not.toHaveProperty('Value');
      }
      const record = { eventName: 'WatchParameters', userIdentity: { arn: may.arn }, requestID: asked.id };
      await account.events.next('parameters.audited', { data: { Records: { 0: record } } });
    });

    it('has a credential for its own subject alone', async () => {
      const account = service.newAccount();
      const [mine, other] = [await watch(account, { Path: '/' }), await watch(account, { Path: '/' })];
      for (const subject of [other.Subject!, `ext.${account.account}.>`, 'events.>']) {
        const subscription = mine.watcher.nats.subscribe(subject, { callback: () => undefined });
        await expect(subscription.closed).resolves.toMatchObject({
          message: expect.stringMatching(/permissions violation/i),
        });
      }
    });
  });

  describe('a watch ends', () => {
    it('when the permission to open it is taken away, within about a second', async () => {
      const account = service.newAccount();
      const carol = account.user('carol', all);
      const { watcher, id } = await watch(account, { Path: '/app', Recursive: true }, { caller: carol });
      const since = performance.now();
      account.user('carol', allow(['ssm:GetParameter'], ['*']));
      const end = await watcher.next();
      expect(performance.now() - since).toBeLessThan(3_000);
      expect(end).toMatchObject({
        Event: 'End',
        Reason: 'AccessDenied',
        Message: expect.stringContaining('muster:CreateParameterWatch'),
      });
      await put(account, '/app/after', '1');
      const { Watches } = await muster<ListParameterWatchesResult>(account, 'ListParameterWatches', {});
      expect(Watches).toMatchObject([{ WatchId: id, Status: 'Ended', EndReason: 'AccessDenied', Sequence: 0 }]);
      await expect(muster(account, 'RenewParameterWatch', { WatchId: id })).rejects.toMatchObject({
        code: 'ParameterWatchNotFound',
        message: expect.stringContaining('AccessDenied'),
      });
    });

    it('when its access key is switched off, its session is over, or its principal is gone', async () => {
      const account = service.newAccount();
      const root = { ...account.caller, accessKeyId: `AKIA${account.account}ABCD` };
      const byKey = await watch(account, { Path: '/' }, { caller: root });
      const soon = { ...account.caller, accessKeyId: 'ASIASESSIONSESSION', expiresAt: Date.now() + 1_000 };
      const bySession = await watch(account, { Path: '/' }, { caller: soon });
      const dave = account.user('dave', all);
      const byPrincipal = await watch(account, { Path: '/' }, { caller: dave });

      service.identity!.deactivate(root.accessKeyId);
      expect(await byKey.watcher.next()).toMatchObject({ Event: 'End', Reason: 'AccessKeyInactive' });
      expect(await bySession.watcher.next()).toMatchObject({ Event: 'End', Reason: 'SessionExpired' });
      account.user('dave');
      expect(await byPrincipal.watcher.next()).toMatchObject({ Event: 'End', Reason: 'AccessDenied' });
    });

    it('when nobody renews it, and when it is deleted', async () => {
      const account = service.newAccount();
      const idle = await watch(account, { Path: '/' });
      const kept = await watch(account, { Path: '/' });
      const database = service.running().get(Database);
      // Their leases are over in the past: what an hour does.
      await database.query(`UPDATE watch SET lease_until = now() - interval '1 second' WHERE id = $1`, [idle.id]);
      expect(await idle.watcher.next()).toMatchObject({ Event: 'End', Reason: 'LeaseExpired' });

      const renewed = await muster<CreateParameterWatchResult>(account, 'RenewParameterWatch', { WatchId: kept.id });
      expect(renewed).toMatchObject({ Watch: { WatchId: kept.id, Status: 'Open' }, Credential: expect.any(String) });
      const other = account.user('other', all);
      await expect(
        muster(account, 'RenewParameterWatch', { WatchId: kept.id }, { caller: other }),
      ).rejects.toMatchObject({ code: 'AccessDeniedException' });
      await muster(account, 'DeleteParameterWatch', { WatchId: kept.id });
      expect(await kept.watcher.next()).toMatchObject({ Event: 'End', Reason: 'Deleted' });
      await expect(muster(account, 'DeleteParameterWatch', { WatchId: kept.id })).rejects.toMatchObject({
        code: 'ParameterWatchNotFound',
      });
    });
  });

  it('of a session is renewed by that session alone, whatever others are called', async () => {
    const account = service.newAccount();
    const arn = `arn:aws:sts::${account.account}:assumed-role/reader/ci`;
    service.identity!.attach(arn, [all]);
    const session = (accessKeyId: string) => ({
      ...account.caller,
      ...{ arn, userId: 'AROAREADER:ci', kind: 'AssumedRole' as const, accessKeyId, expiresAt: Date.now() + 60_000 },
    });
    const opener = session('ASIAOPENEROPENER');
    const { id } = await watch(account, { Path: '/' }, { caller: opener });
    const renew = (caller: object) => muster(account, 'RenewParameterWatch', { WatchId: id }, { caller });
    await expect(renew(session('ASIAOTHEROTHEROT'))).rejects.toMatchObject({ code: 'AccessDeniedException' });
    await expect(renew(opener)).resolves.toMatchObject({ Credential: expect.any(String) });
  });

  it('is refused where too many are open', async () => {
    const account = service.newAccount();
    const database = service.running().get(Database);
    await create(account, { Path: '/' });
    await database.query(
      `INSERT INTO watch (id, account, region, path, recursive, include_values, with_decryption, caller, principal, action,
                          door, subject, beat_at, checked_revision, created_at, lease_until)
       SELECT 'many-' || account || n, account, region, '/nothing', false, false, false, caller, principal, action, door,
              'ext.' || account || '.watch.many-' || n, beat_at, checked_revision, created_at, lease_until
       FROM watch, generate_series(1, 999) AS n WHERE account = $1`,
      [account.account],
    );
    await expect(create(account, { Path: '/' })).rejects.toMatchObject({
      code: 'ParameterWatchLimitExceeded',
      message: expect.stringContaining('1000 watches open'),
    });
  });

  it('shows a gap where something was lost on the way', async () => {
    const account = service.newAccount();
    const { watcher, id } = await watch(account, { Path: '/', Recursive: true });
    await put(account, '/a', '1');
    expect(told(await watcher.next())).toBe('1 Create /a');
    // Counted, and killed before it was published.
    const database = service.running().get(Database);
    await database.query(
      `UPDATE watch SET sequence = sequence + 1, beat_at = now() - interval '1 minute' WHERE id = $1`,
      [id],
    );
    await watcher.messages.next((each) => each.Event === 'Alive');
    await database.query(`UPDATE watch SET beat_at = now() - interval '1 minute' WHERE id = $1`, [id]);
    const beat = await watcher.messages.next((each) => each.Event === 'Alive' && each.Sequence! > 1);
    expect(beat).toMatchObject({ Sequence: 2 });
    await put(account, '/a', '2');
    expect(told(await watcher.next())).toBe('3 Update /a');
  });

  it('goes on where it was when the service is restarted in the middle of changes', async () => {
    const account = service.newAccount();
    const { watcher } = await watch(account, { Path: '/r', Recursive: true });
    for (let n = 0; n < 20; n++) await put(account, `/r/${n}`, '1');
    await service.restart();
    for (let n = 20; n < 40; n++) await put(account, `/r/${n}`, '1');
    for (let n = 0; n < 40; n++) expect(told(await watcher.next())).toBe(`${n + 1} Create /r/${n}`);
  }, 60_000);

  it('a thousand over a burst cost bounded messages: who would get too much is told to read anew', async () => {
    const account = service.newAccount();
    const first = await watch(account, { Path: '/burst', Recursive: true, IncludeValues: true });
    const database = service.running().get(Database);
    await database.query(
      `INSERT INTO watch (id, account, region, path, recursive, include_values, with_decryption, caller, principal, action,
                          door, subject, beat_at, checked_revision, created_at, lease_until)
       SELECT 'burst-' || n, account, region, path, recursive, include_values, with_decryption, caller, principal, action,
              door, 'ext.' || account || '.watch.burst-' || n, beat_at, checked_revision, created_at, lease_until
       FROM watch, generate_series(1, 999) AS n WHERE id = $1`,
      [first.id],
    );
    const heard: { bytes: number; resync: number; change: number } = { bytes: 0, resync: 0, change: 0 };
    const everybody = service.nats.subscribe(`ext.${account.account}.watch.>`, {
      callback: (_error, msg) => {
        heard.bytes += msg.data.length;
        const { Event } = msg.json<{ Event: string }>();
        if (Event === 'Resync') heard.resync++;
        if (Event === 'Change') heard.change++;
      },
    });
    const names = Array.from({ length: 100 }, (_, n) => `/burst/${n}`);
    await Promise.all(names.map((name) => put(account, name, 'x'.repeat(4_000))));
    await put(account, '/burst/last', 'x');
    let sequence = 0;
    for (let last = ''; last !== '/burst/last';) {
      const message = await first.watcher.next();
      expect(message.Sequence).toBe(++sequence);
      last = message.Name ?? '';
      // It may have been among what was too much.
      if (message.Event === 'Resync') await put(account, '/burst/last', 'x');
    }
    everybody.unsubscribe();
    // All of it would have been 400 MB.
    expect(heard.resync).toBeGreaterThan(900);
    expect(heard.bytes).toBeLessThan(200 * 1024 * 1024);
  }, 60_000);
});
