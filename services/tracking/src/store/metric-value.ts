/** Infinities are kept as the largest doubles, as MLflow keeps them; NaN stays NaN. */
export const storable = (value: number) => Math.min(Math.max(value, -Number.MAX_VALUE), Number.MAX_VALUE);
