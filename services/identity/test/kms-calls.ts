import { randomBytes } from 'node:crypto';

import { Database } from '@muster/persistence';
import type { ServiceUnderTest, TestAccount } from '@muster/testing';

import { query } from './query-calls.js';

/** What a call of KMS answers, as JSON has it. */
export type Answer = Record<string, never>;

/** An account of this test's own, and KMS as its root calls it. */
export interface KeyOwner extends TestAccount {
  kms<O = Answer>(operation: string, input?: object, how?: Parameters<TestAccount['call']>[3]): Promise<O>;
  /** A new key, with what CreateKey answers. */
  key(input?: object): Promise<{ KeyId: string; Arn: string; CurrentKeyMaterialId: string }>;
  /** A new user with these statements as an inline policy. */
  person(...statements: readonly object[]): Promise<TestAccount['caller']>;
}

/** Makes an account that identity knows. */
export async function aKeyOwner(service: ServiceUnderTest): Promise<KeyOwner> {
  const account = service.newAccount();
  await service.running().get(Database).query('INSERT INTO account (id) VALUES ($1)', [account.account]);
  const kms: KeyOwner['kms'] = (operation, input = {}, how) => account.call('kms', operation, input, how);
  return {
    ...account,
    kms,
    key: async (input) => (await kms<{ KeyMetadata: never }>('CreateKey', input)).KeyMetadata,
    person: async (...statements) => {
      const UserName = `user-${randomBytes(6).toString('hex')}`;
      const created = await query(service, account.caller, 'iam', 'CreateUser', { UserName });
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements });
      if (statements.length > 0) {
        const policy = { UserName, PolicyName: 'own', PolicyDocument };
        await query(service, account.caller, 'iam', 'PutUserPolicy', policy);
      }
      return { ...account.caller, arn: created.one('Arn')!, userId: created.one('UserId')!, kind: 'User' };
    },
  };
}

/** Text as blobs are written in JSON. */
export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** Opposite of `base64`. */
export function text(blob: string): string {
  return Buffer.from(blob, 'base64').toString();
}
