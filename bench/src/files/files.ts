/** Files of one client at one place: behind a server that speaks MLflow's API, or in the object store itself. */
export type Files = {
  readonly put: (name: string, bytes: number) => Promise<void>;
  /** Gives the number of bytes it read. */
  readonly get: (name: string) => Promise<number>;
  readonly range: (name: string, first: number, bytes: number) => Promise<number>;
  /** Resolves when the first byte has come. */
  readonly firstByte: (name: string) => Promise<void>;
  /** Gives how many entries the folder has. */
  readonly list: (folder: string) => Promise<number>;
  /** As MLflow's client sends a large file; null where there is nobody who would tell how. */
  readonly putParts: ((folder: string, name: string, parts: number, partBytes: number) => Promise<void>) | null;
};
