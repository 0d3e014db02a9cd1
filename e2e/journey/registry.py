"""Model registry: versions, stages, aliases, tags, search, and models loaded through them."""

import mlflow
from mlflow.entities.model_registry import ModelVersion
from mlflow.models import infer_signature
from sklearn.linear_model import LogisticRegression

import check
from context import HAS_LOGGED_MODELS, Journey


def registers_a_model(journey: Journey):
    version = mlflow.register_model(
        f"runs:/{journey.trained_run_id}/model", journey.model_name, tags={"origin": "autolog"}
    )
    journey.predictions["1"] = journey.estimator.predict(journey.test_rows)
    check.equal("version", str(version.version), "1")
    stored = journey.client.get_model_version(journey.model_name, "1")
    check.equal("status", stored.status, "READY")
    check.equal("stage", stored.current_stage, "None")
    check.equal("run", stored.run_id, journey.trained_run_id)
    check.equal("tags", stored.tags, {"origin": "autolog"})
    check.equal("name", journey.client.get_registered_model(journey.model_name).name, journey.model_name)
    uri = journey.client.get_model_version_download_uri(journey.model_name, "1")
    loaded = mlflow.sklearn.load_model(uri)
    check.same_numbers("from the download uri", loaded.predict(journey.test_rows), journey.predictions["1"])


def adds_a_second_version(journey: Journey):
    """Registered while it is logged. Hardly fitted, so that its predictions differ from those of version 1."""
    rows = journey.test_rows
    rough = LogisticRegression(C=1e-5).fit(rows, journey.predictions["1"])
    journey.predictions["2"] = rough.predict(rows)
    differ = (journey.predictions["1"] != journey.predictions["2"]).any()
    check.holds("the two versions predict differently", differ, journey.predictions)
    place = {"name": "rough"} if HAS_LOGGED_MODELS else {"artifact_path": "rough"}
    with mlflow.start_run(run_name="rough") as run:
        mlflow.sklearn.log_model(
            rough,
            **place,
            signature=infer_signature(rows, journey.predictions["2"]),
            input_example=rows.head(2),
            registered_model_name=journey.model_name,
        )
    stored = journey.client.get_model_version(journey.model_name, "2")
    check.equal("run of version 2", stored.run_id, run.info.run_id)
    versions = journey.client.search_model_versions(f"name = '{journey.model_name}'")
    check.equal("versions", sorted(str(version.version) for version in versions), ["1", "2"])


def moves_versions_through_the_stages(journey: Journey):
    name = journey.model_name
    promote(journey, name, "1", "Staging")
    promote(journey, name, "1", "Production")
    promote(journey, name, "2", "Staging")
    check.equal("before the second promotion", _stages(journey), {"1": "Production", "2": "Staging"})
    promote(journey, name, "2", "Production", archives={"1": "Production"})
    check.equal("after it", _stages(journey), {"1": "Archived", "2": "Production"})
    latest = journey.client.get_latest_versions(name, stages=["Production"])
    check.equal("latest in Production", [str(version.version) for version in latest], ["2"])
    every = {version.current_stage: str(version.version) for version in journey.client.get_latest_versions(name)}
    check.equal("latest of every stage", every, {"Archived": "1", "Production": "2"})


def loads_by_stage(journey: Journey):
    expected = journey.predictions["2"]
    uri = f"models:/{journey.model_name}/Production"
    check.same_numbers("scikit-learn", mlflow.sklearn.load_model(uri).predict(journey.test_rows), expected)
    check.same_numbers("pyfunc", mlflow.pyfunc.load_model(uri).predict(journey.test_rows), expected)


def loads_by_alias(journey: Journey):
    client, name = journey.client, journey.model_name
    client.set_registered_model_alias(name, "champion", "1")
    check.equal("version of the alias", str(client.get_model_version_by_alias(name, "champion").version), "1")
    loaded = mlflow.sklearn.load_model(f"models:/{name}@champion")
    check.same_numbers("version 1 by alias", loaded.predict(journey.test_rows), journey.predictions["1"])

    client.set_registered_model_alias(name, "champion", "2")
    loaded = mlflow.pyfunc.load_model(f"models:/{name}@champion")
    check.same_numbers("version 2 by the moved alias", loaded.predict(journey.test_rows), journey.predictions["2"])
    check.equal("aliases of version 2", client.get_model_version(name, "2").aliases, ["champion"])
    client.set_registered_model_alias(name, "first", "1")
    aliases = {alias: str(version) for alias, version in client.get_registered_model(name).aliases.items()}
    check.equal("aliases of the model", aliases, {"champion": "2", "first": "1"})
    client.delete_registered_model_alias(name, "first")
    check.refused(
        "a deleted alias", "INVALID_PARAMETER_VALUE", lambda: client.get_model_version_by_alias(name, "first"), "first"
    )


def tags_and_describes(journey: Journey):
    client, name = journey.client, journey.model_name
    client.update_registered_model(name, "Tells irises apart – täglich")
    client.set_registered_model_tag(name, "team", "flora")
    client.set_registered_model_tag(name, "gone", "soon")
    client.delete_registered_model_tag(name, "gone")
    model = client.get_registered_model(name)
    check.equal("description", model.description, "Tells irises apart – täglich")
    check.equal("tags", model.tags, {"team": "flora"})

    client.update_model_version(name, "2", "hardly fitted")
    client.set_model_version_tag(name, "2", "validated by", "ci")
    client.set_model_version_tag(name, "2", "gone", "soon")
    client.delete_model_version_tag(name, "2", "gone")
    version = client.get_model_version(name, "2")
    check.equal("description of the version", version.description, "hardly fitted")
    check.equal("tags of the version", version.tags, {"validated by": "ci"})
    check.equal("stage is untouched", version.current_stage, "Production")


