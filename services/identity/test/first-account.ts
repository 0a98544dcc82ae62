import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';

import type { Caller } from '@muster/iam';
import type { ServiceUnderTest } from '@muster/testing';

import type { BootstrapDocument } from '../src/domain/bootstrap-document.js';
import { type QueryAnswer, query } from './query-calls.js';

/** The first account of a service under test, its administrator, and short ways to make things in it. */
export class FirstAccount {
  /** @param file the bootstrap file, when it is not the deployment's */
  constructor(
    private readonly service: ServiceUnderTest,
    private readonly file?: string,
  ) {}

  get document(): BootstrapDocument {
    const file = this.file ?? this.service.deployment.env['MUSTER_IDENTITY_BOOTSTRAP_FILE']!;
    return JSON.parse(readFileSync(file, 'utf8')) as BootstrapDocument;
  }

  get account(): string {
    return this.document.account;
  }

  get administrator(): Caller {
    return this.callerOf(`arn:aws:iam::${this.account}:user/${this.document.userName}`);
  }

  callerOf(arn: string, userId = 'AIDA'): Caller {
    return { account: arn.split(':')[4]!, region: 'us-east-1', arn, userId, kind: 'User' };
  }

  /** As the administrator, unless another one is named. */
  iam(operation: string, parameters: Record<string, string> = {}, caller = this.administrator): Promise<QueryAnswer> {
    return query(this.service, caller, 'iam', operation, parameters);
  }

  async aUser(more: Record<string, string> = {}) {
    const UserName = aName('user');
    const created = await this.iam('CreateUser', { UserName, ...more });
    const arn = created.one('Arn')!;
    return { UserName, arn, caller: this.callerOf(arn, created.one('UserId')) };
  }

  async aGroup() {
    const GroupName = aName('group');
    const created = await this.iam('CreateGroup', { GroupName });
    return { GroupName, arn: created.one('Arn')! };
  }

  /** @param trust policy; without it, the account may say who assumes it */
  async aRole(more: Record<string, string> = {}, trust: object = trusting(`arn:aws:iam::${this.account}:root`)) {
    const RoleName = aName('role');
    const AssumeRolePolicyDocument = JSON.stringify(trust);
    const created = await this.iam('CreateRole', { RoleName, AssumeRolePolicyDocument, ...more });
    return { RoleName, arn: created.one('Arn')!, id: created.one('RoleId')! };
  }

  async aPolicy(document: object = allowing('ssm:GetParameter'), more: Record<string, string> = {}) {
    const PolicyName = aName('policy');
    const created = await this.iam('CreatePolicy', { PolicyName, PolicyDocument: JSON.stringify(document), ...more });
    return { PolicyName, arn: created.one('Arn')! };
  }
}

/** A name that no other test uses. */
export function aName(what: string): string {
  return `${what}-${randomInt(1e9)}`;
}

/** A policy that allows an action, on everything unless resources are named. */
export function allowing(Action: string | string[], Resource: string | string[] = '*') {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] };
}

/** A trust policy that lets somebody assume the role. */
export function trusting(AWS: string, more: object = {}) {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole', ...more }],
  };
}

/** What a call that failed is like. */
export const failsWith = (code: string, more: object = {}) => expect.objectContaining({ code, ...more }) as Error;

/**
 * What a call answers once the change before it is known everywhere: decisions rest on policies that are at most a second
 * old. @throws what it fails with for ten seconds
 */
export async function soon<T>(call: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + 10_000; ;) {
    try {
      return await call();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

/** Resolves once a call is refused with this code; the same about changes that take something away. */
export function soonFails(code: string, call: () => Promise<unknown>): Promise<void> {
  return soon(async () => {
    await expect(call()).rejects.toEqual(failsWith(code));
  });
}
