/** Where a port is opened; 0 lets the system choose one. */
export type Listen = { readonly host: string; readonly port: number };
