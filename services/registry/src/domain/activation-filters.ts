import type { DescribeActivationsFilter } from '@aws-sdk/client-ssm';
import { ApiError } from '@muster/aws-protocol';

/** What a DescribeActivations asks for; absent: any. */
export interface ActivationConditions {
  readonly ids?: readonly string[];
  readonly names?: readonly string[];
  readonly roles?: readonly string[];
}

const MEMBERS = { ActivationIds: 'ids', DefaultInstanceName: 'names', IamRole: 'roles' } as const;

/** Reads the filters; each key once. @throws ApiError InvalidFilter */
export function activationConditions(filters: readonly DescribeActivationsFilter[]): ActivationConditions {
  const conditions: { -readonly [K in keyof ActivationConditions]: ActivationConditions[K] } = {};
  for (const { FilterKey, FilterValues } of filters) {
    if (FilterKey === undefined) throw new ApiError('InvalidFilter', 'A filter needs a FilterKey.');
    if (FilterValues === undefined || FilterValues.length === 0) {
      throw new ApiError('InvalidFilter', `The filter ${FilterKey} needs FilterValues.`);
    }
    const member = MEMBERS[FilterKey];
    if (conditions[member]) throw new ApiError('InvalidFilter', `The filter ${FilterKey} is given twice.`);
    conditions[member] = FilterValues;
  }
  return conditions;
}
