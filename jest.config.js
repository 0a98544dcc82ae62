// One Jest for the whole house. Each package can also be run alone: nx test <package>.
export default {
  projects: ['<rootDir>/libs/*', '<rootDir>/services/*', '<rootDir>/e2e'],
  maxWorkers: 2,
};
