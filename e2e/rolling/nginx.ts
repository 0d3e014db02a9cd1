import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exists } from '@millrace/platform/testing/parts/run';
import { startProcess } from '@millrace/platform/testing/parts/server-process';
import { freePort } from '../programs/free-port.ts';
import { type Replica, SERVICES } from './replicas.ts';

const CONFIG = fileURLToPath(new URL('../../compose/nginx/', import.meta.url));

export type Answers = {
  readonly all: number;
  /** That nginx gave its client, whoever made them. */
  readonly serverErrors: readonly string[];
  /** That went to another process, because the first one was not there. */
  readonly passedOver: number;
};

/** A refused connection, and what nginx makes of it. */
const AWAY = /\(111: |temporarily disabled/;

/** nginx with the configuration of docker-compose.yml in front of all processes. */
export async function startNginx(folder: string, replicas: readonly Replica[]) {
  if (!(await exists('nginx', ['-v'])))
    throw new Error('nginx is needed: apt-get install nginx, or brew install nginx');
  const home = join(folder, 'nginx');
  await mkdir(home, { mode: 0o777 });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const config = join(home, 'nginx.conf');
  const accessLog = join(home, 'access.log');
  await writeFile(config, nginxConfig(home, accessLog, port, replicas));
  const stop = await startProcess({
    command: 'nginx',
    args: ['-e', join(home, 'error.log'), '-c', config, '-g', 'daemon off;'],
    logFile: join(home, 'nginx.log'),
    ready: () => answers(`${url}/health`),
    stopping: new AbortController().signal,
  });
  return {
    url,
    stop,
    answers: async () => summary(await readFile(accessLog, 'utf8')),
    /** What went wrong between it and the processes, but for those that were not there. */
    complaints: async () =>
      (await readFile(join(home, 'error.log'), 'utf8')).split('\n').filter((line) => line && !AWAY.test(line)),
  };
}

function nginxConfig(home: string, accessLog: string, port: number, replicas: readonly Replica[]): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
pid ${home}/nginx.pid;
worker_processes 2;
error_log ${home}/error.log warn;
events { worker_connections 1024; }
http {
  ${temporary.map((name) => `${name}_temp_path ${home}/${name};`).join('\n  ')}
  log_format answers '$status $upstream_status : $request_method $uri $upstream_addr';
  access_log ${accessLog} answers;
  ${SERVICES.map((service) => upstream(service, replicas)).join('\n  ')}
  include ${CONFIG}proxy.conf;
  server { listen 127.0.0.1:${port}; include ${CONFIG}routes.conf; }
}
`;
}

/** A process that refuses a connection is asked again after a second. */
function upstream(service: string, replicas: readonly Replica[]): string {
  const servers = replicas
    .filter((replica) => replica.service === service)
    .map(({ httpPort }) => `server 127.0.0.1:${httpPort} max_fails=1 fail_timeout=1s;`);
  return `upstream ${service} { zone ${service} 64k; ${servers.join(' ')} keepalive 64; keepalive_timeout 4s; }`;
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** Of several processes asked, nginx writes each one's status: `502, 200`. */
function summary(log: string): Answers {
  const lines = log.split('\n').filter(Boolean);
  return {
    all: lines.length,
    serverErrors: lines.filter((line) => /^5\d\d /.test(line)),
    passedOver: lines.filter((line) => /^\d+ [\d-]+, /.test(line)).length,
  };
}
