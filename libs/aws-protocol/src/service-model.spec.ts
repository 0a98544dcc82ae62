import { ApiError } from './api-error.js';
import { serviceModel } from './service-model.js';
import { fromUtf8, utf8 } from './text.js';

const putParameter = serviceModel('ssm').operations.get('PutParameter')!;

describe('an operation of awsJson', () => {
  it('reads a body into what the SDK types say', () => {
    const put = serviceModel('ssm').operations.get('CreateActivation')!;
    const input = put.decode(utf8('{"IamRole":"r","ExpirationDate":1763889000.5,"Unknown":1,"Description":null}'));
    expect(input).toEqual({ IamRole: 'r', ExpirationDate: new Date(1763889000500) });
  });

  it('writes timestamps as epoch seconds and leaves out what the model does not name', () => {
    const get = serviceModel('ssm').operations.get('GetParameter')!;
    const { body, contentType } = get.encode(
      { Parameter: { Name: '/a', LastModifiedDate: new Date(1763889000123), Version: 1, secret: 'x' } },
      'r',
    );
    expect(contentType).toBe('application/x-amz-json-1.1');
    expect(JSON.parse(fromUtf8(body))).toEqual({
      Parameter: { Name: '/a', LastModifiedDate: 1763889000.123, Version: 1 },
    });
  });

  it.each([
    ['{"Name":5}', 'NUMBER_VALUE can not be converted to a String'],
    ['{"Overwrite":"yes"}', 'STRING_VALUE can not be converted to a Boolean'],
    ['{"Name":["a"]}', 'Start of list found where not expected'],
    ['{"Name":{}}', 'Start of structure or map found where not expected.'],
    ['{"Tags":"a"}', 'Expected list or null'],
    ['{"Tags":["a"]}', 'Expected null'],
    ['[]', 'Start of list found where not expected'],
    ['rubbish', 'The request body is not JSON'],
  ])('refuses %s', (body, message) => {
    expect(() => putParameter.decode(utf8(body))).toThrow(
      expect.objectContaining({ code: 'SerializationException', message, status: 400 }),
    );
  });

  it('refuses bytes that are no UTF-8', () => {
    expect(() => putParameter.decode(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(ApiError);
  });
});
