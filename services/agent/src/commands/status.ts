import { parseArgs } from 'node:util';

import { lockHolder } from '../state/instance-lock.js';
import { readCredential, readRegistration } from '../state/registration.js';
import { defaultStateFolder, stateFolder, type StateFolder } from '../state/state-folder.js';
import { readStatus } from '../state/status-file.js';
import { readJournal } from '../work/journal-file.js';
import { Ledger } from '../work/ledger.js';

/** `muster-agent status`: how the node stands, for people. The exit code is 0 while an agent runs and is connected. */
export async function status(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { 'state-dir': { type: 'string' } } });
  const folder = stateFolder(values['state-dir'] ?? defaultStateFolder());
  const registration = readRegistration(folder);
  if (!registration) {
    console.log(
      `Not registered: ${folder.root} holds no registration.\n` +
        'Next step: `muster-agent register …` (see `muster-agent help`), or name the folder of the registration: --state-dir DIR.',
    );
    return 1;
  }
  const { nodeId, account, region, busUrls } = registration;
  const holder = lockHolder(folder);
  const { link, dropped } = readStatus(folder) ?? {};
  row('Node', `${nodeId} (account ${account}, ${region})`);
  row('State', folder.root);
  row('Bus', busUrls.join(', '));
  row('Credential', `until ${new Date(readCredential(folder).expiresAtMs).toISOString()}`);
  row('Agent', holder ? `running, process ${holder.pid}` : 'not running');
  if (holder && link) {
    row('Link', `${link.state}: ${link.detail} (since ${new Date(link.sinceMs).toISOString()})`);
    if (link.clockSkewMs !== undefined) row('Clock', clock(link.clockSkewMs));
  }
  row('Work', await work(folder));
  for (const [reason, count] of Object.entries(dropped ?? {})) row('Dropped', `${count} × ${reason}`);
  return holder && link?.state === 'granted' ? 0 : 1;
}

/** The way there and the wait for a batch are part of what was measured: small differences say nothing. */
function clock(skewMs: number): string {
  if (Math.abs(skewMs) < 1_000) return "within a second of the control plane's";
  return `${(Math.abs(skewMs) / 1_000).toFixed(1)} s ${skewMs < 0 ? 'behind' : 'ahead of'} the control plane's`;
}

async function work(folder: StateFolder): Promise<string> {
  const ledger = new Ledger();
  for (const record of await readJournal(folder.journal)) ledger.apply(record);
  const live = ledger.live();
  const open = live.filter(({ phase }) => phase === 'accepted').length;
  const unsettled = live.filter((entry) => entry.finished && entry.rememberUntil === undefined).length;
  return `${open} accepted or running, ${unsettled} finished and not yet confirmed`;
}

function row(name: string, text: string): void {
  console.log(`${name.padEnd(11)} ${text}`);
}
