import fc from 'fast-check';

import { sortLabels } from './labels.js';

describe('labels', () => {
  it.each(['prod', 'a.b-c_D9', '_', '-x', 'x'.repeat(100), 'raws', 'Awesome'.slice(1)])('may be called %s', (label) => {
    expect(sortLabels([label])).toEqual({ wellFormed: [label], malformed: [] });
  });

  it.each(['1st', 'aws', 'AWS-x', 'ssmx', 'Ssm', 'a b', 'ä', 'a:b', 'a/b', '', 'x\n', 'x'.repeat(101)])(
    'may not be called %j',
    (label) => {
      expect(sortLabels([label])).toEqual({ wellFormed: [], malformed: [label] });
    },
  );

  it('are each on one side, once', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9._-]{1,5}$/))), (labels) => {
        const { wellFormed, malformed } = sortLabels(labels);
        expect([...wellFormed, ...malformed].sort()).toEqual([...new Set(labels)].sort());
        for (const label of wellFormed) expect(label).toMatch(/^[A-Za-z._-][A-Za-z0-9._-]{0,99}$/);
      }),
    );
  });
});
