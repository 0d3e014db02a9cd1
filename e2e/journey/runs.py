"""Runs: nesting, metrics and their history, params, tags, inputs, delete and restore."""

import math
import time

import mlflow
import pandas
from mlflow.entities import Metric, Param, RunTag, ViewType

import check
from context import Journey

# An infinite value comes back as the largest finite one, as MLflow's own server gives it.
LARGEST = 1.7976931348623157e308


def nests_runs(journey: Journey):
    with mlflow.start_run(run_name="parent") as parent:
        mlflow.log_param("depth", 0)
        with mlflow.start_run(run_name="child", nested=True) as child:
            mlflow.log_param("depth", 1)
    tags = journey.client.get_run(child.info.run_id).data.tags
    check.includes("tags of the child", tags, {"mlflow.parentRunId": parent.info.run_id, "mlflow.runName": "child"})
    children = journey.client.search_runs(
        [journey.experiment_id], f"tags.mlflow.parentRunId = '{parent.info.run_id}'"
    )
    check.equal("children of the parent", [run.info.run_id for run in children], [child.info.run_id])


def keeps_every_step_of_a_metric(journey: Journey):
    with mlflow.start_run(run_name="steps") as run:
        for step in range(20):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        # A late point of an early step is history, not the current value.
        mlflow.log_metric("loss", 42.0, step=3)
        mlflow.log_metrics({"accuracy": 0.5, "größe/mean of all": -3.25}, step=7)
    history = journey.client.get_metric_history(run.info.run_id, "loss")
    check.equal(
        "steps and values of the history",
        sorted((point.step, point.value) for point in history),
        sorted([(step, 1 / (step + 1)) for step in range(20)] + [(3, 42.0)]),
    )
    check.holds("every point has its time", all(p.timestamp > 1.6e12 for p in history), history)
    check.equal(
        "current values are those of the highest step",
        journey.client.get_run(run.info.run_id).data.metrics,
        {"loss": 1 / 20, "accuracy": 0.5, "größe/mean of all": -3.25},
    )
    check.equal("history of an unknown metric", list(journey.client.get_metric_history(run.info.run_id, "none")), [])


def keeps_numbers_that_are_not_finite(journey: Journey):
    values = {"nan": math.nan, "inf": math.inf, "minus_inf": -math.inf, "tiny": 5e-324, "third": 1 / 3}
    with mlflow.start_run() as run:
        mlflow.log_metrics(values)
    metrics = journey.client.get_run(run.info.run_id).data.metrics
    check.holds("NaN stays NaN", math.isnan(metrics.pop("nan")), metrics)
    check.equal(
        "other numbers", metrics, {"inf": LARGEST, "minus_inf": -LARGEST, "tiny": 5e-324, "third": 1 / 3}
    )
    history = journey.client.get_metric_history(run.info.run_id, "nan")
    check.equal("history of NaN", [math.isnan(point.value) for point in history], [True])


def logs_more_than_one_batch_at_once(journey: Journey):
    now = int(time.time() * 1000)
    run_id = journey.client.create_run(journey.experiment_id, run_name="batch").info.run_id
    journey.client.log_batch(
        run_id,
        metrics=[Metric("curve", step * 0.5, now + step, step) for step in range(2500)],
        params=[Param(f"param {number}", f"value {number}") for number in range(150)],
        tags=[RunTag(f"tag.{number}", f"value {number}") for number in range(110)],
    )
    journey.client.set_terminated(run_id)
    history = journey.client.get_metric_history(run_id, "curve")
    check.equal(
        "2500 points",
        sorted((point.step, point.value, point.timestamp) for point in history),
        [(step, step * 0.5, now + step) for step in range(2500)],
    )
    run = journey.client.get_run(run_id)
    check.equal("150 params", run.data.params, {f"param {n}": f"value {n}" for n in range(150)})
    check.includes("110 tags", run.data.tags, {f"tag.{n}": f"value {n}" for n in range(110)})
    check.equal("current value of the curve", run.data.metrics, {"curve": 2499 * 0.5})


