import { ApiError } from '@muster/aws-protocol';

/** What a policy of a parameter does. */
export type PolicyType = 'Expiration' | 'ExpirationNotification' | 'NoChangeNotification';

/** As AWS names how far a policy is. */
export type PolicyStatus = 'Pending' | 'Finished';

/** A policy, read. */
interface ReadPolicy {
  readonly type: PolicyType;
  /** Its JSON. */
  readonly text: string;
  /** Of an Expiration: when. */
  readonly at?: Date;
  /** Of a notification: how long before the expiration, or after the last change. */
  readonly spanMs?: number;
}

/** A policy of one version, and when it acts. */
export interface ScheduledPolicy {
  readonly type: PolicyType;
  readonly text: string;
  readonly status: PolicyStatus;
  readonly dueAt: Date;
}

const POLICIES_MAX = 10;
const TYPES: readonly string[] = ['Expiration', 'ExpirationNotification', 'NoChangeNotification'];
const UNITS: Readonly<Record<string, number>> = { Days: 24 * 60 * 60 * 1000, Hours: 60 * 60 * 1000 };

/**
 * Reads what PutParameter was given: a JSON array. `[{}]` and `[]` mean none.
 * @param now an expiration must lie behind it
 * @returns the JSON of each policy
 * @throws ApiError as AWS answers
 */
export function policyTexts(given: string, now?: Date): string[] {
  if (meansNoPolicies(given)) return [];
  const list = jsonArray(given);
  if (list.length > POLICIES_MAX) {
    throw new ApiError(
      'PoliciesLimitExceededException',
      `You specified more than the maximum number of allowed policies for the parameter. The maximum is ${POLICIES_MAX}.`,
    );
  }
  const policies = list.map((each) => readPolicy(JSON.stringify(each)));
  refuseConflicts(policies);
  const expiration = policies.find(({ type }) => type === 'Expiration');
  if (now && expiration && expiration.at! <= now) throw badAttribute('Expiration', 'Timestamp must lie in the future');
  return policies.map(({ text }) => text);
}

/** Whether what PutParameter was given takes all policies away. */
export function meansNoPolicies(given: string): boolean {
  return /^\s*\[\s*(?:\{\s*\}\s*)?\]\s*$/.test(given);
}

/**
 * When policies act for a version that was made at a time. What an earlier version was already told about its expiration
 * is not told again, as long as it expires at the same time.
 * @param earlier those of the version before
 */
export function scheduled(
  texts: readonly string[],
  madeAt: Date,
  earlier: readonly ScheduledPolicy[],
): ScheduledPolicy[] {
  const policies = texts.map(readPolicy);
  const expiresAt = policies.find(({ type }) => type === 'Expiration')?.at;
  return policies.map(({ type, text, at, spanMs }) => {
    const dueAt =
      at ?? new Date(type === 'NoChangeNotification' ? madeAt.getTime() + spanMs! : expiresAt!.getTime() - spanMs!);
    const told =
      type === 'ExpirationNotification' &&
      earlier.some((one) => one.status === 'Finished' && one.text === text && one.dueAt.getTime() === dueAt.getTime());
    return { type, text, status: told ? 'Finished' : 'Pending', dueAt };
  });
}

function jsonArray(text: string): unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (Array.isArray(value)) return value;
  throw new ApiError('ValidationException', 'Parameter policies must be a JSON array of policies.');
}

function readPolicy(text: string): ReadPolicy {
  const policy = JSON.parse(text) as unknown;
  if (!isObject(policy) || typeof policy.Type !== 'string' || !TYPES.includes(policy.Type)) {
    throw new ApiError(
      'InvalidPolicyTypeException',
      "The policy type isn't supported. Parameter Store supports the following policy types: Expiration, " +
        'ExpirationNotification, and NoChangeNotification.',
    );
  }
  const type = policy.Type as PolicyType;
  const { Version, Attributes } = policy;
  if (Version !== '1.0') throw badAttribute(type, 'Version must be "1.0"');
  if (!isObject(Attributes)) throw badAttribute(type, 'Attributes must be there');
  refuseOthers(type, policy, ['Type', 'Version', 'Attributes']);
  if (type === 'Expiration') {
    refuseOthers(type, Attributes, ['Timestamp']);
    return { type, text, at: timestamp(Attributes.Timestamp) };
  }
  const length = type === 'ExpirationNotification' ? 'Before' : 'After';
  refuseOthers(type, Attributes, [length, 'Unit']);
  return { type, text, spanMs: span(type, length, Attributes[length], Attributes.Unit) };
}

function timestamp(value: unknown): Date {
  const [, year, month, day] =
    (typeof value === 'string' &&
      /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/.exec(value)) ||
    [];
  const at = new Date(String(value));
  // Date reads the 30th of February as a day of March.
  const thatDay = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (year === undefined || Number.isNaN(at.getTime()) || thatDay.getUTCDate() !== Number(day)) {
    throw badAttribute('Expiration', 'Timestamp must be a time in ISO 8601, such as 2030-12-02T21:34:33.000Z');
  }
  return at;
}

function span(type: PolicyType, name: string, value: unknown, unit: unknown): number {
  const unitMs = typeof unit === 'string' && Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  if (unitMs === undefined) throw badAttribute(type, 'Unit must be Days or Hours');
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !/^[1-9]\d{0,5}$/.test(text)) {
    throw badAttribute(type, `${name} must be a whole number of at least 1`);
  }
  return Number(text) * unitMs;
}

function refuseOthers(type: PolicyType, object: Record<string, unknown>, known: readonly string[]): void {
  const other = Object.keys(object).find((name) => !known.includes(name));
  if (other !== undefined) throw badAttribute(type, `${other} is not known`);
}

function refuseConflicts(policies: readonly ReadPolicy[]): void {
  const expirations = policies.filter(({ type }) => type === 'Expiration').length;
  const announced = policies.some(({ type }) => type === 'ExpirationNotification');
  const twice = new Set(policies.map(({ text }) => text)).size < policies.length;
  if (expirations <= 1 && !(announced && expirations === 0) && !twice) return;
  throw new ApiError(
    'IncompatiblePolicyException',
    "There is a conflict in the policies specified for this parameter. You can't, for example, specify two Expiration " +
      'policies for a parameter. Review your policies, and try again.',
  );
}

function badAttribute(type: PolicyType, why: string): ApiError {
  return new ApiError(
    'InvalidPolicyAttributeException',
    `A policy attribute or its value is invalid. Policy ${type}: ${why}.`,
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
