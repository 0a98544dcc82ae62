import { type LabelOperation, parameterChanged } from '../events.js';
import type { LockedParameter } from '../store/parameter-changes.js';
import type { Scope } from './parameter-name.js';

/** The event of labels that came to a version, or went. */
export function versionLabelled(
  scope: Scope,
  arn: string,
  { name, newest: { type, description } }: Pick<LockedParameter, 'name' | 'newest'>,
  { operation, version, labels }: { operation: LabelOperation; version: number; labels: readonly string[] },
) {
  const about = description === null ? {} : { description };
  return parameterChanged(scope, arn, { name, type, operation, ...about, version, labels });
}
