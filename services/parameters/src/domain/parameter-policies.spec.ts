import { ApiError } from '@muster/aws-protocol';
import fc from 'fast-check';

import { type ScheduledPolicy, policyTexts, scheduled } from './parameter-policies.js';

const HOUR = 60 * 60 * 1000;
const now = new Date('2030-01-01T00:00:00Z');

const expiration = (Timestamp: unknown = '2030-12-02T21:34:33.000Z') => ({
  Type: 'Expiration',
  Version: '1.0',
  Attributes: { Timestamp },
});
const notification = (Before: unknown = '15', Unit: unknown = 'Days') => ({
  Type: 'ExpirationNotification',
  Version: '1.0',
  Attributes: { Before, Unit },
});
const noChange = (After: unknown = '20', Unit: unknown = 'Days') => ({
  Type: 'NoChangeNotification',
  Version: '1.0',
  Attributes: { After, Unit },
});
const texts = (...policies: unknown[]) => policyTexts(JSON.stringify(policies), now);

describe('policies of a parameter', () => {
  it('are read one by one', () => {
    const all = [expiration(), notification(), notification('1', 'Hours'), noChange()];
    expect(texts(...all)).toEqual(all.map((each) => JSON.stringify(each)));
    expect(texts(expiration('2030-12-02T21:34Z'), noChange(20))).toHaveLength(2);
  });

  it('are ten at most', () =>
    expect(texts(...Array.from({ length: 10 }, (_, i) => noChange(String(i + 1))))).toHaveLength(10));

  it.each(['[{}]', '[]', ' [ { } ] '])('are cleared by %s', (text) => expect(policyTexts(text)).toEqual([]));

  it.each<[string, unknown[], string]>([
    ['a type that there is not', [{ ...expiration(), Type: 'Rotation' }], 'InvalidPolicyTypeException'],
    ['no type', [{ Version: '1.0' }], 'InvalidPolicyTypeException'],
    ['what is no policy', [expiration(), 'x'], 'InvalidPolicyTypeException'],
    ['an empty one beside another', [expiration(), {}], 'InvalidPolicyTypeException'],
    ['another version', [{ ...expiration(), Version: '2.0' }], 'InvalidPolicyAttributeException'],
    ['no attributes', [{ Type: 'Expiration', Version: '1.0' }], 'InvalidPolicyAttributeException'],
    ['a day without a time', [expiration('2030-12-02')], 'InvalidPolicyAttributeException'],
    ['a time without a zone', [expiration('2030-12-02T21:34:33')], 'InvalidPolicyAttributeException'],
    ['a day that there is not', [expiration('2031-02-30T00:00:00Z')], 'InvalidPolicyAttributeException'],
    ['a month that there is not', [expiration('2030-13-01T00:00:00Z')], 'InvalidPolicyAttributeException'],
    ['a time that is over', [expiration('2029-12-31T23:59:59Z')], 'InvalidPolicyAttributeException'],
    ['a number as time', [expiration(1_900_000_000)], 'InvalidPolicyAttributeException'],
    ['another unit', [noChange('1', 'Weeks')], 'InvalidPolicyAttributeException'],
    ['a unit of every object', [noChange('1', 'constructor')], 'InvalidPolicyAttributeException'],
    ['a length of nothing', [noChange('0')], 'InvalidPolicyAttributeException'],
    ['a part', [noChange('1.5')], 'InvalidPolicyAttributeException'],
    ['less than nothing', [expiration(), notification('-1')], 'InvalidPolicyAttributeException'],
    [
      'an attribute of another policy',
      [{ ...noChange(), Attributes: { Before: '1', Unit: 'Days' } }],
      'InvalidPolicyAttributeException',
    ],
    ['two expirations', [expiration(), expiration('2031-12-02T21:34:33.000Z')], 'IncompatiblePolicyException'],
    ['the notice of an expiration that there is not', [notification()], 'IncompatiblePolicyException'],
    ['one policy twice', [noChange(), noChange()], 'IncompatiblePolicyException'],
    ['eleven', Array.from({ length: 11 }, (_, i) => noChange(String(i + 1))), 'PoliciesLimitExceededException'],
  ])('are refused: %s', (_what, policies, code) => {
    expect(() => texts(...policies)).toThrow(expect.objectContaining({ code }));
  });

  it.each(['', 'x', '{}', 'null', '"[]"', '[', JSON.stringify(expiration())])('are no array: %j', (text) => {
    expect(() => policyTexts(text)).toThrow(expect.objectContaining({ code: 'ValidationException' }));
  });

  it('are read or refused, whatever JSON comes', () => {
    const odd = fc.oneof(fc.jsonValue(), fc.constantFrom('Days', 'Hours', '1.0', '5', '2030-05-05T00:00:00Z'));
    const policy = fc.record(
      {
        Type: fc.oneof(fc.constantFrom('Expiration', 'ExpirationNotification', 'NoChangeNotification'), odd),
        Version: fc.oneof(fc.constant('1.0'), odd),
        Attributes: fc.oneof(
          fc.record({ Timestamp: odd, Before: odd, After: odd, Unit: odd }, { requiredKeys: [] }),
          odd,
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.array(policy).map((list) => JSON.stringify(list)),
        ),
        (text) => {
          try {
            const read = policyTexts(text, now);
            expect(scheduled(read, now, []).map((each) => each.text)).toEqual(read);
          } catch (error) {
            expect(error).toBeInstanceOf(ApiError);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('when policies act', () => {
  const madeAt = new Date('2030-03-01T00:00:00Z');
  const expiresAt = new Date('2030-12-02T21:34:33.000Z');

  it('is at the time, before it, or after the last change', () => {
    const plan = scheduled(
      texts(expiration(), notification('15'), notification('3', 'Hours'), noChange('20')),
      madeAt,
      [],
    );
    expect(plan.map(({ dueAt }) => dueAt)).toEqual([
      expiresAt,
      new Date(expiresAt.getTime() - 15 * 24 * HOUR),
      new Date(expiresAt.getTime() - 3 * HOUR),
      new Date(madeAt.getTime() + 20 * 24 * HOUR),
    ]);
    expect(plan.every(({ status }) => status === 'Pending')).toBe(true);
  });

  it('does not tell of the same expiration again; that nothing changes is told anew after each change', () => {
    const kept = texts(expiration(), notification(), noChange());
    const done: ScheduledPolicy[] = scheduled(kept, madeAt, []).map((each) => ({ ...each, status: 'Finished' }));
    expect(scheduled(kept, now, done).map(({ status }) => status)).toEqual(['Pending', 'Finished', 'Pending']);
    const later = texts(expiration('2031-12-02T21:34:33.000Z'), notification());
    expect(scheduled(later, now, done).map(({ status }) => status)).toEqual(['Pending', 'Pending']);
  });
});
