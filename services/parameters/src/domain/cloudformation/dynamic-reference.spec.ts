import fc from 'fast-check';

import { dynamicReferences, withValues } from './dynamic-reference.js';
import type { Json } from './template.js';

const none = () => undefined;
const inQueue = (value: Json) => ({ Resources: { Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: value } } } });
const inDatabase = (property: string, value: Json) => ({
  Resources: { Db: { Type: 'AWS::RDS::DBInstance', Properties: { [property]: value } } },
});

describe('dynamic references of a template', () => {
  it('are found wherever there is text, with where they stand', () => {
    const template = {
      ...inQueue('a-{{resolve:ssm:/q/name:3}}-{{resolve:ssm:suffix}}'),
      Outputs: { O: { Value: { 'Fn::Join': ['', ['{{resolve:ssm:x}}', 'y']] } } },
    };
    expect(dynamicReferences(template, none)).toEqual([
      {
        text: '{{resolve:ssm:/q/name:3}}',
        service: 'ssm',
        path: 'Resources/Q/Properties/QueueName',
        names: { name: '/q/name', version: 3 },
      },
      {
        text: '{{resolve:ssm:suffix}}',
        service: 'ssm',
        path: 'Resources/Q/Properties/QueueName',
        names: { name: 'suffix' },
      },
      { text: '{{resolve:ssm:x}}', service: 'ssm', path: 'Outputs/O/Value/Fn::Join/1/0', names: { name: 'x' } },
    ]);
    expect(dynamicReferences(inQueue('{{resolve:secretsmanager:s:SecretString:p}} {{other}}'), none)).toEqual([]);
  });

  it.each([
    '{{resolve:ssm:}}',
    '{{resolve:ssm:a:}}',
    '{{resolve:ssm:a:b}}',
    '{{resolve:ssm:a:1:2}}',
    '{{resolve:ssm:a b}}',
    '{{resolve:ssm:/a/${Env}}}',
  ])('are refused when they are not formed well: %s', (text) => {
    expect(() => dynamicReferences(inQueue(text), none)).toThrow(
      `Incorrect format is used in the following SSM reference: [${text}]`,
    );
  });

  it('of secrets stand only where CloudFormation keeps them secret', () => {
    const secret = '{{resolve:ssm-secure:/db/password:1}}';
    const places: Json[] = [secret, { 'Fn::Sub': secret }, { 'Fn::If': ['C', secret, 'x'] }];
    for (const value of places)
      expect(dynamicReferences(inDatabase('MasterUserPassword', value), none)).toMatchObject([
        { service: 'ssm-secure' },
      ]);
    expect(() => dynamicReferences(inDatabase('DBName', secret), none)).toThrow(
      'SSM Secure reference is not supported in: [AWS::RDS::DBInstance/Properties/DBName]',
    );
    expect(() => dynamicReferences(inQueue(secret), none)).toThrow('[AWS::SQS::Queue/Properties/QueueName]');
    for (const section of ['Outputs', 'Metadata', 'Parameters', 'Mappings', 'Conditions'])
      expect(() => dynamicReferences({ ...inQueue('x'), [section]: { A: { B: secret } } }, none)).toThrow(
        `SSM Secure reference is not supported in: [${section}/A/B]`,
      );
  });

  it('need a version in the section Parameters', () => {
    const withDefault = (Default: string) => ({ ...inQueue('x'), Parameters: { P: { Type: 'String', Default } } });
    expect(() => dynamicReferences(withDefault('{{resolve:ssm:a}}'), none)).toThrow(
      /Parameters\/P\/Default it must say a version/,
    );
    expect(dynamicReferences(withDefault('{{resolve:ssm:a:1}}'), none)).toHaveLength(1);
  });

  it('may be put together by Fn::Sub of what is known', () => {
    const variables = (name: string) => (name === 'Env' ? 'prod' : undefined);
    const sub = (...argument: Json[]) =>
      dynamicReferences(inQueue({ 'Fn::Sub': argument.length > 1 ? argument : argument[0]! }), variables);
    expect(sub('x-{{resolve:ssm:/${Env}/a:2}}')).toMatchObject([{ names: { name: '/prod/a', version: 2 } }]);
    expect(sub('{{resolve:ssm:/${Own}/${Env}}}', { Own: 'mine' })).toMatchObject([{ names: { name: '/mine/prod' } }]);
    const [unknown] = sub('{{resolve:ssm:/${Queue.Arn}/a}}');
    expect(unknown).toMatchObject({ reason: '${Queue.Arn} is not known before there are resources' });
    expect(unknown).not.toHaveProperty('names');
    expect(sub('{{resolve:ssm:/${Own}}}', { Own: { Ref: 'Queue' } })).toMatchObject([{ reason: expect.any(String) }]);
  });

  it('are sixty at most, whosoever they are', () => {
    const many = (count: number) =>
      inQueue(['{{resolve:ssm:a}}', ...Array<string>(count - 1).fill('{{resolve:secretsmanager:b}}')]);
    expect(dynamicReferences(many(60), none)).toHaveLength(1);
    expect(() => dynamicReferences(many(61), none)).toThrow('60 dynamic references at most');
  });

  it('are replaced, and nothing else', () => {
    const name = fc.stringMatching(/^[a-zA-Z0-9_.\-/]{1,20}$/);
    const words = fc.string().filter((text) => !text.includes('{{'));
    fc.assert(
      fc.property(words, name, words, fc.string(), (before, key, after, value) => {
        const template = inQueue([`${before}{{resolve:ssm:${key}}}${after}`, before]);
        expect(withValues(template, () => value)).toEqual(inQueue([`${before}${value}${after}`, before]));
        expect(withValues(template, () => undefined)).toEqual(template);
      }),
    );
  });

  it('found a text for Fn::Sub, which does not substitute in it', () => {
    expect(withValues(inQueue({ 'Fn::Sub': ['${A} {{resolve:ssm:a}}', { A: 'b' }] }), () => '${A}')).toEqual(
      inQueue({ 'Fn::Sub': ['${A} ${!A}', { A: 'b' }] }),
    );
  });

  it('are looked for in linear time', () => {
    const started = performance.now();
    dynamicReferences(inQueue('{{resolve:ssm:${'.repeat(30_000)), none);
    dynamicReferences(inQueue(`{{resolve:ssm:${'$'.repeat(400_000)}`), none);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
