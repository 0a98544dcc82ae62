import fc from 'fast-check';

import { parseTemplate } from './parse-template.js';

const resources = { Topic: { Type: 'AWS::SNS::Topic' } };

function refused(text: string): string {
  try {
    parseTemplate(text);
  } catch (error) {
    expect(error).toMatchObject({ code: 'ValidationError' });
    return (error as Error).message;
  }
  throw new Error('it was taken');
}

describe('reading a template', () => {
  it('takes JSON and YAML, and writes short forms out', () => {
    const yaml = `
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      TopicName: !Sub "\${Env}-topic"
      DisplayName: !Join ['-', [a, !Ref Env]]
      KmsMasterKeyId: !GetAtt Key.Arn.More
      Tags: !If [Prod, [{Key: a, Value: "1"}], !Ref "AWS::NoValue"]
      Account: 012345678901
      Runtime: 3.10
      Count: 3
      Fifo: true
      Map: !Transform {Name: M, Parameters: {A: b}}
    Condition: Prod
`;
    expect(parseTemplate(yaml)).toEqual({
      Resources: {
        Topic: {
          Type: 'AWS::SNS::Topic',
          Properties: {
            TopicName: { 'Fn::Sub': '${Env}-topic' },
            DisplayName: { 'Fn::Join': ['-', ['a', { Ref: 'Env' }]] },
            KmsMasterKeyId: { 'Fn::GetAtt': ['Key', 'Arn.More'] },
            Tags: { 'Fn::If': ['Prod', [{ Key: 'a', Value: '1' }], { Ref: 'AWS::NoValue' }] },
            Account: '012345678901',
            Runtime: '3.10',
            Count: 3,
            Fifo: true,
            Map: { 'Fn::Transform': { Name: 'M', Parameters: { A: 'b' } } },
          },
          Condition: 'Prod',
        },
      },
    });
  });

  it('reads the same from YAML as from JSON', () => {
    const json = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: 'small' }, fc.string(), fc.boolean(), fc.integer(), tie('list'), tie('map')),
      list: fc.array(tie('value'), { maxLength: 4 }),
      map: fc.dictionary(
        fc.string().filter((key) => key !== '__proto__'),
        tie('value'),
        { maxKeys: 4 },
      ),
    }));
    fc.assert(
      fc.property(json.map, (metadata) => {
        const template = { Metadata: metadata, Resources: resources };
        const text = JSON.stringify(template);
        // Any JSON is YAML; behind a comment it is read as such.
        expect(parseTemplate(`# yaml\n${text}`)).toEqual(parseTemplate(text));
      }),
    );
  });

  it('answers any text with a template or with CloudFormation’s error', () => {
    const piece = fc.constantFrom(
      'Resources:',
      '\n',
      '  ',
      'A:',
      '- ',
      '{',
      '}',
      '[',
      ']',
      '!Ref ',
      '&a ',
      '*a',
      '"',
      ': ',
      '|',
      '#',
      '\t',
      '!!int x',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 40 }).map((all) => all.join('')),
        ),
        (text) => {
          try {
            parseTemplate(text);
          } catch (error) {
            expect(error).toMatchObject({ code: 'ValidationError' });
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('says where a text is not well-formed', () => {
    expect(refused('{"Resources": {}\n  ,}')).toMatch(/^Template format error: JSON not well-formed\./);
    expect(refused('Resources:\n  A: [')).toMatch(
      /^Template format error: YAML not well-formed\. \(line \d+, column \d+\)$/,
    );
    expect(refused('just a text')).toBe('Template format error: unsupported structure.');
    expect(refused('')).toMatch(/^Template format error: /);
    expect(refused('Resources:\n  A: !Nothing b')).toBe('Template format error: unsupported tag !Nothing.');
    expect(refused('{"Description": "x"}')).toBe(
      'Template format error: At least one Resources member must be defined.',
    );
    expect(refused(JSON.stringify({ Resources: resources, Resource: {}, Globals: {} }))).toBe(
      'Invalid template property or properties [Resource, Globals]',
    );
    expect(parseTemplate(JSON.stringify({ Transform: 'X', Globals: {}, Resources: resources }))).toHaveProperty(
      'Globals',
    );
  });

  it('refuses bombs at once: aliases, depth, length', () => {
    const started = performance.now();
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [one, next] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh', 'hi'].map((pair) => [...pair])) {
      bomb.push(`${next}: &${next} [${Array(9).fill(`*${one}`).join(', ')}]`);
    }
    expect(refused(bomb.join('\n'))).toBe('Template error: YAML aliases are not allowed in CloudFormation templates');
    expect(refused('['.repeat(100_000))).toMatch(/^Template format error: /);
    expect(refused('- '.repeat(100_000))).toMatch(/^Template format error: /);
    expect(refused(`{"Resources":${'['.repeat(200_000)}${']'.repeat(200_000)}}`)).toMatch(/nested deeper than 100/);
    expect(refused(`# ${'x'.repeat(300_000)}`)).toMatch(/204800 characters at most here\. Send it as JSON/);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('is not led astray by names of JavaScript', () => {
    const text = '{"Resources": {"__proto__": {"Type": "A"}, "constructor": {"Type": "B"}}}';
    expect(Object.keys(parseTemplate(text)['Resources'] as object)).toEqual(['__proto__', 'constructor']);
    expect(refused('{"__proto__": {"Resources": {"A": {}}}}')).toMatch(/At least one Resources member/);
  });
});