def overwrites_tags_but_never_params(journey: Journey):
    client = journey.client
    with mlflow.start_run() as run:
        mlflow.log_params({"rate": 0.1, "empty": "", "text": "näïve ✓"})
        mlflow.log_param("rate", 0.1)
        mlflow.set_tags({"stage": "draft", "gone": "soon"})
        mlflow.set_tag("stage", "final")
        mlflow.delete_tag("gone")
        mlflow.set_tag("mlflow.note.content", "# A *note*\n\nof two lines")
    run_id = run.info.run_id
    check.refused(
        "another value for a param",
        "INVALID_PARAMETER_VALUE",
        lambda: client.log_param(run_id, "rate", 0.2),
        "Changing param values is not allowed",
    )
    check.refused(
        "another value for a param in a batch",
        "INVALID_PARAMETER_VALUE",
        lambda: client.log_batch(run_id, params=[Param("rate", "0.2")]),
        "Changing param values is not allowed",
    )
    data = client.get_run(run_id).data
    check.equal("params", data.params, {"rate": "0.1", "empty": "", "text": "näïve ✓"})
    check.includes(
        "tags", data.tags, {"stage": "final", "gone": None, "mlflow.note.content": "# A *note*\n\nof two lines"}
    )
    client.update_run(run_id, name="renamed")
    check.equal("new name", client.get_run(run_id).info.run_name, "renamed")
    check.equal("status after the new name", client.get_run(run_id).info.status, "FINISHED")


def records_a_data_set(journey: Journey):
    frame = pandas.DataFrame({"x": [1.0, 2.0, 3.0], "y": [0, 1, 0]})
    data_set = mlflow.data.from_pandas(frame, source="https://example.org/three.csv", name="three", targets="y")
    with mlflow.start_run(run_name="with data") as run:
        mlflow.log_input(data_set, context="training")
        mlflow.log_input(data_set, context="training")
    (entry,) = journey.client.get_run(run.info.run_id).inputs.dataset_inputs
    check.equal("name and digest", (entry.dataset.name, entry.dataset.digest), ("three", data_set.digest))
    check.equal("context", [(tag.key, tag.value) for tag in entry.tags], [("mlflow.data.context", "training")])
    source = mlflow.data.get_source(entry.dataset)
    check.equal("source", source.to_dict(), {"url": "https://example.org/three.csv"})
    check.holds("the profile has the number of rows", '"num_rows": 3' in entry.dataset.profile, entry.dataset.profile)


def marks_a_run_that_raised_as_failed(journey: Journey):
    try:
        with mlflow.start_run() as run:
            raise ValueError("the training broke")
    except ValueError:
        pass
    info = journey.client.get_run(run.info.run_id).info
    check.equal("status", info.status, "FAILED")
    check.holds("it has an end time", info.end_time >= info.start_time, info)


def deletes_and_restores_a_run(journey: Journey):
    client = journey.client
    with mlflow.start_run(run_name="deleted") as run:
        mlflow.log_metric("kept", 1.5)
    run_id = run.info.run_id

    def found(view):
        return [r.info.run_id for r in client.search_runs([journey.experiment_id], "metrics.kept = 1.5", view)]

    client.delete_run(run_id)
    check.equal("stage of the deleted run", client.get_run(run_id).info.lifecycle_stage, "deleted")
    check.equal("among active runs", found(ViewType.ACTIVE_ONLY), [])
    check.equal("among deleted runs", found(ViewType.DELETED_ONLY), [run_id])
    check.refused(
        "a metric for a deleted run",
        "INVALID_PARAMETER_VALUE",
        lambda: client.log_metric(run_id, "kept", 2.0),
        "must be in the 'active' state",
    )
    client.restore_run(run_id)
    check.equal("stage of the restored run", client.get_run(run_id).info.lifecycle_stage, "active")
    check.equal("among active runs", found(ViewType.ACTIVE_ONLY), [run_id])
    check.equal("its metric", client.get_run(run_id).data.metrics, {"kept": 1.5})


def refuses_what_is_not_there(journey: Journey):
    client = journey.client
    nobody = "0" * 32
    check.refused("an unknown run", "RESOURCE_DOES_NOT_EXIST", lambda: client.get_run(nobody), nobody)
    check.refused(
        "a metric for an unknown run", "RESOURCE_DOES_NOT_EXIST", lambda: client.log_metric(nobody, "m", 1.0), nobody
    )
    check.refused(
        "a batch for an unknown run",
        "RESOURCE_DOES_NOT_EXIST",
        lambda: client.log_batch(nobody, metrics=[Metric("m", 1.0, 1, 0)]),
        nobody,
    )
    check.refused(
        "a run in an unknown experiment", "RESOURCE_DOES_NOT_EXIST", lambda: client.create_run("987654321"), "987654321"
    )
    check.refused("an unknown parent", "RESOURCE_DOES_NOT_EXIST", lambda: client.get_parent_run(nobody), nobody)
    run_id = client.create_run(journey.experiment_id).info.run_id
    check.refused(
        "a tag that is not set", "RESOURCE_DOES_NOT_EXIST", lambda: client.delete_tag(run_id, "never"), "never"
    )
