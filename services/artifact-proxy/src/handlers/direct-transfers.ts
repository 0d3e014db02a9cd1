import { NotImplementedError } from '@millrace/platform/errors';
import type { ArtifactHandler } from './artifact-call.ts';

/** Clients that read this text, to the letter, upload through us in one piece instead. */
export const refuseMultipartUpload: ArtifactHandler = async () => {
  throw new NotImplementedError('Multipart upload is not supported for the current artifact repository');
};

/** Clients take any 501 as the word to download through us. */
export const refusePresignedDownload: ArtifactHandler = async () => {
  throw new NotImplementedError('Multipart download is not supported for the current artifact repository');
};
