import { InvalidParameterError } from '@millrace/platform/errors';
import type { Transfers } from './transfers.ts';

/** Where large files may not come through this service, says how they go instead. */
export function checkProxiedSize(
  { maxProxiedBytes }: Transfers,
  bytes: number | undefined,
  way: 'UPLOAD' | 'DOWNLOAD',
) {
  if (maxProxiedBytes === undefined || bytes === undefined || bytes <= maxProxiedBytes) return;
  throw new InvalidParameterError(
    `Files of more than ${maxProxiedBytes} bytes go to and from the artifact store directly: ` +
      `set MLFLOW_ENABLE_PROXY_MULTIPART_${way}=true.`,
  );
}
