import fc from 'fast-check';

import { referenceOf, referenceToRead } from './reference.js';

const scope = { account: '123456789012', region: 'us-east-1' };

describe('a reference to a parameter', () => {
  it('is a name, with or without the slash', () => {
    expect(referenceOf('db', scope)).toEqual({
      text: 'db',
      path: '/db',
      owner: scope,
      arn: 'arn:aws:ssm:us-east-1:123456789012:parameter/db',
      elsewhere: false,
    });
    expect(referenceOf(' /db/host ', scope).path).toBe('/db/host');
  });

  it('may choose a version or a label', () => {
    expect(referenceOf('/db:3', scope)).toMatchObject({ path: '/db', selector: ':3', version: 3 });
    expect(referenceOf('/db:prod', scope)).toMatchObject({ path: '/db', selector: ':prod', label: 'prod' });
  });

  it('takes for a label what no version can be', () => {
    expect(referenceOf('/db:999999999999999', scope)).toMatchObject({ version: 999_999_999_999_999 });
    expect(referenceOf('/db:9999999999999999', scope)).toMatchObject({ label: '9999999999999999' });
  });

  it('names nothing with two selectors, or an empty one', () => {
    expect(referenceOf('/db:2:3', scope).elsewhere).toBe(true);
    expect(referenceOf('/db:', scope).elsewhere).toBe(true);
  });

  it('may be an ARN; one of elsewhere keeps its own', () => {
    const own = 'arn:aws:ssm:us-east-1:123456789012:parameter/db/host';
    expect(referenceOf(`${own}:2`, scope)).toMatchObject({ arn: own, path: '/db/host', version: 2, elsewhere: false });
    const foreign = 'arn:aws:ssm:us-east-1:999999999999:parameter/db/host';
    expect(referenceOf(foreign, scope)).toMatchObject({ arn: foreign, elsewhere: true });
  });

  it.each(['a b', 'a/b', '//a', '', 'arn:aws:ssm:us-east-1:1:document/x', 'ä'])('is not %p', (text) =>
    expect(() => referenceOf(text, scope)).toThrow(/sub-path/),
  );

  it('gives a path or says no, whatever is given', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        let path: string;
        try {
          path = referenceOf(text, scope).path;
        } catch (error) {
          expect(error).toMatchObject({ code: 'ValidationException' });
          return;
        }
        expect(path).toMatch(/^(\/[a-zA-Z0-9_.-]+)+$/);
      }),
    );
  });

  it('that is only to be read may be public, or of another account of the same region', () => {
    const list = referenceToRead('/aws/service/list/regions', scope);
    expect(list).toMatchObject({
      arn: 'arn:aws:ssm:us-east-1::parameter/aws/service/list/regions',
      owner: { account: '', region: 'us-east-1' },
      elsewhere: false,
    });
    expect(referenceToRead(list.arn, scope)).toMatchObject({ owner: list.owner, elsewhere: false });
    const theirs = 'arn:aws:ssm:us-east-1:222222222222:parameter/shared';
    expect(referenceToRead(`${theirs}:2`, scope)).toMatchObject({
      arn: theirs,
      owner: { account: '222222222222', region: 'us-east-1' },
      version: 2,
      elsewhere: false,
    });
    const far = 'arn:aws:ssm:eu-west-1:222222222222:parameter/shared';
    expect(referenceToRead(far, scope)).toMatchObject({ arn: far, elsewhere: true });
  });

  it.each(['/aws/service/list/regions', 'arn:aws:ssm:us-east-1:222222222222:parameter/shared'])(
    '%s is nothing that can be changed here',
    (name) => expect(referenceOf(name, scope).elsewhere).toBe(true),
  );

  it('is read or refused, whatever text comes; what is read names one path of one owner', () => {
    const bit = fc.constantFrom(
      'a',
      'Z9',
      '/',
      ':',
      '1',
      '.',
      '-',
      ' ',
      'arn:aws:ssm:us-east-1:123456789012:parameter',
      'é',
      '\0',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(bit, { maxLength: 8 }).map((bits) => bits.join('')),
        ),
        (text) => {
          let read;
          try {
            read = referenceToRead(text, scope);
          } catch (error) {
            expect(error).toMatchObject({ code: 'ValidationException' });
            return;
          }
          expect(read.path).toMatch(/^(?:\/[a-zA-Z0-9_.-]+)+$/);
          expect(read.arn).toBe(`arn:aws:ssm:${read.owner.region}:${read.owner.account}:parameter${read.path}`);
          const { selector, version, label } = read;
          expect([version, label].filter((each) => each !== undefined)).toHaveLength(selector === undefined ? 0 : 1);
          if (selector !== undefined) expect(text.trim()).toContain(selector);
          if (version !== undefined) expect(Number.isSafeInteger(version)).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
