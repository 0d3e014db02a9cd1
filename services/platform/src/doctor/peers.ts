import { Client, credentials } from '@grpc/grpc-js';
import { service as health } from 'grpc-health-check';
import { type Finding, failed, ok, reasonOf } from './finding.ts';
import type { Peer } from './service-parts.ts';

const DEADLINE_MS = 5_000;

/** Asks the other service over gRPC whether it serves. */
export async function peerFinding({ name, variable, address }: Peer): Promise<Finding> {
  const client = new Client(address, credentials.createInsecure());
  try {
    const status = await serving(client);
    if (status === 'SERVING') return ok(name, `serves at ${address}`);
    return failed(
      name,
      `at ${address} says that it does not serve: it is stopping`,
      'Wait until it has started again.',
    );
  } catch (error) {
    const fix = `See that ${name} runs, that ${variable} is its gRPC address, and that network policies let us through.`;
    return failed(name, `${address} does not answer: ${brief(reasonOf(error))}`, fix);
  } finally {
    client.close();
  }
}

/** grpc-js adds notes of its own inner life. */
function brief(reason: string): string {
  return reason.replace(/^\d+ /, '').replace(/ Resolution note:.*$/s, '');
}

function serving(client: Client): Promise<unknown> {
  const { path, requestSerialize, responseDeserialize } = health['Check'] as (typeof health)[string];
  return new Promise((done, fail) => {
    client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      { service: '' },
      { deadline: Date.now() + DEADLINE_MS },
      (error, answer: unknown) => (error ? fail(error) : done((answer as { status?: unknown }).status)),
    );
  });
}
