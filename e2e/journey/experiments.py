"""Experiments: by name, tags, search, delete and restore."""

import mlflow
from mlflow.entities import ViewType

import check
from context import Journey


def sets_an_experiment_by_name(journey: Journey):
    client = journey.client
    check.equal("an experiment nobody made", client.get_experiment_by_name(journey.experiment_name), None)
    experiment = mlflow.set_experiment(journey.experiment_name)
    journey.experiment_id = experiment.experiment_id
    check.equal("name", experiment.name, journey.experiment_name)
    check.equal("life-cycle stage", experiment.lifecycle_stage, "active")
    check.holds("there is an artifact location", bool(experiment.artifact_location), experiment.artifact_location)
    check.holds("creation time is set", experiment.creation_time > 0, experiment.creation_time)

    again = mlflow.set_experiment(journey.experiment_name)
    check.equal("id when set again", again.experiment_id, journey.experiment_id)
    by_name = client.get_experiment_by_name(journey.experiment_name)
    check.equal("id by name", by_name.experiment_id, journey.experiment_id)
    check.refused(
        "a second experiment of the same name",
        "RESOURCE_ALREADY_EXISTS",
        lambda: client.create_experiment(journey.experiment_name),
    )
    check.refused("an unknown experiment id", "RESOURCE_DOES_NOT_EXIST", lambda: client.get_experiment("987654321"))


def tags_and_searches_experiments(journey: Journey):
    client = journey.client
    client.set_experiment_tag(journey.experiment_id, "team", "größe & co\nsecond line")
    check.includes(
        "experiment tags",
        client.get_experiment(journey.experiment_id).tags,
        {"team": "größe & co\nsecond line"},
    )
    for number in (1, 2, 3):
        client.create_experiment(f"{journey.stem} aside {number}", tags={"number": str(number)})

    pattern = f"name LIKE '{journey.stem} aside %'"
    pages, token = [], None
    while True:
        page = client.search_experiments(
            filter_string=pattern, order_by=["name DESC"], max_results=2, page_token=token
        )
        pages.append([experiment.name[-1] for experiment in page])
        token = page.token
        if not token:
            break
    check.equal("pages of experiments", pages, [["3", "2"], ["1"]])
    found = client.search_experiments(filter_string=f"{pattern} AND tags.number = '2'")
    check.equal("experiments by tag", [experiment.name for experiment in found], [f"{journey.stem} aside 2"])


def deletes_and_restores_an_experiment(journey: Journey):
    client = journey.client
    experiment_id = client.create_experiment(f"{journey.stem} doomed")
    run_id = client.create_run(experiment_id).info.run_id

    client.delete_experiment(experiment_id)
    check.equal("deleted experiment", client.get_experiment(experiment_id).lifecycle_stage, "deleted")
    check.equal("its run", client.get_run(run_id).info.lifecycle_stage, "deleted")
    by_name = f"name = '{journey.stem} doomed'"
    check.equal("active experiments of that name", len(client.search_experiments(filter_string=by_name)), 0)
    deleted = client.search_experiments(view_type=ViewType.DELETED_ONLY, filter_string=by_name)
    check.equal("deleted experiments of that name", [e.experiment_id for e in deleted], [experiment_id])
    check.refused(
        "a run in a deleted experiment",
        "INVALID_PARAMETER_VALUE",
        lambda: client.create_run(experiment_id),
        "must be in the 'active' state",
    )

    client.restore_experiment(experiment_id)
    check.equal("restored experiment", client.get_experiment(experiment_id).lifecycle_stage, "active")
    check.equal("its run", client.get_run(run_id).info.lifecycle_stage, "active")
    client.rename_experiment(experiment_id, f"{journey.stem} saved")
    check.equal("renamed experiment", client.get_experiment(experiment_id).name, f"{journey.stem} saved")
