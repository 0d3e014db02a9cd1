import { setTimeout as sleep } from 'node:timers/promises';
import { takeProcessLock } from '../src/embedded-postgres/process-lock.ts';

/** Waits for the common moment, tries to take the lock, says whether it did, and stays to be the living owner. */
const [, , file = '', startAtMs = '0'] = process.argv;
await sleep(Number(startAtMs) - Date.now());
const lock = takeProcessLock(file);
process.stdout.write('heldBy' in lock ? `${lock.heldBy}\n` : 'mine\n');
await sleep(600_000);
