import type { Handlers } from '@millrace/platform/contract/operation';
import type { ServerService } from '@millrace/proto/tracking/v1/server';

/** What clients may do with artifacts in this installation; never fails. */
export type TransferModes = () => Promise<{ readonly multipartUploads: boolean; readonly multipartDownloads: boolean }>;

/** Only what really works is said to: a client trusts this and does not fall back. */
export const getServerInfo =
  (transferModes: TransferModes): Handlers<typeof ServerService>['getServerInfo'] =>
  async () => {
    const { multipartUploads, multipartDownloads } = await transferModes();
    return {
      storeType: 'SqlStore',
      workspacesEnabled: false,
      traceArchivalEnabled: false,
      multipartUploadsEnabled: multipartUploads,
      multipartDownloadsEnabled: multipartDownloads,
      presignedUploadRunIdSupported: false,
      presignedUploadModelIdSupported: false,
      featuresEnabled: { gateway: false },
    };
  };
