import type { PutParameterRequest } from '@aws-sdk/client-ssm';
import { ApiError, type ExportedParameter } from '@muster/aws-protocol';
import type { Valid } from '@muster/bus';

import type { WholeParameter } from '../store/parameter-copies.js';
import { LABELS_MAX, sortLabels } from './labels.js';
import type { VersionContent } from './next-version.js';
import { type Tags, tagsOf } from './tags.js';

/** The request that would put one parameter of a document. @param value in the clear */
export function putRequestOf(
  entry: ExportedParameter,
  name: string,
  value: string,
  current: WholeParameter | undefined,
): Valid<PutParameterRequest> {
  const isSecret = entry.Type === 'SecureString';
  // What is Advanced stays so: a document from where it was Standard is no reason to refuse it.
  const tier = current?.tier === 'Advanced' && entry.Tier === 'Standard' ? undefined : entry.Tier;
  return {
    Name: name,
    Value: value,
    Type: entry.Type!,
    Description: entry.Description ?? '',
    AllowedPattern: entry.AllowedPattern ?? '',
    Policies: entry.Policies ?? '[{}]',
    DataType: entry.DataType ?? 'text',
    Overwrite: current !== undefined,
    ...(tier === undefined ? {} : { Tier: tier as 'Standard' }),
    ...(isSecret && entry.KeyId !== undefined ? { KeyId: entry.KeyId } : {}),
  };
}

/** Tags of a document's parameter; undefined: it says nothing about them. @throws ApiError ValidationException */
export function tagsIn({ Tags: tags }: ExportedParameter): Tags | undefined {
  return tags && tagsOf(Object.entries(tags).map(([Key, Value]) => ({ Key, Value })));
}

/** @throws ApiError ValidationException */
export function labelsIn({ Name, Labels = [] }: ExportedParameter): string[] {
  const { wellFormed, malformed } = sortLabels(Labels);
  if (malformed.length > 0) throw new ApiError('ValidationException', `${Name} can't have the label ${malformed[0]}.`);
  if (wellFormed.length > LABELS_MAX) {
    throw new ApiError('ValidationException', `${Name}: a version can have ${LABELS_MAX} labels at most.`);
  }
  return wellFormed;
}

/** What a parameter says now, as content that a new version may follow. */
export function contentOf(of: WholeParameter): VersionContent {
  return { ...of, policies: of.policies.map(({ text }) => text) };
}

/** Whether putting it would change nothing. Of a secret that is not known: it would have to be opened for that. */
export function isUnchanged(
  current: WholeParameter,
  content: VersionContent,
  tags: Tags | undefined,
  labels: readonly string[],
): boolean {
  if (content.type === 'SecureString') return false;
  const now = contentOf(current);
  const same = (['type', 'value', 'tier', 'dataType', 'allowedPattern'] as const).every(
    (key) => now[key] === content[key],
  );
  return (
    same &&
    (now.description ?? '') === (content.description ?? '') &&
    JSON.stringify(now.policies) === JSON.stringify(content.policies) &&
    (tags === undefined || sorted(tags) === sorted(current.tags)) &&
    labels.every((label) => current.labels.includes(label))
  );
}

function sorted(tags: Tags): string {
  return JSON.stringify(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)));
}
