import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { REGIONS, type Sweeping, Sweeps } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { Clock, UnitOfWork } from '@muster/persistence';
import { Inject } from '@nestjs/common';

import type { ParametersConfig } from '../config.js';
import { type GlobalInfrastructure, globalInfrastructureParameters } from '../domain/global-infrastructure.js';
import type { PublicParameter } from '../domain/public-parameters.js';
import { catalogueLoaded } from '../events.js';
import { PublicParameters } from '../store/public-parameters.js';

const BATCH = 1_000;
/** Who is named as the author of what is shipped. */
const AUTHOR = 'muster';

const catalogues: Readonly<Record<string, (facts: never) => PublicParameter[]>> = {
  'global-infrastructure': (facts: GlobalInfrastructure) => globalInfrastructureParameters(facts),
};

/** A catalogue on its way into one region. */
interface Loading {
  readonly region: string;
  readonly name: string;
  readonly hash: string;
  readonly parameters: readonly PublicParameter[];
  /** How far it has come. */
  from: number;
  changed: number;
}

/**
 * Loads the shipped catalogues of public parameters into each region of the deployment, batch by batch beside the answers;
 * one that is the same as the one that was loaded is not looked at again, and a parameter gets a new version only when its
 * value is another.
 */
@Sweeps({ everyMs: 60_000, lock: 'parameters.catalogues' })
export class LoadCatalogues implements Sweeping {
  private waiting: { region: string; name: string }[];
  private loading: Loading | undefined;

  constructor(
    private readonly published: PublicParameters,
    private readonly work: UnitOfWork,
    private readonly clock: Clock,
    @Inject(REGIONS) regions: readonly string[],
    @Inject(CONFIG) private readonly config: ParametersConfig,
  ) {
    this.waiting = config.catalogues.flatMap((name) => regions.map((region) => ({ region, name })));
  }

  async sweep(): Promise<number> {
    this.loading ??= await this.next();
    if (!this.loading) return 0;
    const { parameters, from } = this.loading;
    const batch = parameters.slice(from, from + BATCH);
    await this.load(this.loading, batch, from + BATCH >= parameters.length);
    return batch.length;
  }

  private async load(loading: Loading, batch: readonly PublicParameter[], isLast: boolean): Promise<void> {
    const { region, name, hash } = loading;
    const changed = await this.work.run(async (tx) => {
      const at = this.clock.now();
      const now = await this.published.publish(tx, region, batch, { arn: AUTHOR, at });
      if (!isLast) return now;
      await this.published.markLoaded(tx, region, name, hash, at);
      for (const account of this.config.publisherAccounts) {
        const arn = `arn:aws:ssm:${region}::parameter/aws/service/${name}`;
        tx.announce(catalogueLoaded({ account, region }, arn, { catalogue: name, changed: loading.changed + now }));
      }
      return now;
    });
    loading.from += batch.length;
    loading.changed += changed;
    if (!isLast) return;
    this.loading = undefined;
    this.waiting.shift();
  }

  private async next(): Promise<Loading | undefined> {
    for (let next = this.waiting[0]; next; next = this.waiting[0]) {
      const file = await readFile(new URL(`../../catalogues/${next.name}.json`, import.meta.url));
      const hash = createHash('sha256').update(file).digest('hex');
      if ((await this.published.loadedHash(next.region, next.name)) !== hash) {
        const parameters = catalogues[next.name]!(JSON.parse(file.toString('utf8')) as never);
        return { ...next, hash, parameters, from: 0, changed: 0 };
      }
      this.waiting.shift();
    }
    return undefined;
  }
}
