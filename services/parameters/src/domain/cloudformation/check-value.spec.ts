import fc from 'fast-check';

import { checkStoredValue, checkValue } from './check-value.js';
import { declaredParameters } from './declared-parameter.js';
import { givenValues } from './given-values.js';
import { parameterType } from './parameter-type.js';
import { refuseOtherKind, storedParameter, withChange } from './resolved-parameter.js';
import type { Json } from './template.js';

function declared(members: Record<string, Json>) {
  return declaredParameters({ Parameters: { P: { Type: 'String', ...members } } })[0]!;
}

describe('parameter types', () => {
  it('are those of CloudFormation', () => {
    expect(parameterType('AWS::SSM::Parameter::Value<List<AWS::EC2::Subnet::Id>>')).toMatchObject({
      store: 'value',
      list: true,
      item: 'AWS::EC2::Subnet::Id',
    });
    expect(parameterType('AWS::SSM::Parameter::Value<CommaDelimitedList>')).toMatchObject({
      store: 'value',
      list: true,
    });
    expect(parameterType('AWS::SSM::Parameter::Name')).toMatchObject({ store: 'name', list: false });
    expect(parameterType('List<Number>')).toMatchObject({ list: true, item: 'Number' });
    for (const text of [
      'SecureString',
      'AWS::SSM::Parameter::Value<SecureString>',
      'AWS::SSM::Parameter::Value<Number>',
      'List<List<String>>',
      'constructor',
    ])
      expect(() => parameterType(text)).toThrow(`Template format error: Unrecognized parameter type: ${text}`);
  });

  it.each([
    ['AWS::EC2::VPC::Id', 'vpc-0a1b2c3d4e5f60718', 'vpc-xyz'],
    ['AWS::EC2::Subnet::Id', 'subnet-0a1b2c3d', 'subnet-0a1b2c3'],
    ['AWS::EC2::SecurityGroup::Id', 'sg-0a1b2c3d', 'default'],
    ['AWS::EC2::SecurityGroup::GroupName', 'my group', 'sg-0a1b2c3d'],
    ['AWS::EC2::Image::Id', 'ami-0a1b2c3d4e5f60718', 'ami-0A1B2C3D'],
    ['AWS::EC2::Instance::Id', 'i-0a1b2c3d', 'mi-0a1b2c3d'],
    ['AWS::EC2::Volume::Id', 'vol-0a1b2c3d', 'vol'],
    ['AWS::EC2::KeyPair::KeyName', 'my key', ''],
    ['AWS::EC2::AvailabilityZone::Name', 'us-west-2-lax-1a', 'us-east-1'],
    ['AWS::Route53::HostedZone::Id', 'Z23YXV4OVPL04A', 'example.com'],
  ])('%s takes %s and not %s, alone and in a list', (Type, good, bad) => {
    for (const [type, values] of [
      [Type, [good, bad]],
      [`List<${Type}>`, [`${good}, ${good}`, `${good},${bad}`]],
    ] as const) {
      const one = declared({ Type: type });
      expect(() => checkValue(one, values[0])).not.toThrow();
      expect(() => checkValue(one, values[1])).toThrow(
        /^Parameter validation failed: parameter value .*for parameter name P does not exist/,
      );
      const stored = declared({ Type: `AWS::SSM::Parameter::Value<${type}>` });
      expect(() => checkStoredValue(stored, '/n', values[0])).not.toThrow();
      expect(() => checkStoredValue(stored, '/n', values[1])).toThrow('the value of /n in Parameter Store');
    }
  });
});

