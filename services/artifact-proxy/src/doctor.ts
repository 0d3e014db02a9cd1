import { doctorService } from '@millrace/platform/commands/doctor-service';
import { readParts } from './parts.ts';

await doctorService({ name: 'artifact-proxy', readParts: () => readParts(process.env) });
