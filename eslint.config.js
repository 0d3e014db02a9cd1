import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

// Biome formats and has the general rules. Here are only those that need types.
export default defineConfig(
  globalIgnores(['proto/gen/', '**/dist/', '.turbo/']),
  {
    files: ['services/**/*.ts', 'e2e/**/*.ts', 'bench/**/*.ts', 'charts/**/*.ts', 'images/**/*.ts'],
    languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { ts: tseslint.plugin },
    rules: {
      'ts/await-thenable': 'error',
      'ts/no-array-delete': 'error',
      'ts/no-floating-promises': 'error',
      'ts/no-for-in-array': 'error',
      'ts/no-misused-promises': 'error',
      'ts/no-unsafe-argument': 'error',
      'ts/no-unsafe-assignment': 'error',
      'ts/no-unsafe-call': 'error',
      'ts/no-unsafe-member-access': 'error',
      'ts/no-unsafe-return': 'error',
      'ts/only-throw-error': 'error',
      'ts/prefer-promise-reject-errors': ['error', { allowThrowingAny: true, allowThrowingUnknown: true }],
      'ts/require-array-sort-compare': ['error', { ignoreStringArrays: true }],
      'ts/return-await': ['error', 'error-handling-correctness-only'],
      'ts/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    // node's own test runner waits for what these return by itself
    files: ['charts/tests/**'],
    rules: {
      'ts/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['describe', 'it', 'test', 'suite'] },
          ],
        },
      ],
    },
  },
  {
    // jest's matchers are typed as any: { id: expect.any(String) }
    files: ['**/tests/**'],
    rules: { 'ts/no-unsafe-argument': 'off', 'ts/no-unsafe-assignment': 'off', 'ts/no-unsafe-return': 'off' },
  },
  {
    // node:test waits for its own tests, whoever else does
    files: ['charts/tests/**'],
    rules: {
      'ts/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', name: ['after', 'describe', 'it'], package: 'node:test' }] },
      ],
    },
  },
);
