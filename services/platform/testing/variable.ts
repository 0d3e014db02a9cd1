/** An address that the set-up of the test run has put into the environment. */
export function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start tests with npm test, which starts the real parts`);
  return value;
}
