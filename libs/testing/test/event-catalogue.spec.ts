import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('../../../', import.meta.url).pathname;

/** `service.what-happened` of every event that is defined, in a service or for several. */
function announced(): string[] {
  const services = readdirSync(join(root, 'services')).map((service) => join(root, 'services', service, 'src'));
  const files = [...services, join(root, 'libs/contracts/src/events')].flatMap((folder) =>
    readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name))),
  );
  return files
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
    .flatMap((file) => [
      ...readFileSync(file, 'utf8').matchAll(/\bdefineEvent\b(?:<[\s\S]*?>)?\(\s*'([a-z]+)',\s*'([a-z-]+)'/g),
    ])
    .map(([, service, what]) => `${service}.${what}`);
}

describe('the catalogue of events', () => {
  it('names every event that a service announces', () => {
    const guide = readFileSync(join(root, 'docs/guide/events.md'), 'utf8');
    const all = announced();
    expect(all).toEqual(expect.arrayContaining(['parameters.changed', 'identity.sandbox-emptied']));
    expect(all.filter((name) => !guide.includes(`| \`muster.${name}\``))).toEqual([]);
  });
});
