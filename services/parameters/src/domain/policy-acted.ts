import { parameterPolicyActed } from '../events.js';
import type { DuePolicy } from '../store/parameter-policies.js';
import { parameterArn } from './parameter-name.js';

/** The event of a policy that has done what it says. */
export function policyActed(policy: DuePolicy) {
  return parameterPolicyActed(policy, parameterArn(policy, policy.path), {
    'parameter-name': policy.name,
    'parameter-type': policy.parameterType,
    'policy-type': policy.type,
    'policy-content': policy.text,
    'action-status': 'Success',
    'action-reason': REASONS[policy.type],
  });
}

const REASONS = {
  Expiration: 'The parameter has expired and was deleted.',
  ExpirationNotification: 'The parameter will expire.',
  NoChangeNotification: 'The parameter has not been changed.',
} as const;
