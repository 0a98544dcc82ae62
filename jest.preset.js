import path from 'node:path';

const testRun = path.join(import.meta.dirname, 'libs', 'testing', 'run');

// One way to run TypeScript under Jest for every package: swc, ES modules, decorators with metadata.
export default {
  testEnvironment: 'node',
  // A folder and a guard for the servers of the run; the first test that needs the servers starts them.
  globalSetup: path.join(testRun, 'global-setup.mjs'),
  globalTeardown: path.join(testRun, 'global-teardown.mjs'),
  // Real servers on a busy machine: what waits for an event may wait.
  testTimeout: 30_000,
  extensionsToTreatAsEsm: ['.ts'],
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
  testEnvironmentOptions: { customExportConditions: ['@muster/source', 'node', 'node-addons'] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  setupFiles: ['reflect-metadata'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        module: { type: 'es6' },
        jsc: {
          experimental: { keepImportAttributes: true },
          target: 'es2023',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
      },
    ],
  },
};
