// One Jest for the whole house. Each package can also be run alone: nx test <package>.
export default {
  projects: ['<rootDir>/libs/*', '<rootDir>/services/*', '<rootDir>/e2e'],
  maxWorkers: 2,
  // Of one test: a default for the whole run, which a project's own configuration cannot set.
  testTimeout: 30_000,
};
