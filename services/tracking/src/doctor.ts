import { doctorService } from '@millrace/platform/commands/doctor-service';
import { readParts } from './parts.ts';

await doctorService({ name: 'tracking', readParts: () => readParts(process.env) });
