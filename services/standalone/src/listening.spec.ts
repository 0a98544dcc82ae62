import { hostAndPort, listeningOn } from './listening.js';

describe('where Muster listens', () => {
  const addresses = ['192.168.1.10', 'fd00::1'];

  it('is loopback without TLS unless told otherwise', () => {
    expect(listeningOn(undefined, addresses)).toEqual({
      host: '127.0.0.1',
      local: '127.0.0.1',
      public: ['127.0.0.1'],
      tls: false,
    });
  });

  it('is one address with TLS, for this machine too', () => {
    expect(listeningOn('192.168.1.10', addresses)).toEqual({
      host: '192.168.1.10',
      local: '192.168.1.10',
      public: ['192.168.1.10'],
      tls: true,
    });
  });

  it('tells others the addresses of this machine when it is all of them', () => {
    expect(listeningOn('0.0.0.0', addresses)).toMatchObject({
      host: '0.0.0.0',
      local: '127.0.0.1',
      public: ['192.168.1.10'],
    });
    expect(listeningOn('::', addresses)).toMatchObject({ host: '::', public: addresses });
    expect(listeningOn('0.0.0.0', [])).toMatchObject({ public: ['127.0.0.1'] });
  });

  it('is written with brackets when it is IPv6', () => {
    expect(hostAndPort('10.0.0.1', 1)).toBe('10.0.0.1:1');
    expect(hostAndPort('fd00::1', 1)).toBe('[fd00::1]:1');
  });
});
