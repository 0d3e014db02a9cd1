import { resolve } from 'node:path';
import { ConfigError } from '@millrace/platform/config';
import { Command } from 'commander';

export type LocalOptions = {
  readonly host: string;
  readonly port: number;
  /** Absolute. */
  readonly dataDir: string;
  /** The environment of the services: the given one, with what the flags say. */
  readonly env: NodeJS.ProcessEnv;
};

type Flags = {
  readonly host: string;
  readonly port: string;
  readonly data: string;
  readonly backendStoreUri?: string;
  readonly artifactsDestination?: string;
  readonly defaultArtifactRoot?: string;
  readonly allowedHosts?: string;
  readonly corsAllowedOrigins?: string;
};

const HELP = `
The parts it runs on can be replaced by real ones, by environment variables:
  DATABASE_URL                        PostgreSQL 14 or newer instead of the embedded one
  S3_BUCKET, S3_ENDPOINT, S3_REGION,  an S3 bucket instead of a folder
  S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY
  KAFKA_BROKERS                       publish events to Kafka instead of a log in PostgreSQL
  LOG_LEVEL                           trace, debug, info, warn (the default), error or silent
`;

/** Reads the command line; flags of \`mlflow server\` are understood where there is something to set. Throws ConfigError. */
export function readOptions(argv: readonly string[], env: NodeJS.ProcessEnv): LocalOptions {
  const flags = new Command('millrace')
    .description('All of Millrace in one process on one machine.')
    .option('--host <address>', 'address to listen on', env['MLFLOW_HOST'] ?? '127.0.0.1')
    .option('-p, --port <number>', 'port to listen on, 0 for any free one', env['MLFLOW_PORT'] ?? '5000')
    .option('--data <folder>', 'where everything is kept', './millrace-data')
    .option('--backend-store-uri <uri>', 'postgresql://… (the same as DATABASE_URL)')
    .option('--artifacts-destination <uri>', 's3://bucket/prefix, or a folder')
    .option('--default-artifact-root <uri>', 'where artifacts of new experiments go, if not through this server')
    .option('--allowed-hosts <names>', 'names this server is reached by, separated by commas')
    .option('--cors-allowed-origins <origins>', 'web pages that may write, separated by commas')
    .addHelpText('after', HELP)
    .parse(argv)
    .opts<Flags>();
  const port = Number(flags.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new ConfigError(`--port must be a number from 0 to 65535, not '${flags.port}'.`);
  }
  return {
    host: flags.host,
    port,
    dataDir: resolve(flags.data),
    env: {
      ...env,
      ...(flags.backendStoreUri && { DATABASE_URL: databaseUrl(flags.backendStoreUri) }),
      ...(flags.artifactsDestination && artifactsEnv(flags.artifactsDestination)),
      ...(flags.defaultArtifactRoot && { DEFAULT_ARTIFACT_ROOT: flags.defaultArtifactRoot }),
      ...(flags.allowedHosts && { ALLOWED_HOSTS: flags.allowedHosts }),
      ...(flags.corsAllowedOrigins && { CORS_ALLOWED_ORIGINS: flags.corsAllowedOrigins }),
    },
  };
}

/** As SQLAlchemy writes it, a driver may follow the scheme: `postgresql+psycopg2://`. */
function databaseUrl(uri: string): string {
  const match = /^postgres(?:ql)?(?:\+\w+)?:(\/\/.*)$/.exec(uri);
  if (match) return `postgresql:${match[1]}`;
  throw new ConfigError(
    `--backend-store-uri must be a postgresql:// URI, not '${uri.replace(/:.*/s, ':…')}'. Leave it out to use the embedded PostgreSQL.`,
  );
}

function artifactsEnv(destination: string): NodeJS.ProcessEnv {
  const s3 = /^s3:\/\/([^/]+)\/?(.*)$/.exec(destination);
  if (s3) return { S3_BUCKET: s3[1], S3_PREFIX: s3[2] };
  const folder = destination.replace(/^file:(?:\/\/(?=\/))?/, '');
  if (!/^[a-z][a-z0-9+.-]*:/i.test(folder)) return { ARTIFACTS_FOLDER: resolve(folder) };
  throw new ConfigError(`--artifacts-destination must be s3://bucket/prefix or a folder, not '${destination}'.`);
}
