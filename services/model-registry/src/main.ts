import { runService } from '@millrace/platform/run-service';
import { startModelRegistry } from './app.ts';
import { loadConfig } from './config.ts';

await runService({ name: 'model-registry', loadConfig, start: startModelRegistry }, process.env);
