import type { ServiceConfig } from './config.ts';
import { startGrpc } from './contract/grpc-server.ts';
import { anonymousIdentity, forwardedIdentity } from './contract/identity.ts';
import type { Checks } from './http/health.ts';
import { startHttp } from './http/server.ts';
import { type Surface, serviceListener } from './http/service-listener.ts';
import type { Lifecycle } from './lifecycle.ts';
import { admitted } from './load/admission.ts';
import { watchPressure } from './load/pressure.ts';
import type { Logger } from './log.ts';
import { observedListener } from './telemetry/http-calls.ts';
import { VERSION } from './version.ts';

export type Served = {
  readonly title: string;
  readonly surface: Surface;
  /** What must work for the service to be ready. */
  readonly checks: Checks;
  /** For a whole request to arrive; 0 where bodies of any size are streamed. */
  readonly requestTimeoutMs?: number;
};

/** A running service; `surface` and `checks` are for whoever mounts several services behind one port. */
export type Service = Pick<Served, 'surface' | 'checks'> & {
  readonly lifecycle: Lifecycle;
  readonly grpcPort: number;
  /** Undefined when the service was configured to open no HTTP port. */
  readonly httpPort: number | undefined;
};

/** MLflow's clients ask this path before they know whether a server has workspaces. */
export const ignoresWorkspace = (path: string) => path.endsWith('/mlflow/server-info');

/** The last step of starting a service: opens its gRPC port and, if it has one, its HTTP port. */
export async function serveSurface(
  served: Served,
  config: ServiceConfig,
  lifecycle: Lifecycle,
  log: Logger,
): Promise<Service> {
  const { checks } = served;
  const surface = config.shedding ? behindGates(served.surface, config.shedding, lifecycle, log) : served.surface;
  const identify = anonymousIdentity({ ignoresWorkspace });
  const { shutdownGraceMs: graceMs, shutdownDrainMs: drainMs } = config;
  const grpc = await startGrpc(surface.operations, {
    ...config.grpc,
    identify: forwardedIdentity(anonymousIdentity()),
    lifecycle,
    log,
    graceMs,
  });
  const http = config.http && (await openHttp(config.http));
  return { lifecycle, surface, checks, grpcPort: grpc.port, httpPort: http?.port };

  function openHttp(address: NonNullable<ServiceConfig['http']>) {
    const listener = serviceListener({
      surfaces: [surface],
      identify,
      title: served.title,
      version: VERSION,
      checks,
      stopping: lifecycle.stopping,
      log,
      ...config.edge,
    });
    const timeout = served.requestTimeoutMs === undefined ? {} : { requestTimeoutMs: served.requestTimeoutMs };
    return startHttp({
      ...address,
      listener: observedListener(listener, lifecycle),
      lifecycle,
      graceMs,
      drainMs,
      maxConnections: config.maxConnections,
      log,
      ...timeout,
    });
  }
}

function behindGates(
  surface: Surface,
  limits: NonNullable<ServiceConfig['shedding']>,
  lifecycle: Lifecycle,
  log: Logger,
): Surface {
  const admission = { ...limits, pressure: watchPressure(lifecycle, log) };
  return { ...surface, operations: admitted(surface.operations, admission) };
}
