import type { IncomingMessage, RequestListener } from 'node:http';
import type { DescFile } from '@bufbuild/protobuf';
import express, { type Router } from 'express';
import type { Logger } from 'pino';
import { logFault } from '../contract/fault-log.ts';
import type { Identify } from '../contract/identity.ts';
import { openApi } from '../contract/openapi.ts';
import type { Operation } from '../contract/operation.ts';
import { restListener } from '../contract/rest-server.ts';
import { type Route, routeFinder, routes } from '../contract/route-table.ts';
import type { AppError } from '../errors.ts';
import { edge } from './edge.ts';
import { eventDocuments } from './event-documents.ts';
import { expressApp } from './express-app.ts';
import { type Checks, healthRouter } from './health.ts';

/** All that one service serves over HTTP, without a port. */
export type Surface = {
  readonly operations: readonly Operation[];
  /** Streams, downloads and whatever else is no rpc of the contract. */
  readonly router?: Router | readonly Router[];
  /** The files of the contract whose events it emits. */
  readonly events?: readonly DescFile[];
};

export type ServiceOptions = {
  readonly surfaces: readonly Surface[];
  readonly identify: Identify;
  /** Of the OpenAPI document. */
  readonly title: string;
  /** What `/version` answers; MLflow clients read it as a Python version. */
  readonly version: string;
  readonly checks?: Checks;
  readonly stopping: AbortSignal;
  readonly log: Logger;
  readonly maxBodyBytes?: number;
  readonly allowedHosts?: readonly string[];
  readonly allowedOrigins?: readonly string[];
};

/** One listener for one or several services: edge, then the contract's table, then Express for the rest. */
export function serviceListener(options: ServiceOptions): RequestListener {
  const { surfaces, identify, version, checks = {}, stopping, log, maxBodyBytes = 8 * 2 ** 20 } = options;
  const { allowedHosts = [], allowedOrigins = [] } = options;
  const table = routes(surfaces.flatMap(({ operations }) => operations));
  const onError = (error: AppError, { headers, method, url }: IncomingMessage) =>
    logFault(log, error, { requestId: headers['x-request-id'], method, path: url?.split('?', 1)[0] });
  const fallback = expressApp({
    open: [
      healthRouter({ version, checks, stopping, log }),
      documentRouter(options.title, version, table),
      eventDocuments(
        options.title,
        version,
        surfaces.flatMap(({ events = [] }) => events),
      ),
    ],
    routers: surfaces.flatMap(({ router }) => router ?? []),
    identify,
    onError,
  });
  const contract = restListener({ routes: routeFinder(table), identify, fallback, maxBodyBytes, onError });
  return edge(contract, { allowedHosts, allowedOrigins, log });
}

function documentRouter(title: string, version: string, table: readonly Route[]): Router {
  const document = JSON.stringify(openApi(title, version, table));
  const router = express.Router({ strict: true, caseSensitive: true });
  return router.get('/openapi.json', (_req, res) => void res.type('json').send(document));
}
