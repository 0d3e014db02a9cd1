import { calls, denied, policyPorts } from './network.ts';
import { images, noTokens, readOnly, resources, restricted, variables } from './pods.ts';
import { probeMeanings, probePorts, shutdown } from './probes.ts';
import { hooks, mounts, names, sources } from './references.ts';
import { backends } from './routes.ts';
import type { Rule } from './rule.ts';
import { monitors, ownPods, servicePorts, targets } from './selectors.ts';

export const RULES: readonly Rule[] = [
  ...[restricted, readOnly, noTokens, resources, images, variables],
  ...[probePorts, probeMeanings, shutdown],
  ...[servicePorts, ownPods, targets, monitors],
  ...[sources, mounts, names, hooks],
  ...[denied, policyPorts, calls, backends],
];
