import type { ResolveTemplateResult } from '@muster/aws-protocol';
import { serviceUnderTest } from '@muster/testing';

import { ParametersModule } from '../src/module.js';

const template = `
Parameters:
  Image:
    Type: AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>
    Default: /image
  Zones:
    Type: AWS::SSM::Parameter::Value<List<AWS::EC2::AvailabilityZone::Name>>
    Default: /zones
  Secretive:
    Type: AWS::SSM::Parameter::Value<String>
    Default: /plain
    NoEcho: true
  Held:
    Type: AWS::SSM::Parameter::Name
    Default: /plain
  Env:
    Type: String
    AllowedPattern: "[a-z]+"
    Default: prod
Resources:
  Db:
    Type: AWS::RDS::DBInstance
    Properties:
      DBName: !Sub "{{resolve:ssm:/\${Env}/db/name:1}}"
      Port: '{{resolve:ssm:/prod/db/port}}'
      MasterUserPassword: '{{resolve:ssm-secure:/prod/db/password}}'
`;

describe('ResolveTemplate', () => {
  const service = serviceUnderTest(ParametersModule);

  async function stocked() {
    const one = service.newAccount();
    const put = (Name: string, Value: string, Type = 'String') =>
      one.ssm('PutParameter', { Name, Value, Type, Overwrite: true });
    await put('/image', 'ami-0a1b2c3d');
    await put('/zones', 'us-east-1a,us-east-1b', 'StringList');
    await put('/plain', 'p');
    await put('/prod/db/name', 'first');
    await put('/prod/db/name', 'second');
    await put('/prod/db/port', '5432');
    await put('/prod/db/password', 'opensesame', 'SecureString');
    const resolve = (input: object = {}, options?: object) =>
      one.call<ResolveTemplateResult>('muster', 'ResolveTemplate', { TemplateBody: template, ...input }, options);
    return { ...one, put, resolve };
  }

  it('gives what CloudFormation would take, without what is secret', async () => {
    const { resolve } = await stocked();
    const answer = await resolve();
    expect(answer).toEqual({
      Parameters: [
        {
          ParameterKey: 'Image',
          ParameterType: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>',
          ParameterValue: '/image',
          ResolvedValue: 'ami-0a1b2c3d',
          ResolvedVersion: 1,
        },
        expect.objectContaining({ ParameterValue: '/zones', ResolvedValue: 'us-east-1a,us-east-1b' }),
        expect.objectContaining({ ParameterValue: '/plain', ResolvedValue: '****', NoEcho: true, ResolvedVersion: 1 }),
        { ParameterKey: 'Held', ParameterType: 'AWS::SSM::Parameter::Name', ParameterValue: '/plain' },
        { ParameterKey: 'Env', ParameterType: 'String', ParameterValue: 'prod' },
      ],
      DynamicReferences: [
        {
          Reference: '{{resolve:ssm:/${Env}/db/name:1}}',
          Path: 'Resources/Db/Properties/DBName/Fn::Sub',
          Service: 'ssm',
          Status: 'Resolved',
          Name: '/prod/db/name',
          Type: 'String',
          Version: 1,
          Value: 'first',
        },
        expect.objectContaining({ Name: '/prod/db/port', Version: 1, Value: '5432' }),
        {
          Reference: '{{resolve:ssm-secure:/prod/db/password}}',
          Path: 'Resources/Db/Properties/MasterUserPassword',
          Service: 'ssm-secure',
          Status: 'Resolved',
          Name: '/prod/db/password',
          Type: 'SecureString',
          Version: 1,
        },
      ],
    });
    expect(JSON.stringify(answer)).not.toContain('opensesame');
  });

  it('replaces references when asked, secrets only for whom they are decrypted', async () => {
    const { resolve } = await stocked();
    const properties = async (input: object) => {
      const { TemplateBody } = await resolve({ ReplaceReferences: true, ...input });
      return JSON.parse(TemplateBody!).Resources.Db.Properties;
    };
    expect(await properties({})).toEqual({
      DBName: { 'Fn::Sub': 'first' },
      Port: '5432',
      MasterUserPassword: '{{resolve:ssm-secure:/prod/db/password}}',
    });
    expect(await properties({ WithDecryption: true })).toMatchObject({ MasterUserPassword: 'opensesame' });
  });

  it('keeps the name and looks it up again: a new value is a change', async () => {
    const { resolve, put } = await stocked();
    const { Parameters: PreviousParameters } = await resolve();
    const kept = ['Image', 'Zones', 'Secretive', 'Held', 'Env'].map((ParameterKey) => ({
      ParameterKey,
      UsePreviousValue: true,
    }));
    const again = { Parameters: kept, PreviousParameters };
    expect(await resolve(again)).toMatchObject({ Changed: false });

    await put('/image', 'ami-0a1b2c3d');
    const same = await resolve(again);
    expect(same).toMatchObject({ Changed: false });
    expect(same.Parameters![0]).toMatchObject({ ResolvedVersion: 2, Changed: false });

    await put('/image', 'ami-99999999');
    await put('/plain', 'q');
    const changed = await resolve(again);
    expect(changed.Changed).toBe(true);
    expect(changed.Parameters).toMatchObject([
      {
        ParameterValue: '/image',
        ResolvedValue: 'ami-99999999',
        ResolvedVersion: 3,
        Changed: true,
        PreviousParameterValue: '/image',
        PreviousResolvedValue: 'ami-0a1b2c3d',
        PreviousResolvedVersion: 1,
      },
      { ParameterKey: 'Zones', Changed: false },
      { ResolvedValue: '****', Changed: true, PreviousResolvedValue: '****', PreviousResolvedVersion: 1 },
      { ParameterKey: 'Held', Changed: false },
      { ParameterKey: 'Env', Changed: false },
    ]);
  });

  it('says what is wrong as CloudFormation does', async () => {
    const { resolve, put } = await stocked();
    const withValue = (ParameterKey: string, ParameterValue: string) => ({
      Parameters: [{ ParameterKey, ParameterValue }],
    });
    const body = (Properties: object) => ({
      TemplateBody: JSON.stringify({ Resources: { Q: { Type: 'AWS::SQS::Queue', Properties } } }),
    });
    await put('/empty-list', 'us-east-1a', 'String');
    const cases: [object, string][] = [
      [withValue('Image', '/none'), 'Unable to fetch parameters [/none] from parameter store for this account.'],
      [withValue('Held', '/none'), 'Unable to fetch parameters [/none] from parameter store for this account.'],
      [withValue('Image', 'no name'), 'Unable to fetch parameters [no name] from parameter store for this account.'],
      [withValue('Image', '/image:9'), 'Unable to fetch parameters [/image:9] from parameter store for this account.'],
      [
        withValue('Image', '/image:live'),
        'Parameter validation failed: parameter value /image:live for parameter name Image: CloudFormation takes a version of a parameter, and no label.',
      ],
      [
        withValue('Image', '/prod/db/password'),
        'Parameters [/prod/db/password] referenced by template have types not supported by CloudFormation.',
      ],
      [
        withValue('Image', '/plain'),
        'Parameter validation failed: parameter value p for parameter name Image does not exist (the value of /plain in ' +
          'Parameter Store): AWS::SSM::Parameter::Value<AWS::EC2::Image::Id> wants ami- and 8 or 17 of the characters 0-9 and a-f.',
      ],
      [
        withValue('Zones', '/empty-list'),
        'Parameter validation failed: parameter /empty-list for parameter name Zones is a String in Parameter Store; ' +
          'AWS::SSM::Parameter::Value<List<AWS::EC2::AvailabilityZone::Name>> wants a StringList.',
      ],
      [withValue('Env', 'P1'), "Parameter 'Env' must match pattern [a-z]+"],
      [
        body({ QueueName: '{{resolve:ssm:/plain:7}}', Tags: '{{resolve:ssm:/none}}' }),
        'Parameters: [ssm:/plain:7 (Resources/Q/Properties/QueueName), ssm:/none (Resources/Q/Properties/Tags)] cannot be found.',
      ],
      [
        body({ QueueName: '{{resolve:ssm:/prod/db/password}}' }),
        'Non-secure ssm prefix was used for secure parameter: [/prod/db/password] (Resources/Q/Properties/QueueName)',
      ],
    ];
    for (const [input, message] of cases)
      await expect(resolve(input)).rejects.toMatchObject({ code: 'ValidationError', status: 400, message });
  });

  it('is stopped by no pattern', async () => {
    const { resolve } = await stocked();
    const TemplateBody = JSON.stringify({
      Parameters: { P: { Type: 'String', AllowedPattern: '(a+)+' } },
      Resources: { Q: { Type: 'AWS::SQS::Queue' } },
    });
    const Parameters = [{ ParameterKey: 'P', ParameterValue: `${'a'.repeat(60)}!` }];
    await expect(resolve({ TemplateBody, Parameters })).rejects.toMatchObject({
      code: 'ValidationError',
      message: expect.stringContaining('Parameters/P/AllowedPattern'),
    });
  });

  describe('is decided as the reading of each parameter', () => {
    const may = (...actions: string[]) => ({ Effect: 'Allow', Action: actions, Resource: '*' });
    const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
    const denied = { code: 'AccessDeniedException', status: 400 };

    it('and by itself', async () => {
      const { user, resolve, account } = await stocked();
      const parameter = (path: string) => `arn:aws:ssm:us-east-1:${account}:parameter${path}`;
      const reader = user('reader', policy(may('muster:ResolveTemplate', 'ssm:GetParameters')));
      expect(await resolve({}, { caller: reader })).toMatchObject({ Parameters: expect.any(Array) });

      const onlyParameters = user('only-parameters', policy(may('ssm:GetParameters')));
      await expect(resolve({}, { caller: onlyParameters })).rejects.toMatchObject(denied);
      const none = user('none', policy(may('muster:ResolveTemplate')));
      await expect(resolve({}, { caller: none })).rejects.toMatchObject(denied);

      const notAll = user(
        'not-all',
        policy(may('muster:ResolveTemplate', 'ssm:GetParameters'), {
          Effect: 'Deny',
          Action: 'ssm:GetParameters',
          Resource: parameter('/prod/db/port'),
        }),
      );
      await expect(resolve({}, { caller: notAll })).rejects.toMatchObject({
        ...denied,
        message: expect.stringContaining('/prod/db/port'),
      });
      // Whether something is there is not told to whoever may not read it.
      const TemplateBody = JSON.stringify({ Resources: { Q: { P: '{{resolve:ssm:/nothing/here}}' } } });
      await expect(resolve({ TemplateBody }, { caller: none })).rejects.toMatchObject(denied);
    });

    it('and a secret as its decryption, when it is to be seen', async () => {
      const { user, resolve } = await stocked();
      const all = may('muster:ResolveTemplate', 'ssm:GetParameters');
      const cannot = user('cannot-decrypt', policy(all, { Effect: 'Deny', Action: 'kms:Decrypt', Resource: '*' }));
      expect(await resolve({}, { caller: cannot })).toMatchObject({ DynamicReferences: expect.any(Array) });
      await expect(resolve({ WithDecryption: true }, { caller: cannot })).rejects.toMatchObject(denied);
      const can = user('can-decrypt', policy(all, may('kms:Decrypt')));
      const { DynamicReferences } = await resolve({ WithDecryption: true }, { caller: can });
      expect(DynamicReferences![2]).toMatchObject({ Value: 'opensesame' });
    });
  });
});
