/** How bytes of this installation move. */
export type Transfers = {
  /**
   * proxy: through this service. presigned: clients that can go to the store themselves. presigned-only: as well, and what is
   * large may not come through this service.
   */
  readonly mode: 'proxy' | 'presigned' | 'presigned-only';
  /** Under which clients reach this service; without it, what they called is what they are told. */
  readonly publicUrl: string | undefined;
  /** The largest file that goes through this service. */
  readonly maxProxiedBytes: number | undefined;
  readonly downloadUrlSeconds: number;
  readonly partUrlSeconds: number;
};

/** What clients may be told to do by themselves: only what works for all of them, since they do not fall back. */
export function advertised({ mode, publicUrl }: Transfers) {
  return { multipartUploads: mode !== 'proxy' || publicUrl !== undefined, multipartDownloads: mode !== 'proxy' };
}
