import { parseArgs } from 'node:util';
import { doctorCommand, type Patient } from './doctor.ts';
import { print, runCommand } from './run-command.ts';

const HELP = `Looks at everything this service stands on, with the service's own settings, and says what to fix.

  --json   write JSON

The exit code is 1 when something failed.`;

/** The whole of a service's `doctor.ts`. */
export async function doctorService(patient: Patient): Promise<void> {
  await runCommand(async () => {
    const { values } = parseArgs({
      options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
    });
    if (values.help) print(HELP);
    return values.help ? 0 : doctorCommand([patient], values.json, print);
  });
}
