import type { DescribeInstanceInformationRequest } from '@aws-sdk/client-ssm';
import { ApiError } from '@muster/aws-protocol';
import type { Valid } from '@muster/bus';

import { isNodeId } from './node-id.js';

/** A column of a node that filters compare. */
export type FilteredColumn =
  | 'id'
  | 'agentVersion'
  | 'pingStatus'
  | 'platformType'
  | 'activation'
  | 'iamRole'
  | 'resourceType'
  | 'associationStatus';

/** One of the values must match. All conditions of a search must hold. */
export type NodeCondition =
  | { readonly kind: 'column'; readonly column: FilteredColumn; readonly values: readonly string[] }
  | { readonly kind: 'tag'; readonly key: string; readonly values: readonly string[] }
  /** The node has a tag of one of these keys, whatever its value. */
  | { readonly kind: 'tag-key'; readonly keys: readonly string[] };

const COLUMNS: Readonly<Record<string, FilteredColumn>> = {
  InstanceIds: 'id',
  AgentVersion: 'agentVersion',
  PingStatus: 'pingStatus',
  PlatformTypes: 'platformType',
  // As AWS's text calls it, beside the name in the model.
  PlatformType: 'platformType',
  ActivationIds: 'activation',
  IamRole: 'iamRole',
  ResourceType: 'resourceType',
  AssociationStatus: 'associationStatus',
};

const KNOWN_VALUES: Readonly<Partial<Record<FilteredColumn, readonly string[]>>> = {
  pingStatus: ['Online', 'ConnectionLost', 'Inactive'],
  platformType: ['Windows', 'Linux', 'MacOS'],
  resourceType: ['ManagedInstance', 'EC2Instance'],
};

/** What a DescribeInstanceInformation asks for. @throws ApiError as AWS for what is not valid */
export function nodeConditions(input: Valid<DescribeInstanceInformationRequest>): NodeCondition[] {
  const strings = input.Filters ?? [];
  const old = input.InstanceInformationFilterList ?? [];
  if (strings.length > 0 && old.length > 0) {
    const message = 'You can use either Filters or InstanceInformationFilterList in a single request.';
    throw new ApiError('ValidationException', message);
  }
  const conditions = [
    ...strings.map((filter) => conditionOf(filter.Key, filter.Values)),
    ...old.map((filter) => columnCondition(filter.key, filter.valueSet)),
  ];
  const tagged = conditions.filter((condition) => condition.kind !== 'column').length;
  if (tagged > 0 && tagged < conditions.length) {
    throw new ApiError('InvalidFilterKey', 'Filters by tag cannot be combined with other filters.');
  }
  return conditions;
}

function conditionOf(key: string, values: readonly string[]): NodeCondition {
  if (key === 'tag-key') return { kind: 'tag-key', keys: values };
  if (key.startsWith('tag:') && key.length > 4) return { kind: 'tag', key: key.slice(4), values };
  return columnCondition(key, values);
}

function columnCondition(key: string, values: readonly string[]): NodeCondition {
  const column = Object.hasOwn(COLUMNS, key) ? COLUMNS[key] : undefined;
  if (!column) {
    const known = Object.keys(COLUMNS).join(', ');
    throw new ApiError(
      'InvalidFilterKey',
      `The filter key ${key} is not valid. Valid keys: ${known}, tag-key, tag:KEY.`,
    );
  }
  for (const value of values) checkValue(key, column, value);
  return { kind: 'column', column, values };
}

function checkValue(key: string, column: FilteredColumn, value: string): void {
  if (column === 'id' && !isNodeId(value) && !/^i-(\w{8}|\w{17})$/.test(value)) {
    throw new ApiError('InvalidInstanceId', `The instance ID ${value} is not valid.`);
  }
  const known = KNOWN_VALUES[column];
  if (known && !known.includes(value)) {
    const message = `The filter value ${value} of ${key} is not valid. Valid values: ${known.join(', ')}.`;
    throw new ApiError('InvalidInstanceInformationFilterValue', message);
  }
}
