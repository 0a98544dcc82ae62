import { ApiError } from '@muster/aws-protocol';
import { formatArn, parseArn } from '@muster/iam';

/** Whose key ring. */
export interface RingScope {
  readonly account: string;
  readonly region: string;
}

/** What a KeyId can say. */
export type KeyReference =
  | (RingScope & { readonly kind: 'key'; readonly id: string })
  | (RingScope & { readonly kind: 'alias'; readonly name: string });

const KEY_ID = /^[\w-]{1,64}$/;
const ALIAS = /^alias\/[a-zA-Z0-9:/_-]{1,250}$/;

/**
 * Reads a KeyId: key id, key ARN, `alias/NAME` or alias ARN; of the scope's account unless it is an ARN.
 * @throws ApiError NotFoundException when it is none of them, or of another region
 */
export function parseKeyReference(text: string, scope: RingScope): KeyReference {
  const { account, region } = scope;
  if (ALIAS.test(text)) return { kind: 'alias', account, region, name: text };
  if (KEY_ID.test(text)) return { kind: 'key', account, region, id: text };
  const arn = parseArn(text);
  if (arn?.service !== 'kms' || !/^\d{12}$/.test(arn.account)) throw invalid(text);
  if (arn.region !== region) throw new ApiError('NotFoundException', `Invalid arn ${arn.region}`);
  const [, id] = /^key\/([\w-]{1,64})$/.exec(arn.resource) ?? [];
  if (id) return { kind: 'key', account: arn.account, region, id };
  if (ALIAS.test(arn.resource)) return { kind: 'alias', account: arn.account, region, name: arn.resource };
  throw invalid(text);
}

/** `arn:aws:kms:us-east-1:123456789012:key/1234abcd-…` */
export function keyArn(scope: RingScope, id: string): string {
  return formatArn({ service: 'kms', region: scope.region, account: scope.account, resource: `key/${id}` });
}

/** `arn:aws:kms:us-east-1:123456789012:alias/mine`; the name begins with `alias/`. */
export function aliasArn(scope: RingScope, name: string): string {
  return formatArn({ service: 'kms', region: scope.region, account: scope.account, resource: name });
}

/** What a reference is as an ARN. */
export function referenceArn(reference: KeyReference): string {
  return reference.kind === 'key' ? keyArn(reference, reference.id) : aliasArn(reference, reference.name);
}

/** There is no such key, in the words of AWS. */
export function noSuchKey(reference: KeyReference): ApiError {
  const arn = referenceArn(reference);
  return new ApiError(
    'NotFoundException',
    reference.kind === 'key' ? `Key '${arn}' does not exist` : `Alias ${arn} is not found.`,
  );
}

function invalid(text: string): ApiError {
  return new ApiError('NotFoundException', `Invalid keyId '${text}'`);
}
