"""Trains, registers and promotes a model on Millrace with the ordinary MLflow client.

    python quickstart.py [http://127.0.0.1:5000]
"""

import sys

import mlflow
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split

MODEL = "diabetes-progression"

mlflow.set_tracking_uri(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:5000")
mlflow.set_experiment("Diabetes progression")

# 1. Train: autolog records params, metrics, data set, source, git commit and the model of every run.
rows, target = load_diabetes(return_X_y=True, as_frame=True)
train_rows, test_rows, train_target, test_target = train_test_split(rows, target, random_state=1)
mlflow.autolog()
for alpha in (0.01, 0.1, 1.0):
    with mlflow.start_run(run_name=f"ridge, alpha {alpha}"):
        model = Ridge(alpha=alpha).fit(train_rows, train_target)
        mlflow.log_metric("test_r2", model.score(test_rows, test_target))

# 2. Compare: the best run of the experiment.
best = mlflow.search_runs(order_by=["metrics.test_r2 DESC"], max_results=1, output_format="list")[0]
print(f"Best run: {best.info.run_name}, R² {best.data.metrics['test_r2']:.3f}, by {best.info.user_id}")

# 3. Register its model and promote it; whatever was in Production before is archived.
version = mlflow.register_model(f"runs:/{best.info.run_id}/model", MODEL).version
client = mlflow.MlflowClient()
client.transition_model_version_stage(MODEL, version, "Production", archive_existing_versions=True)
client.set_registered_model_alias(MODEL, "champion", version)
for entry in client.search_model_versions(f"name = '{MODEL}'"):
    print(f"{MODEL} version {entry.version}: {entry.current_stage}")

# 4. Use it, by stage or by alias, as an application would.
by_stage = mlflow.pyfunc.load_model(f"models:/{MODEL}/Production").predict(test_rows.head(3))
by_alias = mlflow.pyfunc.load_model(f"models:/{MODEL}@champion").predict(test_rows.head(3))
assert (by_stage == by_alias).all(), (by_stage, by_alias)
print("Predictions:", ", ".join(f"{value:.1f}" for value in by_stage))
