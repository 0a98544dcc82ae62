import { parseBootstrapDocument } from './bootstrap-document.js';

const document = {
  account: '123456789012',
  userName: 'administrator',
  accessKeyId: 'AKIAEXAMPLEEXAMPLE12',
  secretAccessKey: 'a'.repeat(40),
};

describe('the bootstrap file', () => {
  it('names the first account, its administrator and their key', () => {
    expect(parseBootstrapDocument(JSON.stringify(document))).toEqual({ ...document, sandbox: false });
    expect(parseBootstrapDocument(JSON.stringify({ ...document, sandbox: true })).sandbox).toBe(true);
  });

  it('is refused with every fault named, and never quoted', () => {
    const broken = JSON.stringify({ ...document, account: '12', secretAccessKey: 'short secret' });
    expect(() => parseBootstrapDocument(broken)).toThrow(/account must be 12 digits; secretAccessKey must have/);
    expect(() => parseBootstrapDocument(broken)).not.toThrow(/short secret/);
    expect(() => parseBootstrapDocument('{"secretAccessKey": "abc')).toThrow(/^The bootstrap file is not JSON\.$/);
  });
});
