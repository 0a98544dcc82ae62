import { chmodSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The data folder (`MUSTER_HOME`) and what lies where in it. */
export class Home {
  private constructor(readonly folder: string) {}

  /**
   * Makes the folder when it is not there, for its owner alone.
   * The path is the real one: it stands in command lines by which left-overs are recognised.
   */
  static open(folder: string): Home {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const home = new Home(realpathSync(folder));
      chmodSync(home.folder, 0o700);
      // A data folder in somebody's repository never gets into a commit.
      writeFileSync(home.at('.gitignore'), '*\n');
      return home;
    } catch (error) {
      throw new Error(
        `The data folder ${folder} cannot be used (${(error as Error).message}).\n` +
          'Next step: choose one that is yours: `npm start -- --home <folder>` (or MUSTER_HOME).',
      );
    }
  }

  at(...segments: string[]): string {
    return path.join(this.folder, ...segments);
  }

  get lock(): string {
    return this.at('run', 'lock');
  }

  get journal(): string {
    return this.at('run', 'children.json');
  }

  get ports(): string {
    return this.at('ports.json');
  }

  get ready(): string {
    return this.at('ready.json');
  }

  get awsConfig(): string {
    return this.at('aws', 'config');
  }

  get agent(): string {
    return this.at('agent');
  }

  log(name: string): string {
    return this.at('logs', `${name}.log`);
  }
}
