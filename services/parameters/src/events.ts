import type { ParameterType } from '@aws-sdk/client-ssm';
import { defineEvent } from '@muster/contracts';

import type { PolicyType } from './domain/parameter-policies.js';

/** What was done to a parameter. */
export type ParameterOperation = 'Create' | 'Update' | 'Delete' | LabelOperation;

/** What was done to labels of one of its versions. */
export type LabelOperation = 'LabelParameterVersion' | 'UnlabelParameterVersion';

/** As in EventBridge's "Parameter Store Change". */
export interface ParameterChange {
  name: string;
  type: ParameterType;
  operation: ParameterOperation;
  description?: string;
  /** Of the labels; EventBridge does not say it. */
  version?: number;
  /** Those that came or went; EventBridge does not say it. */
  labels?: readonly string[];
  /** It was not done, and why: of a machine image that was not found after PutParameter was answered. */
  exception?: string;
  /** Beside an exception. */
  dataType?: string;
}

/** A parameter was created, updated or deleted, or a version of it got or lost labels; never the value. */
export const parameterChanged = defineEvent<ParameterChange>('parameters', 'changed');

/** Tags of a parameter were added, changed or removed: all that it has now. */
export const parameterTagsChanged = defineEvent<{ name: string; tags: Readonly<Record<string, string>> }>(
  'parameters',
  'tags-changed',
);

/**
 * A policy of a parameter has acted: the parameter expired and was deleted, will expire, or was not changed. Data as in
 * EventBridge's "Parameter Store Policy Action".
 */
export const parameterPolicyActed = defineEvent<{
  'parameter-name': string;
  'parameter-type': ParameterType;
  'policy-type': PolicyType;
  /** The policy, as JSON. */
  'policy-content': string;
  'action-status': 'Success';
  'action-reason': string;
}>('parameters', 'policy-acted');

/** A service setting of an account was changed, or is the default again. */
export const serviceSettingChanged = defineEvent<{
  settingId: string;
  value: string;
  status: 'Customized' | 'Default';
}>('parameters', 'service-setting-changed');

/** A public parameter was published or withdrawn. Told to the account of whoever did it. */
export const publicParameterChanged = defineEvent<{
  name: string;
  type?: ParameterType;
  version?: number;
  operation: 'Create' | 'Update' | 'Delete';
}>('parameters', 'public-parameter-changed');

/** A shipped catalogue of public parameters was loaded into a region. Told to the accounts that may publish. */
export const catalogueLoaded = defineEvent<{ catalogue: string; changed: number }>('parameters', 'catalogue-loaded');

/** A resource policy of a parameter was put or deleted: other accounts may read it, or may not any more. */
export const resourcePolicyChanged = defineEvent<{ name: string; policyId: string; operation: 'Put' | 'Delete' }>(
  'parameters',
  'resource-policy-changed',
);
