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
export function chosenTier({ asked, current, valueBytes, hasPolicies }: TierQuestion): StoredTier {
  if (asked === 'Standard' || asked === 'Advanced') return asked;
  if (current === 'Advanced') return 'Advanced';
  return asked === 'Intelligent-Tiering' && (hasPolicies || valueBytes > STANDARD_BYTES) ? 'Advanced' : 'Standard';
}
