import events from '../models/events.json' with { type: 'json' };
import iam from '../models/iam.json' with { type: 'json' };
import kms from '../models/kms.json' with { type: 'json' };
import logs from '../models/logs.json' with { type: 'json' };
import muster from '../models/muster.json' with { type: 'json' };
import tagging from '../models/resourcegroupstaggingapi.json' with { type: 'json' };
import secretsmanager from '../models/secretsmanager.json' with { type: 'json' };
import ssmSupplement from '../models/ssm-supplement.json' with { type: 'json' };
import ssm from '../models/ssm.json' with { type: 'json' };
import sts from '../models/sts.json' with { type: 'json' };

import type { ApiModel, Shape } from './api-model.js';

/** The models by service id, which is the name that requests are signed for. */
export const models = {
  ssm: corrected(merged(ssm, ssmSupplement), {
    // Not in the model, yet AWS refuses an empty value.
    PSParameterValue: { min: 1, minText: 'Member must have length greater than or equal to 1.' },
  }),
  sts,
  iam,
  kms,
  logs,
  events,
  tagging,
  secretsmanager,
  muster,
} satisfies Record<string, ApiModel>;

/** A service that we have a model of. */
export type ServiceId = keyof typeof models;

function merged(model: ApiModel, supplement: ApiModel): ApiModel {
  return {
    ...model,
    operations: { ...supplement.operations, ...model.operations },
    shapes: { ...supplement.shapes, ...model.shapes },
  };
}

function corrected(model: ApiModel, corrections: Readonly<Record<string, Partial<Shape>>>): ApiModel {
  const shapes = { ...model.shapes };
  for (const [name, correction] of Object.entries(corrections)) shapes[name] = { ...shapes[name]!, ...correction };
  return { ...model, shapes };
}
