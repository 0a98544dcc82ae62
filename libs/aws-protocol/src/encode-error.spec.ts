import { ApiError } from './api-error.js';
import { encodeError } from './encode-error.js';
import { serviceModel } from './service-model.js';
import { fromUtf8 } from './text.js';

function json(error: ApiError, service?: 'ssm' | 'kms'): { status: number; body: unknown } {
  const { status, body } = encodeError('json', error, 'r', service && serviceModel(service));
  return { status, body: JSON.parse(fromUtf8(body)) };
}

describe('an error in awsJson', () => {
  it.each([
    ['ParameterNotFound', { __type: 'ParameterNotFound', message: 'no' }],
    ['InvalidInstanceId', { __type: 'InvalidInstanceId', Message: 'no' }],
    ['AccessDeniedException', { __type: 'AccessDeniedException', Message: 'no' }],
    ['ValidationException', { __type: 'ValidationException', message: 'no' }],
  ] as const)('%s is spelt as AWS spells it, with 400', (code, body) => {
    expect(json(new ApiError(code, 'no'))).toEqual({ status: 400, body });
  });

  it('is answered with 5xx when it is our fault', () => {
    expect(json(new ApiError('InternalServerError', 'x'), 'ssm').status).toBe(500);
    expect(json(new ApiError('ServiceUnavailable', 'x')).status).toBe(503);
  });

  it('carries the members that its shape has', () => {
    const error = new ApiError('OpsItemAlreadyExistsException', 'there', { fields: { OpsItemId: 'oi-1' } });
    expect(json(error, 'ssm').body).toEqual({
      __type: 'OpsItemAlreadyExistsException',
      Message: 'there',
      OpsItemId: 'oi-1',
    });
  });
});

describe('an error in the query protocol', () => {
  it('has the code and status of the model', () => {
    const { status, body, contentType } = encodeError(
      'query',
      new ApiError('NoSuchEntityException', 'a < b'),
      'r',
      serviceModel('iam'),
    );
    expect({ status, contentType }).toEqual({ status: 404, contentType: 'text/xml' });
    expect(fromUtf8(body)).toBe(
      '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>NoSuchEntity</Code>' +
        '<Message>a &lt; b</Message></Error><RequestId>r</RequestId></ErrorResponse>',
    );
  });

  it.each([
    ['InvalidSignatureException', 'SignatureDoesNotMatch', 403],
    ['UnrecognizedClientException', 'InvalidClientTokenId', 403],
    ['MissingAuthenticationTokenException', 'MissingAuthenticationToken', 403],
    ['AccessDeniedException', 'AccessDenied', 403],
    ['ValidationException', 'ValidationError', 400],
    ['UnknownOperationException', 'InvalidAction', 400],
    ['InternalServerError', 'InternalFailure', 500],
  ] as const)('%s is %s, %i', (code, wire, status) => {
    const answer = encodeError('query', new ApiError(code, 'm'), 'r', serviceModel('sts'));
    expect(answer.status).toBe(status);
    expect(fromUtf8(answer.body)).toContain(`<Code>${wire}</Code>`);
    expect(fromUtf8(answer.body)).toContain(`<Type>${status >= 500 ? 'Receiver' : 'Sender'}</Type>`);
  });
});
