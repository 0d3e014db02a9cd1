"""A data scientist's journey with the unmodified MLflow client, checked value by value.

    python journey.py http://127.0.0.1:5000

Prints one line per step and, last, a JSON object with the stage transitions it made.
Ends with exit code 1 at the first value that is not what MLflow users rely on.
"""

import contextlib
import json
import logging
import sys
import time
import traceback
import uuid
import warnings

import mlflow
from mlflow import MlflowClient

import artifacts
import check
import experiments
import registered
import registry
import runs
import searching
import training
from context import Journey

STEPS = [
    experiments.sets_an_experiment_by_name,
    experiments.tags_and_searches_experiments,
    training.trains_under_autolog,
    training.records_who_ran_what,
    training.keeps_the_artifacts_of_training,
    training.gives_the_trained_model_back,
    training.links_the_model_and_the_data_to_the_run,
    runs.nests_runs,
    runs.keeps_every_step_of_a_metric,
    runs.keeps_numbers_that_are_not_finite,
    runs.logs_more_than_one_batch_at_once,
    runs.overwrites_tags_but_never_params,
    runs.records_a_data_set,
    runs.marks_a_run_that_raised_as_failed,
    runs.deletes_and_restores_a_run,
    runs.refuses_what_is_not_there,
    artifacts.uploads_and_downloads_a_folder,
    artifacts.lists_folder_by_folder,
    artifacts.deletes_a_folder,
    artifacts.logs_text_json_and_tables,
    artifacts.refuses_what_is_not_there,
    searching.sweeps_five_runs,
    searching.filters_runs,
    searching.orders_runs,
    searching.pages_through_runs,
    searching.refuses_a_bad_filter,
    registry.registers_a_model,
    registry.adds_a_second_version,
    registry.moves_versions_through_the_stages,
    registry.loads_by_stage,
    registry.loads_by_alias,
    registry.tags_and_describes,
    registry.searches_models_and_versions,
    registry.promotes_another_model_in_between,
    registry.refuses_what_is_not_there,
    registry.renames_and_deletes,
    registered.copies_a_version,
    registered.keeps_prompts,
    registered.tells_what_a_version_holds,
    registered.keeps_a_ledger_of_stages,
    registered.rolls_back,
    experiments.deletes_and_restores_an_experiment,
]


def main(tracking_uri: str) -> int:
    # The client's own advice (deprecations, links to the UI) would drown the one line per step.
    warnings.filterwarnings("ignore")
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    mlflow.set_tracking_uri(tracking_uri)
    journey = Journey(client=MlflowClient(), stem=f"journey-{uuid.uuid4().hex[:8]}")
    print(f"MLflow {mlflow.__version__} on {tracking_uri} as {journey.stem}", flush=True)

    for step in STEPS:
        title = f"{step.__module__}: {step.__name__.replace('_', ' ')}"
        started = time.monotonic()
        try:
            with contextlib.redirect_stdout(sys.stderr):
                step(journey)
        except check.CheckFailed as failure:
            print(f"FAILED {title}\n       {failure}", flush=True)
            return 1
        except Exception:
            print(f"FAILED {title}\n{traceback.format_exc()}", flush=True)
            return 1
        print(f"ok {title} ({time.monotonic() - started:.1f} s)", flush=True)
    print(json.dumps({"transitions": journey.transitions}), flush=True)
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python journey.py TRACKING_URI")
    sys.exit(main(sys.argv[1]))
