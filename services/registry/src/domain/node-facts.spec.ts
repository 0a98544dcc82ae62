import { create } from '@bufbuild/protobuf';
import { HelloSchema } from '@muster/contracts';

import { cleanText } from './clean-text.js';
import { factsOf } from './node-facts.js';

describe('the facts of a node', () => {
  it('are kept as it says them', () => {
    const facts = {
      platformType: 'Linux',
      platformName: 'Debian GNU/Linux',
      platformVersion: '12',
      computerName: 'web-1',
      ipAddress: '10.0.0.7',
      agentVersion: '0.1.0',
      architecture: 'x64',
    };
    const hello = create(HelloSchema, { facts, plugins: ['aws:runShellScript'] });
    expect(factsOf(hello)).toEqual({ ...facts, plugins: ['aws:runShellScript'] });
  });

  it('are left out where clients could not read them', () => {
    const facts = { platformType: 'BeOS', agentVersion: 'dev', ipAddress: 'localhost', computerName: ' \u0000 ' };
    expect(factsOf(create(HelloSchema, { facts }))).toEqual({ plugins: [] });
    expect(factsOf(create(HelloSchema))).toEqual({ plugins: [] });
  });

  it('are cut to what has a place', () => {
    const hello = create(HelloSchema, {
      facts: { computerName: '🦊'.repeat(300) },
      plugins: Array.from({ length: 500 }, (_, index) => `p${index}`),
    });
    expect(factsOf(hello).computerName).toBe('🦊'.repeat(255));
    expect(factsOf(hello).plugins).toHaveLength(100);
    expect(cleanText('a\u0000b\nc', 10)).toBe('abc');
  });
});
