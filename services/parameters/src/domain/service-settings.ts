import type { ParameterTier } from '@aws-sdk/client-ssm';
import { ApiError } from '@muster/aws-protocol';

import type { Scope } from './parameter-name.js';

/** What may be set, and what holds until it is. */
interface KnownSetting {
  readonly byDefault: string;
  /** Absent: any text of this form. */
  readonly values?: readonly string[];
  readonly form?: RegExp;
}

const SWITCH = ['true', 'false'];
const WORD_SWITCH = ['True', 'False'];

/** The settings of AWS, by id. */
const known: Readonly<Record<string, KnownSetting>> = {
  '/ssm/appmanager/appmanager-enabled': { byDefault: 'False', values: WORD_SWITCH },
  '/ssm/automation/customer-script-log-destination': { byDefault: 'None', values: ['None', 'CloudWatch'] },
  '/ssm/automation/customer-script-log-group-name': {
    byDefault: '/aws/ssm/automation/executeScript',
    form: /^[\w./#-]{1,512}$/,
  },
  '/ssm/automation/enable-adaptive-concurrency': { byDefault: 'False', values: WORD_SWITCH },
  '/ssm/documents/console/public-sharing-permission': { byDefault: 'Enable', values: ['Enable', 'Disable'] },
  '/ssm/managed-instance/activation-tier': { byDefault: 'standard', values: ['standard', 'advanced'] },
  '/ssm/managed-instance/default-ec2-instance-management-role': {
    byDefault: '$None',
    form: /^(?:[\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/,
  },
  '/ssm/opsinsights/opscenter': { byDefault: 'Disabled', values: ['Enabled', 'Disabled'] },
  '/ssm/parameter-store/default-parameter-tier': {
    byDefault: 'Standard',
    values: ['Standard', 'Advanced', 'Intelligent-Tiering'] satisfies ParameterTier[],
  },
  '/ssm/parameter-store/high-throughput-enabled': { byDefault: 'false', values: SWITCH },
};

/** Which tier a new parameter gets that asks for none. */
export const DEFAULT_TIER = '/ssm/parameter-store/default-parameter-tier';
/** The role that nodes of EC2 get that have none: who sets it passes it. */
export const DEFAULT_NODE_ROLE = '/ssm/managed-instance/default-ec2-instance-management-role';

/** A setting that there is. */
export interface NamedSetting {
  readonly id: string;
  readonly arn: string;
  readonly byDefault: string;
}

/** What was set. */
export interface StoredSetting {
  readonly value: string;
  readonly modifiedAt: Date;
  readonly modifiedBy: string;
}

const ARN = /^arn:[a-z-]+:ssm:([a-z0-9-]*):(\d*):servicesetting(\/.+)$/;

/** The setting of an id or ARN. @throws ApiError ServiceSettingNotFound: none of AWS's, or of another account or region */
export function settingNamed(given: string, { account, region }: Scope): NamedSetting {
  const [, inRegion = region, ofAccount = account, inArn] = ARN.exec(given) ?? [];
  const id = inArn ?? given;
  const setting = Object.hasOwn(known, id) ? known[id] : undefined;
  if (!setting || inRegion !== region || ofAccount !== account) {
    throw new ApiError(
      'ServiceSettingNotFound',
      `Setting ${given} not found. Settings are: ${Object.keys(known).join(', ')}.`,
    );
  }
  return { id, arn: `arn:aws:ssm:${region}:${account}:servicesetting${id}`, byDefault: setting.byDefault };
}

/** Refuses what a setting cannot have. @throws ApiError ValidationException, with what it can */
export function checkSettingValue({ id }: NamedSetting, value: string): void {
  const { values, form } = known[id]!;
  if (values?.includes(value) || form?.test(value)) return;
  const allowed = values ? `one of [${values.join(', ')}]` : `of the form ${form!.source}`;
  throw new ApiError('ValidationException', `Invalid value '${value}' for setting ${id}: it must be ${allowed}.`);
}

/** A setting as it is answered. */
export function settingShape({ id, arn, byDefault }: NamedSetting, stored: StoredSetting | undefined) {
  const shown = stored
    ? { SettingValue: stored.value, LastModifiedDate: stored.modifiedAt, LastModifiedUser: stored.modifiedBy }
    : { SettingValue: byDefault, LastModifiedUser: 'System' };
  return { SettingId: id, ...shown, ARN: arn, Status: stored ? 'Customized' : 'Default' };
}
