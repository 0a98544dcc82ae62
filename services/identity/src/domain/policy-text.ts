import { ApiError } from '@muster/aws-protocol';
import { MalformedPolicy, type PolicyKind, parsePolicy } from '@muster/iam';

import { overQuota } from './over-quota.js';

/**
 * Refuses a policy that could not be decided with, when it is written.
 * @throws ApiError MalformedPolicyDocumentException
 */
export function checkPolicy(text: string, kind: PolicyKind = 'identity'): void {
  try {
    parsePolicy(text, kind);
  } catch (error) {
    if (error instanceof MalformedPolicy) throw new ApiError('MalformedPolicyDocumentException', error.message);
    throw error;
  }
}

/** @throws ApiError LimitExceededException */
export function demandSize(text: string, quota: string, limit: number): void {
  if (policySize(text) > limit) throw overQuota(quota, limit);
}

/** How large a policy is for its quota: AWS does not count white space. */
export function policySize(text: string): number {
  return text.replace(/\s/g, '').length;
}

/** Documents are percent-encoded in answers (RFC 3986); the aws CLI and boto3 decode them again. */
export function encodedDocument(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
