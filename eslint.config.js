import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

// Who may import whom: docs/adr/0002-layers.md.
const layers = [
  { sourceTag: 'layer:pure', onlyDependOnLibsWithTags: ['layer:pure'] },
  { sourceTag: 'layer:infra', onlyDependOnLibsWithTags: ['layer:pure', 'layer:infra'] },
  { sourceTag: 'layer:service', onlyDependOnLibsWithTags: ['layer:pure', 'layer:infra', 'layer:test'] },
  { sourceTag: 'layer:test', onlyDependOnLibsWithTags: ['layer:pure', 'layer:infra', 'layer:test'] },
  { sourceTag: 'layer:assembly', onlyDependOnLibsWithTags: ['*'] },
];

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/generated/**',
      '**/node_modules/**',
      '.nx/**',
      '.muster/**',
      '.muster-sandbox/**',
      '.cache/**',
    ],
  },
  ...tseslint.configs.recommended,
  {
    plugins: { '@nx': nx },
    files: ['**/*.ts'],
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        { enforceBuildableLibDependency: false, allow: [], depConstraints: layers },
      ],
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Read settings through @muster/config (environment()).' },
      ],
    },
  },
  {
    // Only the tests of a service may import @muster/testing.
    files: [
      'libs/{contracts,aws-protocol,iam,documents,config,telemetry,persistence,keys,bus,objects,embedded}/src/**/*.ts',
      'services/*/src/**/*.ts',
    ],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['@muster/testing', '@muster/testing/*'], message: 'Only specs import @muster/testing.' },
          ],
        },
      ],
    },
  },
  {
    // Pure packages run in the agent and in the browser: no I/O, no Nest, no clock of their own.
    files: ['libs/{contracts,aws-protocol,iam,documents}/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['node:*', '@nestjs/*', 'typeorm', 'pg', '@nats-io/*', '@muster/testing'],
              message: 'A pure package does no I/O.',
            },
          ],
        },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
          message: 'Time is an argument.',
        },
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time is an argument.' },
      ],
    },
  },
  {
    files: [
      'libs/config/src/**/*.ts',
      'libs/testing/**/*.ts',
      'libs/embedded/**/*.ts',
      'services/standalone/**/*.ts',
      '**/*.spec.ts',
      'e2e/**/*.ts',
      'bench/**/*.ts',
    ],
    rules: { 'no-restricted-properties': 'off' },
  },
);
