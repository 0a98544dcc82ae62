import type { ParameterInlinePolicy } from '@aws-sdk/client-ssm';

import type { ScheduledPolicy } from './parameter-policies.js';

/** A policy as lists and histories show it. */
export function inlinePolicy({
  type,
  text,
  status,
}: Pick<ScheduledPolicy, 'type' | 'text' | 'status'>): ParameterInlinePolicy {
  return { PolicyText: text, PolicyType: type, PolicyStatus: status };
}
