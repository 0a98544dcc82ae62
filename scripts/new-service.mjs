// npm run new:service -- <name>: the folder of a new service, empty but whole: it starts, migrates and is tested.
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const name = process.argv[2];

if (!name || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
  console.error('Say the name of the service in kebab-case: npm run new:service -- my-service');
  process.exit(2);
}
const folder = path.join(root, 'services', name);
if (existsSync(folder)) {
  console.error(`services/${name} exists already. Choose another name, or remove that folder first.`);
  process.exit(2);
}

const schema = name.replaceAll('-', '_');
const pascal = name.replace(/(^|-)([a-z0-9])/g, (_, _dash, letter) => letter.toUpperCase());
const camel = pascal[0].toLowerCase() + pascal.slice(1);
const stamp = Date.now();
const model = path.join(root, 'services', 'parameters');

const write = (file, text) => {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), text);
};

for (const file of ['tsconfig.json', 'tsconfig.lib.json', 'tsconfig.spec.json', 'jest.config.js']) {
  cpSync(path.join(model, file), path.join(folder, file), { recursive: true });
}
write(
  'jest.config.js',
  readFileSync(path.join(model, 'jest.config.js'), 'utf8').replaceAll("'parameters'", `'${name}'`),
);

const pkg = JSON.parse(readFileSync(path.join(model, 'package.json'), 'utf8'));
pkg.name = `@muster/${name}`;
write('package.json', `${JSON.stringify(pkg, null, 2)}\n`);

write(
  'src/main.ts',
  readFileSync(path.join(model, 'src', 'main.ts'), 'utf8').replaceAll('ParametersModule', `${pascal}Module`),
);
write(
  'src/module.ts',
  `import { Service } from '@muster/bus';
import { Module } from '@nestjs/common';

import { ${camel}Config } from './config.js';
import { migrations } from './migrations/index.js';

/** Say here in one sentence what this service is for. */
@Service({ name: '${name}', schema: '${schema}', migrations, config: ${camel}Config })
@Module({ providers: [] })
export class ${pascal}Module {}
`,
);
write(
  'src/config.ts',
  `import { defineConfig } from '@muster/config';

/** What ${name} reads from its surroundings. */
export const ${camel}Config = defineConfig('${schema}', {});
`,
);
write(
  `src/migrations/${stamp}-create-${name}.ts`,
  `import type { MigrationInterface } from 'typeorm';

/** The first tables of ${name}: its schema is there already, made with its role. */
export class Create${pascal}${stamp} implements MigrationInterface {
  async up(): Promise<void> {}

  async down(): Promise<void> {}
}
`,
);
write(
  'src/migrations/index.ts',
  `import { Create${pascal}${stamp} } from './${stamp}-create-${name}.js';

/** Oldest first. */
export const migrations = [Create${pascal}${stamp}];
`,
);
write(
  `test/${name}.it.spec.ts`,
  `import { serviceUnderTest } from '@muster/testing';

import { ${pascal}Module } from '../src/module.js';

describe('${name}', () => {
  const service = serviceUnderTest(${pascal}Module);

  it('starts on a real bus and database', () => {
    expect(service.newAccount().account).toMatch(/^[0-9]{12}$/);
  });
});
`,
);
write(
  'README.md',
  `# ${name}

What it promises. One example. What it deliberately does not do.
`,
);

const rootConfig = path.join(root, 'tsconfig.json');
const references = JSON.parse(readFileSync(rootConfig, 'utf8'));
references.references.push({ path: `./services/${name}` });
writeFileSync(rootConfig, `${JSON.stringify(references, null, 2)}\n`);

console.log(`services/${name} is there. Next:
  1. npm install                      links @muster/${name}
  2. libs/bus/src/users.ts            what its bus user may do: the least
  3. services/standalone              one line in its list of services
  4. ${`npx nx test @muster/${name}`.padEnd(32)} it starts
  5. docs/adr                         why it is a service of its own`);
