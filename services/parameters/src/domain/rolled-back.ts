import type { HistoricVersion } from '../store/parameters.js';
import type { VersionContent } from './next-version.js';
import { scheduled } from './parameter-policies.js';
import type { StoredTier } from './tier.js';

/** The tier alone cannot go back: what is Advanced stays so. */
export function tierAfterRollback(newest: StoredTier, earlier: StoredTier): StoredTier {
  return newest === 'Advanced' ? 'Advanced' : earlier;
}

/**
 * The content of a new version that says what an earlier one said. Policies come back too, unless the parameter would expire at
 * once by them: then those of the newest version stay.
 * @param value as it is kept
 */
export function rolledBack(newest: VersionContent, earlier: HistoricVersion, value: string, now: Date): VersionContent {
  const { type, keyId, dataType, description, allowedPattern } = earlier;
  const policies = earlier.policies.map(({ text }) => text);
  const isOver = scheduled(policies, now, []).some((each) => each.type === 'Expiration' && each.dueAt <= now);
  return {
    type,
    value,
    keyId,
    tier: tierAfterRollback(newest.tier, earlier.tier),
    dataType,
    description,
    allowedPattern,
    policies: isOver ? newest.policies : policies,
  };
}
