const SERVED = /^(?:mlflow-artifacts:(?:\/\/[^/]*)?|https?:\/\/[^?#]*?\/mlflow-artifacts\/artifacts)\/*([^?#]+)$/;

/** The path, as it is written there, of what clients find at an address through us; undefined for what is kept elsewhere. */
export function servedPath(uri: string): string | undefined {
  return SERVED.exec(uri)?.[1];
}
