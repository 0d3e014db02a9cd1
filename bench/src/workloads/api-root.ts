/** Of MLflow's REST API. */
export const API = '/api/2.0/mlflow';
