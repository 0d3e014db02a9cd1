"""A scikit-learn model trained under autolog, and everything autolog is known to record of it."""

import getpass
import os
import subprocess
import sys
import time

import mlflow
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

import check
from context import HAS_LOGGED_MODELS, Journey


def trains_under_autolog(journey: Journey):
    rows, labels = load_iris(return_X_y=True, as_frame=True)
    train_rows, test_rows, train_labels, test_labels = train_test_split(rows, labels, random_state=7)
    journey.test_rows = test_rows
    journey.estimator = RandomForestClassifier(n_estimators=12, max_depth=3, random_state=7)

    before = int(time.time() * 1000)
    mlflow.autolog()
    with mlflow.start_run(run_name="forest") as run:
        journey.estimator.fit(train_rows, train_labels)
        accuracy = journey.estimator.score(test_rows, test_labels)
    mlflow.autolog(disable=True)
    after = int(time.time() * 1000)

    journey.trained_run_id = run.info.run_id
    logged = journey.client.get_run(run.info.run_id)
    check.equal("status", logged.info.status, "FINISHED")
    check.equal("experiment", logged.info.experiment_id, journey.experiment_id)
    times = [before, logged.info.start_time, logged.info.end_time, after]
    check.equal("start and end time lie within the training", times, sorted(times))
    check.equal(
        "params",
        logged.data.params,
        {name: str(value) for name, value in journey.estimator.get_params(deep=True).items()},
    )
    training_accuracy = journey.estimator.score(train_rows, train_labels)
    check.close("training accuracy", logged.data.metrics["training_accuracy_score"], training_accuracy)
    check.close("training score", logged.data.metrics["training_score"], training_accuracy)
    check.close("test score", logged.data.metrics["RandomForestClassifier_score_test_rows"], accuracy)


def records_who_ran_what(journey: Journey):
    run = journey.client.get_run(journey.trained_run_id)
    script = os.path.abspath(sys.argv[0])
    check.equal("user of the run", run.info.user_id, getpass.getuser())
    check.equal("name of the run", run.info.run_name, "forest")
    check.includes(
        "tags",
        run.data.tags,
        {
            "mlflow.user": getpass.getuser(),
            "mlflow.runName": "forest",
            "mlflow.source.type": "LOCAL",
            "mlflow.source.name": sys.argv[0],
            "estimator_name": "RandomForestClassifier",
            "estimator_class": "sklearn.ensemble._forest.RandomForestClassifier",
        },
    )
    check.equal("git commit", run.data.tags.get("mlflow.source.git.commit"), _commit_of(os.path.dirname(script)))


def _commit_of(folder: str) -> str | None:
    """None outside a git checkout, and in one without commits: there the client sets no tag."""
    found = subprocess.run(["git", "rev-parse", "HEAD"], cwd=folder, capture_output=True, text=True, check=False)
    return found.stdout.strip() if found.returncode == 0 else None


def keeps_the_artifacts_of_training(journey: Journey):
    files = {item.path: item for item in journey.client.list_artifacts(journey.trained_run_id)}
    for path in ("estimator.html", "training_confusion_matrix.png"):
        check.holds(f"{path} is a file with bytes", path in files and files[path].file_size > 0, sorted(files))
    picture = mlflow.artifacts.download_artifacts(
        run_id=journey.trained_run_id, artifact_path="training_confusion_matrix.png"
    )
    with open(picture, "rb") as file:
        check.equal("first bytes of the picture", file.read(8), b"\x89PNG\r\n\x1a\n")

    model_files = {item.path: item for item in journey.client.list_artifacts(journey.trained_run_id, "model")}
    check.holds("the model has its MLmodel file", "model/MLmodel" in model_files, sorted(model_files))


def gives_the_trained_model_back(journey: Journey):
    model_uri = f"runs:/{journey.trained_run_id}/model"
    expected = journey.estimator.predict(journey.test_rows)
    check.same_numbers("scikit-learn model", mlflow.sklearn.load_model(model_uri).predict(journey.test_rows), expected)
    check.same_numbers("pyfunc model", mlflow.pyfunc.load_model(model_uri).predict(journey.test_rows), expected)
    signature = mlflow.models.get_model_info(model_uri).signature
    check.equal("inputs of the signature", signature.inputs.input_names(), list(journey.test_rows.columns))


def links_the_model_and_the_data_to_the_run(journey: Journey):
    run = journey.client.get_run(journey.trained_run_id)
    contexts = {tag.value for item in run.inputs.dataset_inputs for tag in item.tags}
    check.equal("contexts of the data sets", contexts, {"train"})
    if not HAS_LOGGED_MODELS:
        check.holds("history of logged models", "mlflow.log-model.history" in run.data.tags, sorted(run.data.tags))
        return
    check.equal("number of models put out", len(run.outputs.model_outputs), 1)
    model_id = run.outputs.model_outputs[0].model_id
    model = mlflow.get_logged_model(model_id)
    check.equal("status of the logged model", model.status.value, "READY")
    check.equal("run of the logged model", model.source_run_id, journey.trained_run_id)
    check.equal("name of the logged model", model.name, "model")
    check.includes("params of the logged model", model.params, {"n_estimators": "12", "max_depth": "3"})
    scores = {metric.key: metric.value for metric in model.metrics}
    check.close("score of the logged model", scores["training_score"], run.data.metrics["training_score"])
    found = mlflow.search_logged_models(
        experiment_ids=[journey.experiment_id],
        filter_string=f"source_run_id = '{journey.trained_run_id}'",
        output_format="list",
    )
    check.equal("logged models of the run", [item.model_id for item in found], [model_id])
