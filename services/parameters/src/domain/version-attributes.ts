import type { ParameterAttributeChange } from '@muster/aws-protocol';

import type { HistoricVersion } from '../store/parameters.js';

/** Attributes of a version beside its value, as texts; what it lacks is absent. */
export function attributesOf(version: HistoricVersion): Readonly<Record<string, string | undefined>> {
  return {
    Type: version.type,
    DataType: version.dataType,
    Tier: version.tier,
    KeyId: version.keyId ?? undefined,
    Description: version.description ?? undefined,
    AllowedPattern: version.allowedPattern ?? undefined,
    Policies: version.policies.length === 0 ? undefined : `[${version.policies.map(({ text }) => text).join(',')}]`,
  };
}

/** Which attributes were added, removed or changed. */
export function attributeChanges(from: HistoricVersion, to: HistoricVersion): ParameterAttributeChange[] {
  const before = attributesOf(from);
  const after = attributesOf(to);
  return Object.keys(before)
    .filter((name) => before[name] !== after[name])
    .map((name) => ({
      Attribute: name,
      ...(before[name] === undefined ? {} : { From: before[name] }),
      ...(after[name] === undefined ? {} : { To: after[name] }),
    }));
}
