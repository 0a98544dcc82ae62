// The public parameters that Muster ships, from botocore's data (Apache-2.0): node scripts/generate-catalogues.mjs <botocore/data>
// Run by hand when AWS has new regions or services; what it writes is committed.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

const [data] = process.argv.slice(2);
if (!data) throw new Error('which folder? botocore/data of an installed botocore');

const read = (file) => JSON.parse(file.endsWith('.gz') ? gunzipSync(readFileSync(file)) : readFileSync(file, 'utf8'));
const sorted = (object) => Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));

/** What services are called in full, by the prefix of their endpoints. */
const longNames = {};
for (const folder of readdirSync(data, { withFileTypes: true }).filter((each) => each.isDirectory())) {
  const newest = readdirSync(path.join(data, folder.name)).sort().at(-1);
  const file = ['service-2.json', 'service-2.json.gz']
    .map((name) => path.join(data, folder.name, newest, name))
    .find((each) => existsSync(each));
  if (!file) continue;
  const { endpointPrefix, serviceFullName } = read(file).metadata;
  // The service that is named as its endpoint is meant, where several share one.
  if (!(endpointPrefix in longNames) || folder.name === endpointPrefix) longNames[endpointPrefix] = serviceFullName;
}

const regions = {};
const services = {};
for (const partition of read(path.join(data, 'endpoints.json')).partitions) {
  // Those of isolated partitions are nobody's whom this serves.
  if (partition.partition.startsWith('aws-iso')) continue;
  for (const [region, { description }] of Object.entries(partition.regions)) {
    regions[region] = { longName: description, partition: partition.partition, domain: partition.dnsSuffix };
  }
  for (const [code, { endpoints, isRegionalized, partitionEndpoint }] of Object.entries(partition.services)) {
    // Names of services that hold a dot are of APIs of others: api.ecr.
    if (!/^[a-z0-9-]+$/.test(code)) continue;
    const global = isRegionalized === false ? endpoints[partitionEndpoint]?.credentialScope?.region : undefined;
    const where = Object.keys(endpoints).filter((each) => each in partition.regions && !endpoints[each].deprecated);
    const list = [...new Set([...(services[code]?.regions ?? []), ...where, ...(global ? [global] : [])])].sort();
    if (list.length > 0) services[code] = { longName: longNames[code], regions: list };
  }
}

const file = path.resolve(import.meta.dirname, '../services/parameters/catalogues/global-infrastructure.json');
const catalogue = { regions: sorted(regions), services: sorted(services) };
writeFileSync(file, `${JSON.stringify(catalogue)}\n`);
console.log(`${Object.keys(regions).length} regions, ${Object.keys(services).length} services`);
