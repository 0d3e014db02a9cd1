import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chart } from './helm.ts';
import { readme } from './readme.ts';

writeFileSync(join(chart, 'README.md'), await readme());
