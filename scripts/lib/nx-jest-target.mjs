import path from 'node:path';

/** Tells Nx that a package with a `jest.config.js` has a target `test`. How it runs is in nx.json (`targetDefaults`). */
export const createNodesV2 = [
  '{e2e,bench,libs/*,services/*}/jest.config.js',
  (configFiles) => configFiles.map((file) => [file, { projects: { [path.dirname(file)]: { targets: { test: {} } } } }]),
];
