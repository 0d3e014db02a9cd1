/** What is needed of jest's results; the package that declares them is not one that we depend on. */
type Results = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly { readonly testResults: readonly Test[] }[];
};
type Test = { readonly fullName: string; readonly status: string };

/** Ends a run with the skipped tests and one line of numbers that people and programs can read. */
export default class PlainSummary {
  onRunComplete(_contexts: unknown, results: Results): void {
    const skipped = results.testResults.flatMap((file) => file.testResults.filter(isSkipped));
    // A file that cannot even be loaded has no failed tests, and still is a failure.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const lines = skipped.map((test) => `skipped: ${test.fullName}\n`);
    lines.push(`${results.numPassedTests} passed, ${failed} failed, ${skipped.length} skipped\n`);
    // jest's own summary comes after us whatever the order of the reporters.
    process.once('exit', () => process.stdout.write(lines.join('')));
  }
}

function isSkipped({ status }: Test): boolean {
  return status === 'pending' || status === 'skipped' || status === 'todo' || status === 'disabled';
}