def searches_models_and_versions(journey: Journey):
    client = journey.client
    for number in (1, 2, 3):
        client.create_registered_model(f"{journey.stem}-aside-{number}", tags={"number": str(number)})
    pages, token = [], None
    while True:
        page = client.search_registered_models(
            f"name LIKE '{journey.stem}-aside-%'", max_results=2, order_by=["name DESC"], page_token=token
        )
        pages.append([model.name[-1] for model in page])
        token = page.token
        if not token:
            break
    check.equal("pages of models", pages, [["3", "2"], ["1"]])
    tagged = client.search_registered_models(f"name ILIKE '{journey.stem.upper()}%' AND tags.number = '2'")
    check.equal("models by tag", [model.name for model in tagged], [f"{journey.stem}-aside-2"])

    expectations = {
        f"name = '{journey.model_name}'": ["2", "1"],
        f"run_id = '{journey.trained_run_id}'": ["1"],
        f"name = '{journey.model_name}' AND tags.`validated by` = 'ci'": ["2"],
    }
    for condition, versions in expectations.items():
        found = client.search_model_versions(condition, order_by=["version_number DESC"])
        check.equal(condition, [str(version.version) for version in found], versions)


def promotes_another_model_in_between(journey: Journey):
    """Transitions of two models interleave, so a consumer that orders by model has something to order."""
    client = journey.client
    other = f"{journey.stem}-other"
    client.create_registered_model(other, description="a second model")
    check.equal("first version of the other model", _register_trained(journey, other), "1")
    promote(journey, other, "1", "Production")
    promote(journey, journey.model_name, "2", "Staging")
    promote(journey, other, "1", "Archived")
    promote(journey, journey.model_name, "2", "Production")
    promote(journey, other, "1", "None")
    check.equal("stages in the end", _stages(journey), {"1": "Archived", "2": "Production"})


def refuses_what_is_not_there(journey: Journey):
    client, name = journey.client, journey.model_name
    missing = "RESOURCE_DOES_NOT_EXIST"
    check.refused("an unknown model", missing, lambda: client.get_registered_model(f"{name}-no"), f"{name}-no")
    check.refused("an unknown version", missing, lambda: client.get_model_version(name, "99"), "99")
    check.refused(
        "a model that exists", "RESOURCE_ALREADY_EXISTS", lambda: client.create_registered_model(name), name
    )
    invalid = "INVALID_PARAMETER_VALUE"
    check.refused(
        "an unknown stage",
        invalid,
        lambda: client.transition_model_version_stage(name, "2", "Orbit"),
        "Invalid Model Version stage",
    )
    check.refused("a bad filter", invalid, lambda: client.search_registered_models("name > 'a'"))
    check.refused("a bad name", invalid, lambda: client.create_registered_model("a/b"), "cannot contain '/'")
    check.refused("a reserved alias", invalid, lambda: client.set_registered_model_alias(name, "v1", "1"), "reserved")


def renames_and_deletes(journey: Journey):
    client = journey.client
    old, new = f"{journey.stem}-aside-1", f"{journey.stem}-renamed"
    client.rename_registered_model(old, new)
    check.equal("tags after the new name", client.get_registered_model(new).tags, {"number": "1"})
    check.refused("the old name", "RESOURCE_DOES_NOT_EXIST", lambda: client.get_registered_model(old))

    _register_trained(journey, new)
    _register_trained(journey, new)
    client.delete_model_version(new, "2")
    check.refused("a deleted version", "RESOURCE_DOES_NOT_EXIST", lambda: client.get_model_version(new, "2"))
    check.equal("numbers are not used again", _register_trained(journey, new), "3")
    client.delete_registered_model(new)
    check.refused("the deleted model", "RESOURCE_DOES_NOT_EXIST", lambda: client.get_registered_model(new))
    check.equal("its versions", len(client.search_model_versions(f"name = '{new}'")), 0)


def promote(journey: Journey, name: str, version: str, stage: str, archives: dict[str, str] | None = None):
    """Moves a version and notes what a consumer must see; `archives` maps the versions that have to leave `stage`."""
    before = journey.client.get_model_version(name, version).current_stage
    moved: ModelVersion = journey.client.transition_model_version_stage(
        name, version, stage, archive_existing_versions=archives is not None
    )
    check.equal(f"stage of {name} version {version}", moved.current_stage, stage)
    call = len({transition["call"] for transition in journey.transitions}) + 1
    made = [(version, before, stage)] + [(other, was, "Archived") for other, was in (archives or {}).items()]
    for number, origin, target in made:
        journey.transitions.append({"call": call, "model": name, "version": number, "from": origin, "to": target})


def _register_trained(journey: Journey, name: str) -> str:
    return str(mlflow.register_model(f"runs:/{journey.trained_run_id}/model", name).version)


def _stages(journey: Journey) -> dict[str, str]:
    found = journey.client.search_model_versions(f"name = '{journey.model_name}'")
    return {str(version.version): version.current_stage for version in found}
