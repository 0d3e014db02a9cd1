"""What MLflow's client makes of a run that records a trial of a prompt. Arguments: server, run."""

import json
import sys

import mlflow
import yaml

url, run_id = sys.argv[1:]
mlflow.set_tracking_uri(url)
mlflow.set_experiment("browser")
table = mlflow.load_table("eval_results_table.json", run_ids=[run_id])
model = mlflow.pyfunc.load_model(f"runs:/{run_id}/model")
parameters = mlflow.artifacts.load_text(f"runs:/{run_id}/model/parameters.yaml")
print(
    json.dumps(
        {
            "columns": list(table.columns),
            "inputs": model.metadata.get_input_schema().input_names(),
            "prompt_parameters": yaml.safe_load(parameters)["prompt_parameters"],
        }
    )
)
