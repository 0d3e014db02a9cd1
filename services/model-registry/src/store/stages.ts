/** What the column `stage` holds: one of MLflow's names or of the deployment's own. */
export type Stage = string;
