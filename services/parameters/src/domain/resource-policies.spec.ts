import { type KeptPolicy, policyHash, policyOf, sharedWith } from './resource-policies.js';

const statement = { Action: ['ssm:GetParameter'], Resource: 'arn:aws:ssm:us-east-1:111111111111:parameter/a' };

function kept(Principal: unknown, Effect = 'Allow'): KeptPolicy {
  const text = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect, Principal, ...statement }] });
  return { id: text, hash: policyHash(text), text };
}

describe('resource policies', () => {
  it('add up, and are the same document as long as they are the same', () => {
    const policies = [kept({ AWS: '222222222222' }), kept({ AWS: '333333333333' })];
    expect(policyOf(policies)?.Statement).toHaveLength(2);
    expect(policyOf([...policies])).toBe(policyOf(policies));
    expect(policyOf(policies.slice(1))?.Statement).toHaveLength(1);
    expect(policyOf([])).toBeUndefined();
  });

  it('name with whom they may share, and nobody whom they only deny', () => {
    const policies = [
      kept({ AWS: ['222222222222', 'arn:aws:iam::333333333333:user/alice', 'arn:aws:iam::444444444444:root'] }),
      kept({ AWS: '555555555555' }, 'Deny'),
    ];
    expect(sharedWith(policies)).toEqual(['222222222222', '333333333333', '444444444444']);
    expect(sharedWith([kept('*')])).toEqual(['*']);
    expect(sharedWith([kept({ AWS: '*' })])).toEqual(['*']);
    expect(sharedWith([])).toEqual([]);
  });
});
