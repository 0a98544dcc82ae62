/** An IAM policy document as stored: only what `decide` understands is accepted when it is written. */
export interface PolicyDocument {
  readonly Version?: string;
  readonly Id?: string;
  readonly Statement: readonly Statement[];
}

/** One statement of a policy: exactly one of Action and NotAction, exactly one of Resource and NotResource. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
}

/** What AWS calls AdministratorAccess: all actions on all resources of the account. */
export const administratorPolicy: PolicyDocument = {
  Version: '2012-10-17',
  Id: 'AdministratorAccess',
  Statement: [{ Sid: 'AdministratorAccess', Effect: 'Allow', Action: ['*'], Resource: ['*'] }],
};
