import { keyNotFound, keyRingOf, refuseUnusable } from './key-reference.js';

const scope = { account: '111111111111', region: 'us-east-1' };

describe('a key', () => {
  it.each([
    ['alias/mine', '111111111111'],
    ['1234abcd-12ab-34cd-56ef-1234567890ab', '111111111111'],
    ['arn:aws:kms:us-east-1:222222222222:key/1234abcd', '222222222222'],
    ['arn:aws:kms:us-east-1:222222222222:alias/theirs', '222222222222'],
  ])('%s is looked for in its ring', (key, account) => {
    expect(keyRingOf(key, scope)).toEqual({ account, region: 'us-east-1' });
  });

  it.each([
    ['arn:aws:kms:eu-west-1:111111111111:key/1234abcd', 'Invalid arn eu-west-1'],
    ['arn:aws:s3:::bucket', "Invalid keyId 'arn:aws:s3:::bucket'"],
  ])('%s is no key here', (key, message) => {
    expect(() => keyRingOf(key, scope)).toThrow(expect.objectContaining({ code: 'InvalidKeyId', message }));
  });

  it('that there is not is named in full', () => {
    expect(keyNotFound('alias/x', scope).message).toBe(
      'Alias arn:aws:kms:us-east-1:111111111111:alias/x is not found.',
    );
    expect(keyNotFound('abcd', scope).message).toBe("Key 'arn:aws:kms:us-east-1:111111111111:key/abcd' does not exist");
  });

  it('is used only while it is enabled', () => {
    expect(() => refuseUnusable({ arn: 'a', state: 'Enabled' })).not.toThrow();
    for (const state of ['Disabled', 'PendingDeletion', 'PendingImport'])
      expect(() => refuseUnusable({ arn: 'a', state })).toThrow(expect.objectContaining({ code: 'InvalidKeyId' }));
  });
});
