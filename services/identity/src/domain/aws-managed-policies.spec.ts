import { type Caller, decide, noPolicies, parsePolicy } from '@muster/iam';

import { awsManagedPolicies, ownTemporaryCredentials } from './aws-managed-policies.js';

const caller: Caller = {
  account: '123456789012',
  region: 'us-east-1',
  arn: 'arn:aws:iam::123456789012:user/alice',
  userId: 'AIDA',
  kind: 'User',
};
const may = (name: string, action: string) => {
  const document = awsManagedPolicies.find((each) => each.name === name)!.document;
  const policies = { ...noPolicies, identity: [{ name, document: parsePolicy(JSON.stringify(document)) }] };
  return decide(caller, policies, action, [], new Date()).allowed;
};

describe('the managed policies that every account has', () => {
  it.each(awsManagedPolicies.map(({ name, document }) => [name, document]))('%s is well formed', (_name, document) => {
    expect(parsePolicy(JSON.stringify(document))).toEqual(document);
  });

  it.each([
    ['PowerUserAccess', 'ssm:PutParameter', true],
    ['PowerUserAccess', 'iam:CreateUser', false],
    ['PowerUserAccess', 'muster:CreateAccount', false],
    ['ReadOnlyAccess', 'ssm:GetParameter', true],
    ['ReadOnlyAccess', 'kms:Decrypt', false],
    ['ReadOnlyAccess', 'ssm:PutParameter', false],
    ['IAMReadOnlyAccess', 'iam:ListUsers', true],
    ['IAMReadOnlyAccess', 'iam:CreateAccessKey', false],
    ['AmazonSSMReadOnlyAccess', 'ssm:DeleteParameter', false],
    ['AmazonSSMManagedInstanceCore', 'ssm:SendCommand', false],
    ['AWSKeyManagementServicePowerUser', 'kms:CreateKey', true],
    ['AWSKeyManagementServicePowerUser', 'kms:Decrypt', false],
  ])('%s and %s: %s', (name, action, expected) => {
    expect(may(name, action)).toBe(expected);
  });

  it('are named once each, whatever the case', () => {
    expect(new Set(awsManagedPolicies.map(({ name }) => name.toLowerCase())).size).toBe(awsManagedPolicies.length);
  });
});

it('what narrows the credentials of GetSessionToken is well formed', () => {
  expect(parsePolicy(JSON.stringify(ownTemporaryCredentials.document))).toEqual(ownTemporaryCredentials.document);
});
