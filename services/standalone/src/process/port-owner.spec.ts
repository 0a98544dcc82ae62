import { createServer } from 'node:net';
import { once } from 'node:events';

import { PortTaken, demandAddress, demandFree, isFree, ownerOf, parseListeners } from './port-owner.js';

describe('the owner of a port', () => {
  it('is read from the kernel table: listening sockets alone', () => {
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0000 100 0 0 10 0',
      '   1: 0100007F:1F91 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0000 100 0 0 10 0',
    ].join('\n');
    expect(parseListeners(table)).toEqual([{ port: 8080, uid: '1000', inode: '4711' }]);
  });

  it('is named with its process when a port is taken, with the next step', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    try {
      expect(ownerOf(port)).toContain(`process ${process.pid} (`);
      const refusal = await demandFree('127.0.0.1', port, 'the gateway').catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(PortTaken);
      expect(String(refusal)).toMatch(`Port ${port}, wanted for the gateway, is taken by process ${process.pid}`);
      expect(String(refusal)).toContain('--port');
      expect(await isFree('127.0.0.1', port)).toBe(false);
    } finally {
      server.close();
      await once(server, 'close');
    }
    await demandFree('127.0.0.1', port, 'the gateway');
    expect(await isFree('127.0.0.1', port)).toBe(true);
    expect(ownerOf(port)).toBeUndefined();
  });

  it('is not to blame when the address is none of this machine', async () => {
    await expect(demandFree('192.0.2.1', 8080, 'the gateway')).rejects.toThrow('EADDRNOTAVAIL');
    await expect(demandAddress('198.51.100.1')).rejects.toThrow('it is no address of this machine');
    await expect(demandAddress('127.0.0.1')).resolves.toBeUndefined();
  });
});
