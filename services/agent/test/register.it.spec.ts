import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { jest } from '@jest/globals';
import { createAuthority, issueServerCertificate, pinOf } from '@muster/keys';

import { encodeLine } from '../src/work/journal-file.js';
import { musterAgent, Node, registerArguments } from './agent-process.js';
import { ControlPlane } from './control-plane.js';

jest.setTimeout(60_000);

let plane: ControlPlane;
let stateDir: string;

beforeAll(async () => {
  plane = await ControlPlane.open();
});

afterAll(() => plane?.close());

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'muster-agent-test-'));
  plane.enrolAnswer = undefined;
  plane.enrolments.length = 0;
});

afterEach(() => rmSync(stateDir, { recursive: true }));

const register = (...more: string[]) => musterAgent('register', ...registerArguments(plane, stateDir), ...more);
const modeOf = (name: string) => (statSync(join(stateDir, name)).mode & 0o777).toString(8);

describe('register', () => {
  it('proves that it holds the key, and never sends it', async () => {
    const { code, out } = await register();
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^Registered as mi-[0-9a-f]{17} \(account 123456789012, us-east-1\)/),
    ]);
    const seed = readFileSync(join(stateDir, 'node.seed'), 'utf8');
    expect(seed).toMatch(/^SU[A-Z2-7]{56}$/);
    expect(JSON.stringify(plane.enrolments)).not.toContain(seed);
    expect(plane.enrolments).toMatchObject([{ PlatformType: 'Linux', AgentVersion: '0.1.0' }]);
    for (const name of ['node.seed', 'node.jwt', 'node-keys.json', 'registration.json'])
      expect(modeOf(name)).toBe('600');
    expect(modeOf('.')).toBe('700');
  });

  it('asks again with the same key when the answer is lost, also after its own death', async () => {
    let lost = 5;
    plane.enrolAnswer = () => (lost-- > 0 ? undefined : { status: 0, body: {} });
    const first = await register();
    expect(first.code).toBe(1);
    expect(first.err).toContain('Run the same command again');
    expect((await register()).code).toBe(0);
    expect(new Set(plane.enrolments.map(({ PublicKey }) => PublicKey)).size).toBe(1);
    expect(new Set(plane.enrolments.map(({ Fingerprint }) => Fingerprint)).size).toBe(1);
  });

  it('repeated with its activation, is the same node and learns anew where the bus is; another activation replaces nothing', async () => {
    await register();
    const again = await register();
    expect([again.code, again.out]).toEqual([0, expect.stringContaining('Registered already as mi-')]);
    const [first, second] = plane.enrolments;
    expect(second).toMatchObject({ PublicKey: first!.PublicKey, Fingerprint: first!.Fingerprint });

    const other = ['--activation-id', '99999999-2222-3333-4444-555555555555'];
    const refused = await register(...other);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('--force')]);
    expect(plane.enrolments).toHaveLength(2);
    expect((await register(...other, '--force')).code).toBe(0);
    expect(plane.enrolments[2]!.PublicKey).not.toBe(first!.PublicKey);
  });

  it('says what the server says', async () => {
    plane.enrolAnswer = () => ({ status: 400, body: { __type: 'InvalidActivation', Message: 'The code is wrong.' } });
    const { code, err } = await register();
    expect([code, err]).toEqual([1, 'muster-agent: InvalidActivation: The code is wrong.\n']);
    expect(plane.enrolments).toHaveLength(1);
  });

  it.each<[string, string[], string]>([
    ['a call without activation', ['--url', 'http://127.0.0.1:1'], 'register needs --activation-id'],
    ['a word that it does not know', ['--activaton-id', 'x'], '--activaton-id'],
    [
      'plain HTTP to elsewhere',
      [...'--activation-id x --activation-code y --url http://muster.example'.split(' ')],
      '--allow-plain-http',
    ],
    [
      'a pin that is none',
      [...'--activation-id x --activation-code y --url https://localhost --ca-pin abc'.split(' ')],
      '64 hex digits',
    ],
  ])('refuses %s', async (_, args, problem) => {
    const { code, err } = await musterAgent('register', '--state-dir', stateDir, ...args);
    expect(err).toContain(problem);
    expect(code).not.toBe(0);
  });
});

describe('register with a pinned CA', () => {
  let server: Server;
  let pin: string;
  let url: string;
  let asked = 0;

  beforeAll(async () => {
    const authority = await createAuthority('the right one');
    const { certificate, key } = await issueServerCertificate(authority, ['localhost', '127.0.0.1']);
    pin = pinOf(authority.certificate);
    server = createServer({ key, cert: certificate + authority.certificate }, (request, response) => {
      asked++;
      request.resume();
      const answer = { __type: 'InvalidActivation', Message: 'seen' };
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => server?.close());

  it('talks to a server of that CA', async () => {
    const { err } = await register('--url', url, '--ca-pin', pin);
    expect(err).toContain('InvalidActivation: seen');
    expect(asked).toBe(1);
  });

  it('tells nothing to a server of another', async () => {
    const before = asked;
    const { code, err } = await register('--url', url, '--ca-pin', '0'.repeat(64));
    expect([code, err]).toEqual([1, expect.stringContaining('shows no CA with the pinned fingerprint')]);
    expect(asked).toBe(before);
  });

  it('tells nothing to a server whose CA nobody vouches for', async () => {
    const before = asked;
    const { code, err } = await register('--url', url);
    expect([code, err]).toEqual([1, expect.stringContaining('is not trusted')]);
    expect(asked).toBe(before);
  });
});

describe('run', () => {
  it('wants a registration, and the folder for itself', async () => {
    const early = await musterAgent('run', '--state-dir', stateDir);
    expect([early.code, early.err]).toEqual([2, expect.stringContaining('holds no registration yet')]);
    const node = await (await Node.register(plane)).start();
    const second = await musterAgent('run', '--state-dir', node.stateDir);
    expect([second.code, second.err]).toEqual([1, expect.stringContaining(`process ${node.pid}`)]);
    expect(await node.kill('SIGTERM')).toBe(0);
    rmSync(node.stateDir, { recursive: true });
  });

  it('says what is broken in its folder, and what to do', async () => {
    await register();
    const run = () => musterAgent('run', '--state-dir', stateDir);
    writeFileSync(join(stateDir, 'journal'), Buffer.concat([Buffer.from('rubbish\n'), encodeLine([])]));
    expect((await run()).err).toContain('is damaged at byte 0');
    rmSync(join(stateDir, 'journal'));
    writeFileSync(join(stateDir, 'node.seed'), 'SUXX');
    expect((await run()).err).toContain('node.seed is not a key. Register this machine again');
    writeFileSync(join(stateDir, 'registration.json'), '{');
    expect((await run()).err).toContain('registration.json cannot be read');
  });
});
