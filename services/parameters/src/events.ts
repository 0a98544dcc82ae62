import type { ParameterType } from '@aws-sdk/client-ssm';
import { defineEvent } from '@muster/contracts';

/** What was done to a parameter. */
export type ParameterOperation = 'Create' | 'Update' | 'Delete';

/** A parameter was created, updated or deleted. Data as in EventBridge's "Parameter Store Change"; never the value. */
export const parameterChanged = defineEvent<{
  name: string;
  type: ParameterType;
  operation: ParameterOperation;
  description?: string;
}>('parameters', 'changed');
