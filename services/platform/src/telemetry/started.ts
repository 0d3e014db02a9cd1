/** Disposing of it sends what has not been sent yet. */
export type Telemetry = AsyncDisposable & {
  /** Where Prometheus finds metrics, if it does. */
  readonly metricsPort: number | undefined;
};
