// Everything in src/generated, from proto/ and from the API models. `--check` fails when what is committed differs.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const bin = (name) => path.join(root, 'node_modules', '.bin', name);
// buf looks for its plugins in the PATH.
const env = { ...process.env, PATH: `${path.join(root, 'node_modules', '.bin')}${path.delimiter}${process.env.PATH}` };
const run = (command, args, cwd = root) => execFileSync(command, args, { cwd, env, stdio: 'inherit' });

run(bin('buf'), ['lint'], path.join(root, 'proto'));
run(bin('buf'), ['generate'], path.join(root, 'proto'));

const models = path.join(root, 'scripts', 'generate-models.mjs');
if (existsSync(models)) run(process.execPath, [models]);

if (process.argv.includes('--check')) {
  const changed = execFileSync(
    'git',
    ['status', '--porcelain', '--', 'libs/contracts/src/generated', 'libs/aws-protocol/src/generated'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  if (changed.trim()) {
    console.error(
      `Generated files differ from what is committed:\n${changed}Run "npm run generate" and commit the result.`,
    );
    process.exit(1);
  }
}
