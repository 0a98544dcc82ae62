import { createHash } from 'node:crypto';

import { ApiError } from '@muster/aws-protocol';
import { MalformedPolicy, type PolicyDocument, parseArn, parsePolicy } from '@muster/iam';

/** A resource policy as it is kept with its parameter. */
export interface KeptPolicy {
  /** Stays when the policy is changed. */
  readonly id: string;
  /** Of the text: who changes a policy says which one they have seen. */
  readonly hash: string;
  readonly text: string;
}

/** What tells one text of a policy from another. */
export function policyHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const MOST_MERGED = 1_000;
const merged = new Map<string, PolicyDocument>();

/** All policies of a parameter as one: the statements add up. */
export function policyOf(policies: readonly KeptPolicy[]): PolicyDocument | undefined {
  if (policies.length === 0) return undefined;
  // The same few are met with every read, and libs/iam compiles a document once.
  const name = policies.map(({ hash }) => hash).join();
  const known = merged.get(name);
  if (known) return known;
  const documents = policies.map(({ text }) => parsePolicy(text, 'resource'));
  const all = { Version: '2012-10-17', Statement: documents.flatMap(({ Statement }) => Statement) };
  merged.set(name, all);
  if (merged.size > MOST_MERGED) merged.delete(merged.keys().next().value!);
  return all;
}

/** What an owner can allow to others: to read, as AWS shares parameters. */
const SHAREABLE = [
  'ssm:DescribeParameters',
  'ssm:GetParameter',
  'ssm:GetParameterHistory',
  'ssm:GetParameters',
] as const;

/**
 * Reads a policy that is to be attached to a parameter.
 * @throws ApiError MalformedResourcePolicyDocumentException: what it says would not hold, or is about something else
 */
export function checkResourcePolicy(text: string, arn: string): PolicyDocument {
  const document = parsed(text);
  for (const [index, { Action, Resource }] of document.Statement.entries()) {
    const where = `Statement ${index + 1}`;
    const wrong = Action?.find((each) => !SHAREABLE.some((action) => action.toLowerCase() === each.toLowerCase()));
    if (!Action || wrong !== undefined) {
      throw malformed(
        `${where}: ${wrong ?? 'NotAction'} is not supported. Supported actions: ${SHAREABLE.join(', ')}.`,
      );
    }
    if (!Resource || Resource.some((each) => each !== arn)) {
      throw malformed(`${where}: Resource must be the parameter itself, ${arn}.`);
    }
  }
  return document;
}

function parsed(text: string): PolicyDocument {
  try {
    const document = parsePolicy(text, 'resource');
    if (document.Version !== '2012-10-17') throw malformed('Version must be 2012-10-17.');
    return document;
  } catch (error) {
    if (error instanceof MalformedPolicy) throw malformed(error.message, error);
    throw error;
  }
}

function malformed(message: string, cause?: unknown): ApiError {
  return new ApiError('MalformedResourcePolicyDocumentException', message, { cause });
}

/** With whom policies may share something: account numbers, and `*` when it may be everybody. */
export function sharedWith(policies: readonly KeptPolicy[]): string[] {
  const accounts = new Set<string>();
  for (const { Effect, Principal } of policyOf(policies)?.Statement ?? []) {
    if (Effect !== 'Allow') continue;
    const named = Principal === undefined || Principal === '*' ? ['*'] : (Principal.AWS ?? []);
    for (const each of named) accounts.add(/^\d{12}$/.test(each) ? each : (parseArn(each)?.account ?? '*'));
  }
  return [...accounts];
}
