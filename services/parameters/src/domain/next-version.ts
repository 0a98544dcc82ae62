import type { ParameterType, PutParameterRequest } from '@aws-sdk/client-ssm';
import { ApiError } from '@muster/aws-protocol';
import type { Valid } from '@muster/bus';

import { DEFAULT_KEY } from './key-reference.js';
import { policyTexts } from './parameter-policies.js';
import { type StoredTier, type TierPolicy, tierFor } from './tier.js';

/** What one version of a parameter says. */
export interface VersionContent {
  readonly type: ParameterType;
  /** In the clear until it is written; kept sealed when it is a SecureString. */
  readonly value: string;
  /** As it was given; of a SecureString only. */
  readonly keyId: string | null;
  readonly tier: StoredTier;
  readonly dataType: string;
  readonly description: string | null;
  readonly allowedPattern: string | null;
  /** The JSON of each. */
  readonly policies: readonly string[];
}

/**
 * The version that a request makes: what it leaves out stays as in the version before.
 * @param before absent when the parameter is new
 * @throws ApiError as AWS answers
 */
export function nextVersion(
  input: Valid<PutParameterRequest>,
  before: VersionContent | undefined,
  tiers: TierPolicy,
): VersionContent {
  if (before && !input.Overwrite) {
    throw new ApiError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  }
  const type = typeFor(input.Type, before?.type);
  const policies = input.Policies === undefined ? (before?.policies ?? []) : policyTexts(input.Policies);
  const valueBytes = Buffer.byteLength(input.Value);
  return {
    type,
    value: input.Value,
    keyId: keyFor(type, input.KeyId, before?.keyId),
    tier: tierFor({ asked: input.Tier, current: before?.tier, valueBytes, hasPolicies: policies.length > 0, tiers }),
    dataType: input.DataType ?? before?.dataType ?? 'text',
    description: input.Description ?? before?.description ?? null,
    // An empty pattern takes the pattern away.
    allowedPattern: (input.AllowedPattern ?? before?.allowedPattern) || null,
    policies,
  };
}

function typeFor(asked: ParameterType | undefined, before: ParameterType | undefined): ParameterType {
  if (asked === undefined && before === undefined) {
    throw new ApiError('ValidationException', 'A parameter type is required when you create a parameter.');
  }
  if (before !== undefined && asked !== undefined && (before === 'SecureString') !== (asked === 'SecureString')) {
    throw new ApiError(
      'HierarchyTypeMismatchException',
      `Parameter Store doesn't support changing a parameter from a ${before} type to a ${asked} type. You must create a ` +
        'new, unique parameter.',
    );
  }
  return asked ?? before!;
}

/** The key that a version gets. @throws ApiError ValidationException when its type needs none */
export function keyFor(
  type: ParameterType,
  asked: string | undefined,
  before: string | null | undefined,
): string | null {
  if (type === 'SecureString') return asked ?? before ?? DEFAULT_KEY;
  if (asked === undefined) return null;
  throw new ApiError('ValidationException', 'KeyId is required for SecureString type parameter only.');
}
