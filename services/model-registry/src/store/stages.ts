/** What the column `stage` can hold: MLflow's stages, in its order. */
export const STAGES = ['None', 'Staging', 'Production', 'Archived'] as const;
export type Stage = (typeof STAGES)[number];
