import { migrateService } from '@millrace/platform/commands/migrate-service';
import { migrations } from './migrations.ts';

await migrateService(migrations);
