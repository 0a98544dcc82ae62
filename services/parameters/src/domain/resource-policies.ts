import { createHash } from 'node:crypto';

import { type PolicyDocument, parsePolicy } from '@muster/iam';

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

const MOST_PARSED = 1_000;
const parsed = new Map<string, PolicyDocument>();

/** All policies of a parameter as one: the statements add up. */
export function policyOf(policies: readonly KeptPolicy[]): PolicyDocument | undefined {
  if (policies.length === 0) return undefined;
  return { Statement: policies.flatMap((each) => parsedOnce(each).Statement) };
}

// The same few policies are met with every read.
function parsedOnce({ text }: KeptPolicy): PolicyDocument {
  const known = parsed.get(text);
  if (known) return known;
  const document = parsePolicy(text, 'resource');
  parsed.set(text, document);
  if (parsed.size > MOST_PARSED) parsed.delete(parsed.keys().next().value!);
  return document;
}
