import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { startEmbeddedPostgres } from '../src/embedded-postgres.ts';

/** Plays an `npm start` that somebody kills. */
const { url, pid } = await startEmbeddedPostgres({ dataDir: process.argv[2] ?? '', log: pino({ level: 'silent' }) });
process.stdout.write(`${JSON.stringify({ url, pid })}\n`);
await sleep(600_000);
