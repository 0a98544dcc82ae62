import type { PublicParameter } from './public-parameters.js';

/** The facts of `catalogues/global-infrastructure.json`. */
export interface GlobalInfrastructure {
  readonly regions: Readonly<Record<string, { longName: string; partition: string; domain: string }>>;
  readonly services: Readonly<Record<string, { longName?: string; regions: readonly string[] }>>;
}

const ROOT = '/aws/service/global-infrastructure';

/** The facts as public parameters, named as AWS names them. */
export function globalInfrastructureParameters({ regions, services }: GlobalInfrastructure): PublicParameter[] {
  const parameters: PublicParameter[] = [];
  const add = (path: string, value: string) => parameters.push({ path: `${ROOT}/${path}`, value });
  for (const [region, { longName, partition, domain }] of Object.entries(regions)) {
    add(`regions/${region}`, region);
    add(`regions/${region}/longName`, longName);
    add(`regions/${region}/partition`, partition);
    add(`regions/${region}/domain`, domain);
  }
  for (const [service, { longName, regions: where }] of Object.entries(services)) {
    add(`services/${service}`, service);
    if (longName !== undefined) add(`services/${service}/longName`, longName);
    for (const region of where) {
      add(`services/${service}/regions/${region}`, region);
      add(`regions/${region}/services/${service}`, service);
    }
  }
  // Last: what is listed is there.
  return [...parameters, { path: '/aws/service/list/global-infrastructure', value: `${ROOT}/` }];
}
