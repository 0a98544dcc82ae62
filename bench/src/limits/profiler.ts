// Loaded into every Node.js process of a stack that is profiled: SIGUSR2 starts the sampling, the next one writes it.
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import path from 'node:path';

let session: Session | undefined;

process.on('SIGUSR2', () => {
  if (!session) {
    session = new Session();
    session.connect();
    session.post('Profiler.enable');
    session.post('Profiler.start');
    return;
  }
  session.post('Profiler.stop', (error, told) => {
    const file = path.join(process.env['MUSTER_BENCH_PROFILES'] ?? '.', `${process.pid}.cpuprofile`);
    if (!error) writeFileSync(file, JSON.stringify(told.profile));
  });
  session.disconnect();
  session = undefined;
});
