import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Shapes } from '@muster/aws-protocol';

import { optionName } from './option-name.js';
import { optionValue, printable, takesSeveral, typed } from './option-value.js';

const shapes: Shapes = {
  Text: { type: 'string' },
  Number: { type: 'integer' },
  Ratio: { type: 'double' },
  Time: { type: 'timestamp' },
  Blob: { type: 'blob' },
  Texts: { type: 'list', member: { shape: 'Text' } },
  Tag: { type: 'structure', members: { Key: { shape: 'Text' }, At: { shape: 'Time' }, Data: { shape: 'Blob' } } },
  Tags: { type: 'list', member: { shape: 'Tag' } },
};

function value(shape: string, ...words: string[]): unknown {
  return optionValue(shapes, shapes[shape]!, words, '--it');
}

describe("an option's value", () => {
  it('becomes what the model says', () => {
    expect(value('Text', 'a b')).toBe('a b');
    expect(value('Number', '-7')).toBe(-7);
    expect(value('Ratio', '0.5')).toBe(0.5);
    expect(value('Time', '2026-11-24T15:00:00Z')).toEqual(new Date('2026-11-24T15:00:00Z'));
    expect(value('Time', '1.5')).toEqual(new Date(1500));
    expect(value('Blob', 'AQI=')).toEqual(Uint8Array.of(1, 2));
    expect(value('Texts', 'a', 'b')).toEqual(['a', 'b']);
    expect(value('Texts', '["a","b"]')).toEqual(['a', 'b']);
    expect(value('Tags', '[{"Key":"a"}]')).toEqual([{ Key: 'a' }]);
    expect(takesSeveral(shapes, shapes['Tags']!)).toBe(false);
  });

  it.each([
    ['Number', 'seven', "--it: 'seven' is not a whole number"],
    ['Ratio', '', "--it: '' is not a number"],
    ['Time', 'soon', "--it: 'soon' is not a time, such as 2026-11-24T15:00:00Z"],
    ['Blob', '!', "--it: '!' is not base64, or fileb:// and a file"],
    ['Tags', 'Key=a', "--it: 'Key=a' is not JSON"],
    ['Text', 'file:///no/such', '--it: /no/such cannot be read (ENOENT)'],
  ])('of %s cannot be %j', (shape, word, message) => {
    expect(() => value(shape, word)).toThrow(expect.objectContaining({ message, exitCode: 252 }));
  });

  it('may lie in a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cli-'));
    const file = join(folder, 'value');
    writeFileSync(file, 'content');
    expect(value('Text', `file://${file}`)).toBe('content');
    expect(value('Blob', `fileb://${file}`)).toEqual(Buffer.from('content'));
    rmSync(folder, { recursive: true });
  });

  it('comes out of JSON as the model says, and is printed as the aws CLI prints it', () => {
    const read = typed(shapes, 'Tags', [{ Key: 'a', At: 1.5, Data: 'AQI=' }]);
    expect(read).toEqual([{ Key: 'a', At: new Date(1500), Data: Uint8Array.of(1, 2) }]);
    expect(printable(read)).toEqual([{ Key: 'a', At: '1970-01-01T00:00:01.500000+00:00', Data: 'AQI=' }]);
    expect(printable(new Date(0))).toBe('1970-01-01T00:00:00+00:00');
  });
});

describe('names', () => {
  it.each([
    ['EnrolNode', 'enrol-node'],
    ['IPAddress', 'ip-address'],
    ['MaxResults', 'max-results'],
    ['Name', 'name'],
  ])('%s is %s', (name, option) => {
    expect(optionName(name)).toBe(option);
  });
});
