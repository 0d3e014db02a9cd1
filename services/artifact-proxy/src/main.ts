import { runService } from '@millrace/platform/run-service';
import { startArtifactProxy } from './app.ts';
import { loadConfig } from './config.ts';

await runService({ name: 'artifact-proxy', loadConfig, start: startArtifactProxy }, process.env);
