import { versionRef } from '../domain/version-ref.ts';
import { describedVersion } from '../domain/versions.ts';
import type { VersionRpc } from './rpc.ts';

export const getModelVersionContents: VersionRpc<'getModelVersionContents'> =
  (deps) =>
  async ({ name, version: number }, context) => {
    const { version, signature, pending } = await describedVersion(deps, context, versionRef(name, number));
    const { origin, contents } = version;
    return {
      pending,
      runId: version.runId,
      experimentId: origin.experimentId,
      gitCommit: origin.gitCommit,
      modelId: origin.loggedModelId,
      datasets: origin.datasets,
      mlmodelSha256: contents.digest,
      flavors: contents.flavors.split(',').filter(Boolean),
      ...(contents.modelSizeBytes !== null && { modelSizeBytes: BigInt(contents.modelSizeBytes) }),
      signatureInputs: signature.inputs,
      signatureOutputs: signature.outputs,
      signatureParams: signature.params,
    };
  };
