const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** The first SIGTERM or SIGINT; later ones (a terminal and npm may both send one) no longer end the process. */
export function untilSignal(): Promise<string> {
  return new Promise((done) => {
    for (const signal of SIGNALS) process.on(signal, () => done(signal));
  });
}
