import { runService } from '@millrace/platform/run-service';
import { startTracking } from './app.ts';
import { loadConfig } from './config.ts';

await runService({ name: 'tracking', loadConfig, start: startTracking }, process.env);
