import { listEntry, publicNameToWrite } from './public-parameters.js';

describe('a public parameter', () => {
  it('lies below /aws/service', () => {
    expect(publicNameToWrite(' /aws/service/ami/latest ')).toBe('/aws/service/ami/latest');
    for (const name of [
      '/aws/service',
      '/aws/service/',
      '/aws/services/x',
      '/app/x',
      'aws/service/x',
      '/aws/service/a b',
    ])
      expect(() => publicNameToWrite(name)).toThrow(expect.objectContaining({ code: 'ValidationException' }));
    expect(() => publicNameToWrite(`/aws/service${'/x'.repeat(14)}`)).toThrow(/15 levels/);
    expect(publicNameToWrite(`/aws/service${'/x'.repeat(13)}`)).toHaveLength(38);
  });

  it('is discovered in the list', () => {
    expect(listEntry('/aws/service/ami/linux/latest')).toEqual({
      path: '/aws/service/list/ami',
      value: '/aws/service/ami/',
    });
    expect(listEntry('/aws/service/list/ami')).toBeUndefined();
    expect(listEntry('/aws/service/single')).toBeUndefined();
  });
});