describe('values of parameters', () => {
  it('obey the constraints, in CloudFormation’s words or the template’s', () => {
    const cases: [Record<string, Json>, string, string][] = [
      [{ AllowedValues: ['a', 'b'] }, 'c', "Parameter 'P' must be one of AllowedValues"],
      [{ MinLength: 2 }, 'c', "Parameter 'P' must contain at least 2 characters"],
      [{ MaxLength: '2' }, 'ccc', "Parameter 'P' must contain at most 2 characters"],
      [{ Type: 'Number', MinValue: 5 }, '4', "Parameter 'P' must be a number not less than 5"],
      [{ Type: 'Number', MaxValue: 5 }, '6', "Parameter 'P' must be a number not greater than 5"],
      [{ Type: 'Number' }, 'x', "Parameter 'P' must be a number"],
      [
        { AllowedValues: ['a'], ConstraintDescription: 'must be a.' },
        'b',
        'Parameter P failed to satisfy constraint: must be a.',
      ],
      [{ Type: 'CommaDelimitedList', AllowedValues: ['a', 'b'] }, 'a,c', "Parameter 'P' must be one of AllowedValues"],
    ];
    for (const [members, value, message] of cases)
      expect(() => checkValue(declared(members), value)).toThrow(
        expect.objectContaining({ code: 'ValidationError', message }),
      );
    checkValue(declared({ Type: 'CommaDelimitedList', AllowedValues: ['a', 'b'] }), 'a, b');
    // Of what lies in Parameter Store it is the name that is constrained.
    checkValue(declared({ Type: 'AWS::SSM::Parameter::Value<String>', AllowedValues: ['/a'] }), '/a');
  });

  it('are those given, else as before, else the default; every parameter has one', () => {
    const all = declaredParameters({
      Parameters: { A: { Type: 'String' }, B: { Type: 'String', Default: 7 }, C: { Type: 'String', NoEcho: true } },
    });
    const key = (ParameterKey: string, ParameterValue?: string) => ({ ParameterKey, ParameterValue });
    const before = (ParameterKey: string) => ({ ParameterKey, UsePreviousValue: true });
    expect([...givenValues(all, [key('A', ''), key('C', 'c')], [])]).toEqual([
      ['A', ''],
      ['B', '7'],
      ['C', 'c'],
    ]);
    expect([...givenValues(all, [before('A'), key('C', 'c')], [key('A', 'old')])][0]).toEqual(['A', 'old']);
    expect(() => givenValues(all, [], [])).toThrow('Parameters: [A, C] must have values');
    expect(() => givenValues(all, [key('X', 'x'), key('Y', 'y')], [])).toThrow(
      'Parameters: [X, Y] do not exist in the template',
    );
    expect(() => givenValues(all, [key('A', 'x'), key('A', 'y')], [])).toThrow('Duplicate parameter key: A');
    expect(() => givenValues(all, [before('A')], [])).toThrow(
      'Cannot specify usePreviousValue as true for a parameter key not in the previous template',
    );
    expect(() => givenValues(all, [{ ...before('A'), ParameterValue: 'x' }], [key('A', 'old')])).toThrow(
      'and a parameter value',
    );
    expect(() => givenValues(all, [before('C')], [key('C', '****')])).toThrow('give it again');
  });

  it('of Parameter Store are of the kind that the type says', () => {
    const text = declared({ Type: 'AWS::SSM::Parameter::Value<String>' });
    const list = declared({ Type: 'AWS::SSM::Parameter::Value<List<String>>' });
    refuseOtherKind(text, '/a', 'String');
    refuseOtherKind(list, '/a', 'StringList');
    expect(() => refuseOtherKind(text, '/a', 'StringList')).toThrow('is a StringList in Parameter Store');
    expect(() => refuseOtherKind(list, '/a', 'String')).toThrow('wants a StringList');
    expect(() => refuseOtherKind(list, '/a', 'SecureString')).toThrow(
      'Parameters [/a] referenced by template have types not supported by CloudFormation.',
    );
  });
});

describe('what has changed', () => {
  const value = fc.record({
    type: fc.constant('String'),
    version: fc.integer({ min: 1, max: 3 }),
    value: fc.constantFrom('a', 'b'),
  });

  it('is told by the value that is used, and never shows one that is masked', () => {
    fc.assert(
      fc.property(value, value, fc.boolean(), (first, second, NoEcho) => {
        const parameter = declared({ Type: 'AWS::SSM::Parameter::Value<String>', NoEcho });
        const before = storedParameter(parameter, '/n', first);
        const now = withChange(storedParameter(parameter, '/n', second), before);
        expect(now.Changed).toBe(NoEcho ? first.version !== second.version : first.value !== second.value);
        expect(now.ParameterValue).toBe('/n');
        if (now.Changed) expect(now.PreviousResolvedValue).toBe(NoEcho ? '****' : first.value);
        if (NoEcho) expect(now.ResolvedValue).toBe('****');
      }),
    );
  });

  it('is a parameter that was not there before', () => {
    expect(withChange({ ParameterKey: 'P', ParameterValue: 'a' }, undefined)).toMatchObject({ Changed: true });
  });
});
