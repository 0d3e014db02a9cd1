"""What is kept beside versions: copies, prompts, what a version holds, and the ledger of its stages."""

import time

import mlflow
import requests

import check
from context import HAS_LOGGED_MODELS, Journey

prompts = mlflow.genai if HAS_LOGGED_MODELS else mlflow


def copies_a_version(journey: Journey):
    client, name = journey.client, journey.model_name
    copied_to = f"{journey.stem}-copy"
    copy = client.copy_model_version(f"models:/{name}/1", copied_to)
    check.equal("version of the copy", str(copy.version), "1")
    again = client.copy_model_version(f"models:/{copied_to}/1", copied_to)
    original = client.get_model_version_download_uri(name, "1")
    for version in ("1", "2"):
        check.equal("files of the copy", client.get_model_version_download_uri(copied_to, version), original)
    check.equal("run of the copy", again.run_id, journey.trained_run_id)
    loaded = mlflow.sklearn.load_model(f"models:/{copied_to}/2")
    check.same_numbers("the copy", loaded.predict(journey.test_rows), journey.predictions["1"])


def keeps_prompts(journey: Journey):
    client, name = journey.client, f"{journey.stem}-prompt"
    prompts.register_prompt(name=name, template="Hello {{ name }}", commit_message="first")
    second = prompts.register_prompt(name=name, template="Good day {{ name }}")
    check.equal("second version", int(second.version), 2)
    check.equal("first template", prompts.load_prompt(f"prompts:/{name}/1").template, "Hello {{ name }}")
    prompts.set_prompt_alias(name, alias="live", version=2)
    check.equal("template by alias", prompts.load_prompt(f"prompts:/{name}@live").template, "Good day {{ name }}")
    check.equal("filled in", second.format(name="you"), "Good day you")
    shown = client.search_registered_models(f"name LIKE '{journey.stem}%'")
    check.holds("prompts are no models", name not in [model.name for model in shown], shown)
    check.equal("nor are their versions", len(client.search_model_versions(f"name = '{name}'")), 0)
    prompts.delete_prompt_alias(name, alias="live")


def tells_what_a_version_holds(journey: Journey):
    told = _asked("model-versions/contents", name=journey.model_name, version="1")
    while told["pending"]:
        time.sleep(0.1)
        told = _asked("model-versions/contents", name=journey.model_name, version="1")
    check.equal("flavours", told["flavors"], ["python_function", "sklearn"])
    check.equal("run", told["run_id"], journey.trained_run_id)
    check.equal("experiment", told["experiment_id"], journey.experiment_id)
    check.equal("length of the commit", len(told["git_commit"]), 40)
    check.equal("length of the hash", len(told["mlmodel_sha256"]), 64)
    check.holds("a signature of the inputs", "sepal length" in told["signature_inputs"], told)


def keeps_a_ledger_of_stages(journey: Journey):
    name = journey.model_name
    transitions = _asked("registered-models/transitions", name=name)["transitions"]
    seen = [(entry["version"], entry["from_stage"], entry["to_stage"]) for entry in reversed(transitions)]
    made = [(move["version"], move["from"], move["to"]) for move in journey.transitions if move["model"] == name]
    moves = [move for move in seen if move[1] not in ("", move[2])]
    check.equal("moves in the ledger", sorted(moves), sorted(made))
    first = next(entry for entry in reversed(transitions) if entry["to_stage"] == "Production")
    for at, version in ((first["timestamp"] - 1, []), (first["timestamp"], ["1"])):
        holders = _asked("registered-models/holder", name=name, stage="Production", at=at)
        check.equal(f"in Production at {at}", [holder["version"] for holder in holders.get("holders", [])], version)
    moved = next(entry for entry in transitions if entry["kind"] == "TRANSITIONED")
    check.equal("hash of the MLmodel file", len(moved["mlmodel_sha256"]), 64)
    check.equal("the ledger", _asked("registered-models/transitions/verify", name=name)["intact"], True)


def rolls_back(journey: Journey):
    name = f"{journey.stem}-copy"
    client = journey.client
    for version in ("1", "2"):
        client.transition_model_version_stage(name, version, "Production", archive_existing_versions=True)
    body = {"name": name, "stage": "Production", "from_version": "2", "comment": "worse than before"}
    path = "registered-models/rollback-stage"
    answer = requests.post(_address(path), json=body, timeout=10)
    check.equal("status of the rollback", answer.status_code, 200)
    check.equal("back in Production", str(client.get_latest_versions(name, ["Production"])[0].version), "1")
    check.equal("archived", client.get_model_version(name, "2").current_stage, "Archived")
    check.equal("the same again", requests.post(_address(path), json=body, timeout=10).status_code, 409)


def _asked(path: str, **query) -> dict:
    answer = requests.get(_address(path), params=query, timeout=10)
    check.equal(f"status of {path} ({answer.text})", answer.status_code, 200)
    return answer.json()


def _address(path: str) -> str:
    return f"{mlflow.get_tracking_uri()}/api/2.0/mlflow/{path}"
