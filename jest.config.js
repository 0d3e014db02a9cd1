const testing = '<rootDir>/services/platform/testing';

export default {
  testMatch: [
    '<rootDir>/services/*/tests/**/*.test.ts',
    '<rootDir>/services/*/src/**/*.test.ts',
    '<rootDir>/e2e/tests/**/*.test.ts',
    '<rootDir>/bench/tests/**/*.test.ts',
  ],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } },
    ],
  },
  globalSetup: `${testing}/global-setup.ts`,
  globalTeardown: `${testing}/global-teardown.ts`,
  reporters: ['default', `${testing}/reporter.ts`],
  // what `npm run build` makes has packages of the same names
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  maxWorkers: 2,
  testTimeout: 60_000,
};
