import { headersFromObject, parseAuthorization } from '@muster/aws-protocol';

import type { HttpCall } from '../http-call.js';
import { findOperation, protocolOf } from './find-operation.js';

function aCall(call: Partial<Omit<HttpCall, 'headers'>> & { headers?: Record<string, string> } = {}): HttpCall {
  return {
    requestId: 'r',
    method: 'POST',
    path: '/',
    query: '',
    body: Buffer.from('{}'),
    sourceIp: '127.0.0.1',
    secure: false,
    ...call,
    headers: headersFromObject({ host: 'localhost', ...call.headers }),
  };
}

function json(target: string, more: Partial<HttpCall> = {}): HttpCall {
  return { ...aCall({ headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target } }), ...more };
}

function form(body: string, service?: string): HttpCall {
  const authorization = `AWS4-HMAC-SHA256 Credential=AKID/20261124/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  return aCall({
    body: Buffer.from(body),
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      ...(service ? { authorization, 'x-amz-date': '20261124T000000Z' } : {}),
    },
  });
}

function found(call: HttpCall): string {
  const { operation } = findOperation(call, parseAuthorization(call.headers, call.query));
  return `${operation.service.id}.${operation.name}`;
}

describe('an operation is found', () => {
  it('by X-Amz-Target', () => {
    expect(found(json('AmazonSSM.PutParameter'))).toBe('ssm.PutParameter');
    expect(found(json('Logs_20140328.PutLogEvents'))).toBe('logs.PutLogEvents');
    expect(found(json('Muster.EnrolNode'))).toBe('muster.EnrolNode');
  });

  it('by action, version and the service that it is signed for', () => {
    expect(found(form('Action=GetCallerIdentity&Version=2011-06-15', 'sts'))).toBe('sts.GetCallerIdentity');
    expect(found(form('Version=2010-05-08&Action=ListUsers', 'iam'))).toBe('iam.ListUsers');
  });

  it('by action and version alone when it is unsigned', () => {
    expect(found(form('Action=AssumeRoleWithWebIdentity&Version=2011-06-15'))).toBe('sts.AssumeRoleWithWebIdentity');
  });

  it('in the query string of a presigned GET, whose signature is no input', () => {
    const query =
      'Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20261124%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Date=20261124T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=0';
    const call = aCall({ method: 'GET', query, body: new Uint8Array() });
    const { operation, body } = findOperation(call, parseAuthorization(call.headers, query));
    expect(operation.name).toBe('GetCallerIdentity');
    expect(Buffer.from(body).toString()).toBe('Action=GetCallerIdentity&Version=2011-06-15');
  });
});

describe('a form', () => {
  it('may come in part as the query string', () => {
    const call = { ...form('Version=2011-06-15', 'sts'), query: 'Action=GetCallerIdentity' };
    const { operation, body } = findOperation(call, parseAuthorization(call.headers, call.query));
    expect(operation.name).toBe('GetCallerIdentity');
    expect(Buffer.from(body).toString()).toBe('Version=2011-06-15&Action=GetCallerIdentity');
  });
});

describe('what is no operation is refused as unknown', () => {
  it.each([
    ['an operation that the model lacks', json('AmazonSSM.Nonsense')],
    ['a service that we lack', json('Nobody.PutParameter')],
    ['a target without a dot', json('PutParameter')],
    ['a target that would be more than one token', json('AmazonSSM.Put.Parameter')],
    ['a wildcard', json('AmazonSSM.*')],
    ['what every object has', json('AmazonSSM.constructor')],
    ['awsJson by GET', json('AmazonSSM.PutParameter', { method: 'GET' })],
    [
      'another content type',
      aCall({ headers: { 'x-amz-target': 'AmazonSSM.PutParameter', 'content-type': 'text/plain' } }),
    ],
    ['nothing at all', aCall()],
    ['an action of another version', form('Action=GetCallerIdentity&Version=1999-01-01', 'sts')],
    ['an action of another service', form('Action=ListUsers&Version=2010-05-08', 'sts')],
  ])('%s', (_what, call) => {
    expect(() => found(call)).toThrow(expect.objectContaining({ code: 'UnknownOperationException', status: 400 }));
  });

  it.each([
    ['a path', json('AmazonSSM.PutParameter', { path: '/ssm' }), 404],
    ['a method', json('AmazonSSM.PutParameter', { method: 'DELETE' }), 405],
  ])('%s', (_what, call, status) => {
    expect(() => found(call)).toThrow(expect.objectContaining({ code: 'UnknownOperationException', status }));
  });
});

describe('an error is told', () => {
  it('in the protocol of the request', () => {
    expect(protocolOf(json('AmazonSSM.X'))).toBe('json');
    expect(protocolOf(form('rubbish'))).toBe('query');
    expect(protocolOf(aCall({ query: 'Action=X' }))).toBe('query');
    expect(protocolOf(aCall())).toBe('json');
  });
});
