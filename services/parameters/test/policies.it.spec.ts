import { SweepWaker } from '@muster/bus';
import { Clock, Database, UnitOfWork } from '@muster/persistence';
import { type TestAccount, aParameter, serviceUnderTest } from '@muster/testing';

import { ParametersModule } from '../src/module.js';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

/** A clock that only the test moves. */
class MovedClock extends Clock {
  private aheadMs = 0;

  override now(): Date {
    return new Date(Date.now() + this.aheadMs);
  }

  advance(ms: number): void {
    this.aheadMs += ms;
  }
}

describe('policies of parameters', () => {
  const clock = new MovedClock();
  const service = serviceUnderTest(ParametersModule, { clock });

  function pass(ms: number): void {
    clock.advance(ms);
    service.running().get(SweepWaker).wake('parameters.policies');
  }

  const expiration = (inMs: number) => ({
    Type: 'Expiration',
    Version: '1.0',
    Attributes: { Timestamp: new Date(clock.now().getTime() + inMs).toISOString() },
  });
  const notification = (Before: string, Unit = 'Days') => ({
    Type: 'ExpirationNotification',
    Version: '1.0',
    Attributes: { Before, Unit },
  });
  const noChange = (After: string, Unit = 'Days') => ({
    Type: 'NoChangeNotification',
    Version: '1.0',
    Attributes: { After, Unit },
  });
  const aPolicied = (Name: string, ...policies: object[]) =>
    aParameter({ Name, Tier: 'Advanced', Policies: JSON.stringify(policies) });

  async function policiesOf({ ssm }: Pick<TestAccount, 'ssm'>): Promise<[string, string][]> {
    interface Described {
      readonly Parameters: { Policies: { PolicyType: string; PolicyStatus: string; PolicyText: string }[] }[];
    }
    const { Parameters } = await ssm<Described>('DescribeParameters', {});
    return Parameters.flatMap(({ Policies }) =>
      Policies.map((each) => [each.PolicyType, each.PolicyStatus] as [string, string]),
    );
  }

  it('delete what expires, and tell before', async () => {
    const account = service.newAccount();
    const { ssm, events } = account;
    const policies = [expiration(10 * DAY), notification('3'), notification('2', 'Hours')];
    const put = { ...aPolicied('/x', ...policies), Description: 'for a while' };
    expect(await ssm('PutParameter', put)).toEqual({ Version: 1, Tier: 'Advanced' });
    expect(await policiesOf(account)).toEqual([
      ['Expiration', 'Pending'],
      ['ExpirationNotification', 'Pending'],
      ['ExpirationNotification', 'Pending'],
    ]);

    pass(7 * DAY + 1000);
    expect(await events.next('parameters.policy-acted')).toMatchObject({
      source: `/${account.account}/us-east-1/parameters`,
      subject: `arn:aws:ssm:us-east-1:${account.account}:parameter/x`,
      data: {
        'parameter-name': '/x',
        'parameter-type': 'String',
        'policy-type': 'ExpirationNotification',
        'policy-content': JSON.stringify(policies[1]),
        'action-status': 'Success',
        'action-reason': expect.any(String),
      },
    });
    expect(await policiesOf(account)).toEqual([
      ['Expiration', 'Pending'],
      ['ExpirationNotification', 'Finished'],
      ['ExpirationNotification', 'Pending'],
    ]);
    expect(await ssm('GetParameterHistory', { Name: '/x' })).toMatchObject({
      Parameters: [{ Policies: [{}, { PolicyText: JSON.stringify(policies[1]), PolicyStatus: 'Finished' }, {}] }],
    });

    pass(3 * DAY);
    const told = await events.next('parameters.policy-acted');
    expect(told.data).toMatchObject({ 'policy-content': JSON.stringify(policies[2]) });
    await events.next('parameters.changed', {
      data: { name: '/x', type: 'String', operation: 'Delete', description: 'for a while' },
    });
    const over = await events.next('parameters.policy-acted');
    expect(over.data).toMatchObject({ 'policy-type': 'Expiration', 'policy-content': JSON.stringify(policies[0]) });
    await expect(ssm('GetParameter', { Name: '/x' })).rejects.toMatchObject({ code: 'ParameterNotFound' });
    expect(events.pending().map((each) => each.data)).toEqual([expect.objectContaining({ operation: 'Create' })]);
  });

  it('tell of what nobody changes, once, and anew after each change', async () => {
    const { ssm, events } = service.newAccount();
    await ssm('PutParameter', aPolicied('/still', noChange('20')));
    pass(19 * DAY);
    await ssm('PutParameter', { Name: '/still', Value: 'new', Overwrite: true });
    // Of the first version it would be due now.
    pass(2 * DAY);
    await ssm('PutParameter', aPolicied('/other', noChange('18')));
    pass(18 * DAY + 1000);
    // Both are due, the first one for an hour or more: whatever else were due would have come before.
    const names = [
      (await events.next<{ 'parameter-name': string }>('parameters.policy-acted')).data['parameter-name'],
      (await events.next<{ 'parameter-name': string }>('parameters.policy-acted')).data['parameter-name'],
    ];
    expect(names).toEqual(['/still', '/other']);
    expect(events.pending().filter((each) => each.type === 'muster.parameters.policy-acted')).toEqual([]);
  });

  it('move with the version: kept when not mentioned, replaced, or cleared', async () => {
    const account = service.newAccount();
    const { ssm, events } = account;
    await ssm('PutParameter', aPolicied('/m', expiration(5 * DAY), notification('4')));
    pass(DAY + 1000);
    await events.next('parameters.policy-acted', { data: { 'policy-type': 'ExpirationNotification' } });
    await ssm('PutParameter', { Name: '/m', Value: 'two', Overwrite: true });
    // It expires at the same time, and that was told.
    expect(await policiesOf(account)).toEqual([
      ['Expiration', 'Pending'],
      ['ExpirationNotification', 'Finished'],
    ]);
    await ssm('PutParameter', {
      Name: '/m',
      Value: 'three',
      Overwrite: true,
      Policies: JSON.stringify([expiration(30 * DAY)]),
    });
    pass(10 * DAY);
    await ssm('PutParameter', { Name: '/m', Value: 'four', Overwrite: true, Policies: '[{}]' });
    expect(await policiesOf(account)).toEqual([]);
    pass(30 * DAY);
    await ssm('PutParameter', aPolicied('/after', noChange('1', 'Hours')));
    pass(HOUR + 1000);
    await events.next('parameters.policy-acted', { data: { 'parameter-name': '/after' } });
    expect(await ssm('GetParameter', { Name: '/m' })).toMatchObject({ Parameter: { Value: 'four' } });
    expect(events.pending().filter((each) => each.type === 'muster.parameters.policy-acted')).toEqual([]);
  });

  it('go with Advanced only; the tier that chooses itself becomes it', async () => {
    const { ssm } = service.newAccount();
    const Policies = JSON.stringify([expiration(DAY)]);
    for (const Tier of ['Standard', undefined]) {
      await expect(
        ssm('PutParameter', aParameter({ Name: '/s', Policies, ...(Tier ? { Tier } : {}) })),
      ).rejects.toMatchObject({
        code: 'ValidationException',
        message: expect.stringContaining("Standard tier parameters don't support parameter policies"),
      });
    }
    const put = aParameter({ Name: '/i', Policies, Tier: 'Intelligent-Tiering' });
    expect(await ssm('PutParameter', put)).toMatchObject({ Tier: 'Advanced' });
  });

  it.each<[string, object[], string]>([
    ['a type that there is not', [{ ...noChange('1'), Type: 'Rotation' }], 'InvalidPolicyTypeException'],
    ['a bad attribute', [noChange('soon')], 'InvalidPolicyAttributeException'],
    ['two expirations', [expiration(DAY), expiration(2 * DAY)], 'IncompatiblePolicyException'],
    ['eleven', Array.from({ length: 11 }, (_, i) => noChange(String(i + 1))), 'PoliciesLimitExceededException'],
  ])('are refused: %s', async (_what, policies, code) => {
    const { ssm } = service.newAccount();
    await expect(ssm('PutParameter', aPolicied('/bad', ...policies))).rejects.toMatchObject({ code, status: 400 });
    await expect(ssm('GetParameter', { Name: '/bad' })).rejects.toMatchObject({ code: 'ParameterNotFound' });
  });

  it('can be forbidden', async () => {
    const { ssm, user } = service.newAccount();
    const put = { Effect: 'Allow', Action: 'ssm:PutParameter', Resource: '*' };
    const none = { Condition: { Null: { 'ssm:Policies': 'true' } } };
    const caller = user('plain', { Version: '2012-10-17', Statement: [{ ...put, ...none }] });
    await ssm('PutParameter', aParameter({ Name: '/p', Tier: 'Advanced' }), { caller });
    await expect(ssm('PutParameter', aPolicied('/q', noChange('1')), { caller })).rejects.toMatchObject({
      code: 'AccessDeniedException',
    });
  });

  it('act wholly or not at all: killed in the middle, everything is done by the next sweep, once', async () => {
    const account = service.newAccount();
    const { ssm, events } = account;
    for (const Name of ['/k/1', '/k/2']) {
      await ssm('PutParameter', aPolicied(Name, expiration(2 * HOUR), notification('1', 'Hours')));
    }
    const database = service.running().get(Database);
    await service
      .running()
      .get(UnitOfWork)
      .run(async (tx) => {
        await tx.query(
          `SELECT 1 FROM parameter p JOIN parameter_version v ON v.parameter_id = p.id
         WHERE p.account = $1 AND p.path = '/k/2' FOR UPDATE OF v`,
          [account.account],
        );
        pass(3 * HOUR);
        // It has marked the notifications, and waits for the version that it wants to delete.
        let killed: object[] = [];
        while (killed.length === 0) {
          killed = await database.query(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%DELETE FROM parameter %'`,
          );
        }
        expect(await ssm('GetParameter', { Name: '/k/1' })).toMatchObject({ Parameter: { Name: '/k/1' } });
      });
    const all: unknown[] = [];
    for (let i = 0; i < 4; i++) all.push((await events.next('parameters.policy-acted')).data);
    expect(all).toEqual(
      expect.arrayContaining(
        ['/k/1', '/k/2'].flatMap((name) =>
          ['ExpirationNotification', 'Expiration'].map((type) =>
            expect.objectContaining({ 'parameter-name': name, 'policy-type': type }),
          ),
        ),
      ),
    );
    for (const name of ['/k/1', '/k/2'])
      await events.next('parameters.changed', { data: { name, operation: 'Delete' } });
    expect(await ssm('DescribeParameters', {})).toEqual({ Parameters: [] });
    expect(events.pending().filter(({ type }) => type === 'muster.parameters.policy-acted')).toEqual([]);
  });

  it('of thousands due at once all act, each once', async () => {
    const account = service.newAccount();
    const { ssm, events } = account;
    const count = 3000;
    await ssm('PutParameter', aPolicied('/one', expiration(HOUR)));
    await service
      .running()
      .get(Database)
      .query(
        `WITH one AS (
         SELECT p.id, p.account, p.region, v.last_modified_by, pp.text, pp.due_at
         FROM parameter p JOIN parameter_version v ON v.parameter_id = p.id JOIN parameter_policy pp ON pp.parameter_id = p.id
         WHERE p.account = $1
       ), made AS (
         INSERT INTO parameter (id, account, region, path, parent, name, version, tags, created_at)
         SELECT gen_random_uuid(), account, region, '/t/' || n, '/t', '/t/' || n, 1, '{}', now()
         FROM one, generate_series(2, $2::int) n RETURNING id
       ), versions AS (
         INSERT INTO parameter_version (parameter_id, number, type, value, tier, data_type, last_modified_at, last_modified_by)
         SELECT made.id, 1, 'String', 'v', 'Advanced', 'text', now(), last_modified_by FROM made, one
         RETURNING parameter_id
       )
       INSERT INTO parameter_policy (parameter_id, number, place, type, text, status, due_at)
       SELECT parameter_id, 1, 1, 'Expiration', text, 'Pending', due_at FROM versions, one`,
        [account.account, count],
      );
    pass(2 * HOUR);
    const acted = new Set<string>();
    for (let i = 0; i < count; i++) {
      const { data } = await events.next<{ 'parameter-name': string }>('parameters.policy-acted', {}, 30_000);
      acted.add(data['parameter-name']);
    }
    expect(acted.size).toBe(count);
    expect(await ssm('DescribeParameters', {})).toEqual({ Parameters: [] });
    await ssm('PutParameter', aParameter({ Name: '/last' }));
    await events.next('parameters.changed', { data: { name: '/last' } });
    expect(events.pending().filter(({ type }) => type === 'muster.parameters.policy-acted')).toEqual([]);
  }, 60_000);
});
