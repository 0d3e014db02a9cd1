/** handlers → domain → store, events → platform: what each layer of a service must not know. */
const layer = (from, to, extra = {}) => ({
  name: `${from}-not-${to.replaceAll('|', '-')}`,
  comment: 'Imports run in one direction: handlers → domain → store, events → platform.',
  severity: 'error',
  from: { path: `^services/([^/]+)/src/${from}/` },
  to: { path: `^services/$1/src/(${to})/`, ...extra },
});

/** A type costs nothing at run time and may come from the layer that owns the word. */
const exceptTypes = { dependencyTypesNot: ['type-only'] };

const between = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    layer('handlers', 'store|events'),
    layer('domain', 'handlers'),
    layer('store', 'handlers|events'),
    layer('store', 'domain', exceptTypes),
    layer('events', 'handlers'),
    between(
      'services-not-services',
      'Services meet through @millrace/proto and events; only services/local puts them into one process.',
      { path: '^services/([^/]+)/src/', pathNot: '^services/local/' },
      { path: '^services/', pathNot: '^services/($1|platform)/' },
    ),
    between(
      'platform-not-services',
      'The shared runtime knows no service.',
      { path: '^services/platform/(src|testing)/' },
      { path: '^services/', pathNot: '^services/platform/' },
    ),
    between(
      'product-not-tests',
      'What is shipped does not need what tests need.',
      { path: '^services/[^/]+/src/', pathNot: '\\.test\\.ts$' },
      { path: '(^services/platform/testing/|/tests/|\\.test\\.ts$)' },
    ),
    between(
      'outside-in-by-entry',
      'e2e and bench see services from outside: over HTTP, gRPC and Kafka.',
      { path: '^(e2e|bench)/' },
      { path: '^services/', pathNot: '^services/platform/' },
    ),
    between(
      'no-cycles',
      'Two files that need each other are one thing in two places.',
      {},
      {
        circular: true,
        viaOnly: exceptTypes,
      },
    ),
    between('resolvable', 'An import leads to a file or a package.', {}, { couldNotResolve: true }),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules|^proto/gen' },
    exclude: { path: '/node_modules/(?!@millrace)' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.d.ts'],
    },
  },
};
