import { BadArguments, parseOptions, usage } from './options.js';

const defaults = { home: undefined, repository: '/repo', cwd: '/somewhere' };
const options = (...argv: string[]) => parseOptions(argv, defaults);

describe('the options of npm start', () => {
  it('are all optional', () => {
    expect(options()).toEqual({ home: '/repo/.muster', split: false, agent: true, quiet: false, sandbox: false });
  });

  it('are read as written, paths from where the user stands', () => {
    expect(
      options(
        '--port',
        '9000',
        '--listen',
        '10.0.0.1',
        '--home',
        'data',
        '--split',
        '--no-agent',
        '--ready-file=r.json',
        '--quiet',
      ),
    ).toEqual({
      home: '/somewhere/data',
      port: 9000,
      listen: '10.0.0.1',
      split: true,
      agent: false,
      quiet: true,
      sandbox: false,
      readyFile: '/somewhere/r.json',
    });
    expect(options('--port', 'auto')).toMatchObject({ port: 'auto' });
  });

  it('take the home from MUSTER_HOME unless it is given', () => {
    const withHome = { ...defaults, home: '/var/muster' };
    expect(parseOptions([], withHome)).toMatchObject({ home: '/var/muster' });
    expect(parseOptions(['--home', '/other'], withHome)).toMatchObject({ home: '/other' });
  });

  it('make a sandbox, in a folder of its own and on loopback', () => {
    expect(options('--sandbox')).toMatchObject({ sandbox: true, home: '/repo/.muster-sandbox' });
    expect(options('--sandbox', '--home', '/other')).toMatchObject({ sandbox: true, home: '/other' });
    expect(() => options('--sandbox', '--listen', '0.0.0.0')).toThrow(/A sandbox listens on loopback only/);
  });

  it('give the help, which names each of them', () => {
    expect(options('--help')).toBe('help');
    expect(options('-h', '--split')).toBe('help');
    for (const name of ['port', 'listen', 'home', 'split', 'no-agent', 'ready-file', 'quiet', 'sandbox', 'help']) {
      expect(usage).toContain(`--${name}`);
    }
  });

  it.each([
    [['--prot', '1'], /'--prot'.*--help/s],
    [['start'], /'start'.*--help/s],
    [['--port'], /--port/],
    [['--port', '0x10'], /--port 0x10: a number/],
    [['--port', '70000'], /from 1 to 65533/],
    [['--listen', 'example.test'], /an IP address/],
    [['--home', ''], /must name a folder/],
    [['--split=yes'], /--split/],
  ])('%j is refused with a reason', (argv, reason) => {
    expect(() => options(...argv)).toThrow(BadArguments);
    expect(() => options(...argv)).toThrow(reason);
  });
});
