import { doctorService } from '@millrace/platform/commands/doctor-service';
import { readParts } from './parts.ts';

await doctorService({ name: 'model-registry', readParts: () => readParts(process.env) });
