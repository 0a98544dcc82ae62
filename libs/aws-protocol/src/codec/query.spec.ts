import fc from 'fast-check';

import { ApiError } from '../api-error.js';
import { serviceModel } from '../service-model.js';
import { fromUtf8, utf8 } from '../text.js';
import { escapeXml } from './xml-writer.js';

const sts = serviceModel('sts').operations;
const iam = serviceModel('iam').operations;

describe('the query protocol', () => {
  it('reads lists and structures out of dotted names', () => {
    const body =
      'Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fa&RoleSessionName=s+1&DurationSeconds=900' +
      '&Tags.member.2.Key=b&Tags.member.2.Value=2&Tags.member.10.Key=c&Tags.member.10.Value=3&Tags.member.1.Key=a&Tags.member.1.Value=1&TransitiveTagKeys=';
    expect(sts.get('AssumeRole')!.decode(utf8(body))).toEqual({
      RoleArn: 'arn:aws:iam::123456789012:role/a',
      RoleSessionName: 's 1',
      DurationSeconds: 900,
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
        { Key: 'c', Value: '3' },
      ],
      TransitiveTagKeys: [],
    });
  });

  it.each([
    ['DurationSeconds=soon', 'STRING_VALUE can not be converted to an Integer'],
    ['RoleArn=%E0%A4%A', 'The form is not URL-encoded UTF-8'],
    [`${'A.'.repeat(50)}=1`, 'A field is nested too deep'],
  ])('refuses %s', (body, message) => {
    expect(() => sts.get('AssumeRole')!.decode(utf8(body))).toThrow(
      expect.objectContaining({ code: 'SerializationException', message }),
    );
  });

  it('either reads a form or refuses it, whatever it holds', () => {
    const operations = [...sts.values(), ...iam.values()];
    fc.assert(
      fc.property(
        fc.constantFrom(...operations),
        fc.string({ unit: fc.constantFrom(...'Aa=&.%1member+') }),
        (operation, body) => {
          try {
            operation.validate(operation.decode(utf8(body)));
          } catch (error) {
            expect(error).toBeInstanceOf(ApiError);
          }
        },
      ),
    );
  });

  it('answers as AWS does', () => {
    const { body, contentType } = sts
      .get('GetCallerIdentity')!
      .encode({ Account: '123456789012', UserId: 'AIDA', Arn: 'arn:aws:iam::123456789012:user/a&b' }, 'id-1');
    expect(contentType).toBe('text/xml');
    expect(fromUtf8(body)).toBe(
      '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
        '<Account>123456789012</Account><Arn>arn:aws:iam::123456789012:user/a&amp;b</Arn><UserId>AIDA</UserId>' +
        '</GetCallerIdentityResult><ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></GetCallerIdentityResponse>',
    );
  });

  it('writes lists, times and operations that answer nothing', () => {
    const keys = iam.get('ListAccessKeys')!.encode(
      {
        AccessKeyMetadata: [{ AccessKeyId: 'AKIA', CreateDate: new Date('2026-11-24T00:00:00Z') }],
        IsTruncated: false,
      },
      'r',
    );
    expect(fromUtf8(keys.body)).toContain(
      '<AccessKeyMetadata><member><AccessKeyId>AKIA</AccessKeyId><CreateDate>2026-11-24T00:00:00Z</CreateDate></member></AccessKeyMetadata><IsTruncated>false</IsTruncated>',
    );
    expect(fromUtf8(iam.get('DeleteUser')!.encode({}, 'r').body)).toBe(
      '<DeleteUserResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></DeleteUserResponse>',
    );
  });

  it('escapes what XML cannot hold', () => {
    expect(escapeXml('<a href="x">\u0000\ud800&\'')).toBe('&lt;a href=&quot;x&quot;&gt;\ufffd\ufffd&amp;&apos;');
    expect(escapeXml('😀')).toBe('😀');
  });
});
