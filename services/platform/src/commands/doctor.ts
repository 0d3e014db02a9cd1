import { ConfigError } from '../config.ts';
import { examine } from '../doctor/examine.ts';
import { type Finding, failed } from '../doctor/finding.ts';
import type { ServiceParts } from '../doctor/service-parts.ts';
import type { Print } from './run-command.ts';

/** One service to look at; reading its settings throws ConfigError. */
export type Patient = { readonly name: string; readonly readParts: () => ServiceParts };

/** Says of each service what works and what to do about what does not. Answers the exit code: 1 when something failed. */
export async function doctorCommand(patients: readonly Patient[], json: boolean, print: Print): Promise<number> {
  const examined = await Promise.all(
    patients.map(async ({ name, readParts }) => ({ service: name, findings: await findings(readParts) })),
  );
  const healthy = examined.every((each) => each.findings.every(({ status }) => status !== 'failed'));
  if (json) print(JSON.stringify({ healthy, services: examined }));
  else for (const { service, findings } of examined) print(report(service, findings));
  return healthy ? 0 : 1;
}

async function findings(readParts: Patient['readParts']): Promise<readonly Finding[]> {
  try {
    return await examine(readParts());
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [, ...problems] = error.message.split('\n');
    const detail = problems.length > 0 ? problems.map((line) => line.trim()).join('; ') : error.message;
    return [failed('settings', detail, 'Set these variables as the service has them.')];
  }
}

const MARKS = { ok: 'ok', warning: 'WARNING', failed: 'FAILED' } as const;

function report(service: string, findings: readonly Finding[]): string {
  const lines = findings.flatMap((finding) => [
    `  ${MARKS[finding.status].padEnd(8)}${finding.part}: ${finding.detail}`,
    ...(finding.status === 'ok' ? [] : [`          → ${finding.fix}`]),
  ]);
  return [service, ...lines, ''].join('\n');
}
