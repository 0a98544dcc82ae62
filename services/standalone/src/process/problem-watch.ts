import type { LogFile } from './log-file.js';
import { problemInLog } from './problem-in-log.js';

const lookEveryMs = 500;
const windowMs = 10_000;
const mostPerWindow = 4;

/** Looks into the logs of the children and says their problems on the terminal: of a flood only the beginning. */
export class ProblemWatch {
  private readonly watched = new Map<string, { log: LogFile; said: number; unsaid: number }>();
  private readonly timers = [
    setInterval(() => this.look(), lookEveryMs).unref(),
    setInterval(() => this.beginWindow(), windowMs).unref(),
  ];

  constructor(private readonly say: (line: string) => void) {}

  add(name: string, log: LogFile): void {
    this.watched.set(name, { log, said: 0, unsaid: 0 });
  }

  stop(): void {
    for (const timer of this.timers) clearInterval(timer);
  }

  private look(): void {
    for (const [name, entry] of this.watched) {
      for (const line of entry.log.newLines()) {
        const problem = problemInLog(line);
        if (!problem) continue;
        if (entry.said < mostPerWindow) this.say(`${name}: ${problem}`);
        else entry.unsaid += 1;
        entry.said += 1;
      }
    }
  }

  private beginWindow(): void {
    for (const [name, entry] of this.watched) {
      if (entry.unsaid > 0) this.say(`${name}: ${entry.unsaid} more problems in ${entry.log.file}`);
      entry.said = 0;
      entry.unsaid = 0;
    }
  }
}
