import type { Handlers } from '@millrace/platform/contract/operation';
import type { ServerService } from '@millrace/proto/tracking/v1/server';

/** Only what really works is said to: a client trusts this and does not fall back. */
export const getServerInfo = (): Handlers<typeof ServerService>['getServerInfo'] => async () => ({
  storeType: 'SqlStore',
  workspacesEnabled: false,
  traceArchivalEnabled: false,
  multipartUploadsEnabled: false,
  multipartDownloadsEnabled: false,
  presignedUploadRunIdSupported: false,
  presignedUploadModelIdSupported: false,
  featuresEnabled: { gateway: false },
});
