import { openFiles } from '../open-files.ts';
import { type Finding, ok, warning } from './finding.ts';

/** For 10,000 connections and what else is open. */
const FILES = 16_384;

/** What the system lets this process do; the service is meant to be started the same way. */
export function processFindings(): readonly Finding[] {
  const found: Finding[] = [];
  if (process.getuid?.() === 0)
    found.push(warning('process', 'runs as root', 'Run it as a user of its own: it needs no rights.'));
  const files = openFiles();
  if (files < FILES) {
    const fix = `Raise the limit to ${FILES} (LimitNOFILE of systemd, ulimits of Docker, the container runtime of Kubernetes).`;
    found.push(warning('process', `may have ${files} files and connections open`, fix));
  }
  return found.length > 0 ? found : [ok('process', `no root, ${files} open files allowed`)];
}
