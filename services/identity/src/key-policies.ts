import { ApiError } from '@muster/aws-protocol';
import { Authority, type Call, keyResource } from '@muster/bus';
import { MalformedPolicy, type PolicyDocument, parsePolicy } from '@muster/iam';
import { Injectable } from '@nestjs/common';

/** Whether a key policy may be put in force. */
@Injectable()
export class KeyPolicies {
  constructor(private readonly authority: Authority) {}

  /**
   * @param bypass also one that does not let the caller change it again
   * @throws ApiError MalformedPolicyDocumentException
   */
  async check(
    call: Call,
    key: { readonly arn: string; readonly tags: Readonly<Record<string, string>> },
    text: string,
    bypass: boolean,
  ): Promise<void> {
    const policy = parsed(text);
    if (bypass) return;
    const resource = keyResource({ ...key, policy }, 'kms:PutKeyPolicy', { caller: call.caller });
    const { allowed } = await this.authority.decide(call.caller, 'kms:PutKeyPolicy', [resource]);
    if (!allowed) {
      throw new ApiError(
        'MalformedPolicyDocumentException',
        'The new key policy will not allow you to update the key policy in the future.',
      );
    }
  }
}

function parsed(text: string): PolicyDocument {
  try {
    return parsePolicy(text, 'key');
  } catch (error) {
    if (!(error instanceof MalformedPolicy)) throw error;
    throw new ApiError('MalformedPolicyDocumentException', error.message, { cause: error });
  }
}
