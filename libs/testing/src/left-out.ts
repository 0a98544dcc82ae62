import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** Notes what this machine cannot test, so that the run names it at its end. */
export function leftOut(what: string): void {
  const file = process.env['MUSTER_TEST_LEFT_OUT_FILE'];
  if (!file) {
    process.stderr.write(`Left out: ${what}\n`);
    return;
  }
  const known = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  if (!known.includes(what)) appendFileSync(file, `${what}\n`);
}
