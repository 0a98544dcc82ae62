import type { ParameterTier } from '@aws-sdk/client-ssm';
import { ApiError } from '@muster/aws-protocol';

/** What is stored; Intelligent-Tiering is a request, never a tier. */
export type StoredTier = Extract<ParameterTier, 'Standard' | 'Advanced'>;

/** What decides on a tier. */
export interface TierQuestion {
  readonly asked: ParameterTier | undefined;
  /** Of the version before. */
  readonly current: StoredTier | undefined;
  /** In UTF-8. */
  readonly valueBytes: number;
  /** Only Advanced has policies. */
  readonly hasPolicies: boolean;
  /** What holds where none is asked for. */
  readonly tiers: TierPolicy;
}

/** What an account has about tiers beside the parameter itself. */
export interface TierPolicy {
  /** Of new parameters that ask for none. */
  readonly byDefault: ParameterTier;
  /** There are as many standard parameters as there may be: Intelligent-Tiering makes the next one Advanced. */
  readonly standardIsFull: boolean;
}

const STANDARD_BYTES = 4096;
const ADVANCED_BYTES = 8192;

/** The tier that a value gets. @throws ApiError ValidationException: too long for it, or a way back that there is none */
export function tierFor(question: TierQuestion): StoredTier {
  const { current, valueBytes } = question;
  const tier = chosenTier(question);
  if (tier === 'Standard' && current === 'Advanced') {
    throw new ApiError(
      'ValidationException',
      "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter " +
        'tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a ' +
        'standard parameter.',
    );
  }
  if (tier === 'Standard' && question.hasPolicies) {
    throw new ApiError(
      'ValidationException',
      "Standard tier parameters don't support parameter policies. To assign policies to a parameter, upgrade it to use the " +
        'advanced-parameter tier.',
    );
  }
  if (tier === 'Standard' && valueBytes > STANDARD_BYTES) {
    throw new ApiError(
      'ValidationException',
      `Standard tier parameters support a maximum parameter value of ${STANDARD_BYTES} characters. To create a larger ` +
        'parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see ' +
        'https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html',
    );
  }
  if (valueBytes > ADVANCED_BYTES) {
    throw new ApiError(
      'ValidationException',
      `Advanced tier parameters support a maximum parameter value of ${ADVANCED_BYTES} characters.`,
    );
  }
  return tier;
}

/** The tier that is meant, whether the value may have it or not. */
export function chosenTier(question: TierQuestion): StoredTier {
  const { current, valueBytes, hasPolicies, tiers } = question;
  const wanted = wantedTier(question);
  if (wanted !== 'Intelligent-Tiering') return wanted;
  if (current === 'Advanced' || hasPolicies || valueBytes > STANDARD_BYTES) return 'Advanced';
  return current === undefined && tiers.standardIsFull ? 'Advanced' : 'Standard';
}

/** Whether the number of standard parameters matters: only for a new one, and only to who lets Parameter Store choose. */
export function asksHowMany(question: Pick<TierQuestion, 'asked' | 'current'> & { byDefault: ParameterTier }): boolean {
  return question.current === undefined && (question.asked ?? question.byDefault) === 'Intelligent-Tiering';
}

/** The default is of new parameters: an update that names no tier keeps the one there is, or lets it grow. */
function wantedTier({ asked, current, tiers }: TierQuestion): ParameterTier {
  if (asked !== undefined) return asked;
  if (current === undefined || tiers.byDefault === 'Intelligent-Tiering') return tiers.byDefault;
  return current;
}
