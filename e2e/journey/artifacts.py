"""Artifacts: folders with awkward names there and back, listings, text, JSON and tables."""

import hashlib
import os
import tempfile
from pathlib import Path

import mlflow
import pandas
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

import check
from context import Journey

# No "#" or "?": the client itself cuts a name there before it sends it.
FILES = {
    "plain.txt": b"plain",
    "empty.bin": b"",
    "with space & ampersand.txt": b"space and ampersand",
    "größe/日本語 ファイル.txt": "größe".encode(),
    "deep/er/und tiefer/50% + more.csv": b"a,b\n1,2\n",
    "semi;colon=equals,comma.txt": b"reserved",
    "large.bin": hashlib.shake_256(b"millrace").digest(12 * 1024 * 1024),
}


def uploads_and_downloads_a_folder(journey: Journey):
    with tempfile.TemporaryDirectory() as folder:
        for name, content in FILES.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        with mlflow.start_run(run_name="folder"):
            mlflow.log_artifacts(folder, "a folder & more")
            mlflow.log_artifact(os.path.join(folder, "plain.txt"))

    run_id = mlflow.last_active_run().info.run_id
    with tempfile.TemporaryDirectory() as folder:
        local = mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="a folder & more", dst_path=folder)
        check.equal("files that came back", _digests(local), {name: _digest(data) for name, data in FILES.items()})
        single = mlflow.artifacts.download_artifacts(
            run_id=run_id, artifact_path="a folder & more/größe/日本語 ファイル.txt", dst_path=folder
        )
        check.equal("a single file", Path(single).read_text("utf-8"), "größe")


def lists_folder_by_folder(journey: Journey):
    run_id = mlflow.last_active_run().info.run_id

    def listed(path=None):
        # Of an empty file some servers tell size 0 and others none: to the client it is the same.
        return [(item.path, item.is_dir, item.file_size or None) for item in journey.client.list_artifacts(run_id, path)]

    check.equal("the root", listed(), [("a folder & more", True, None), ("plain.txt", False, 5)])
    base = "a folder & more"
    check.equal(
        "the folder",
        sorted(listed(base)),
        sorted(
            [(f"{base}/{name}", False, len(data) or None) for name, data in FILES.items() if "/" not in name]
            + [(f"{base}/deep", True, None), (f"{base}/größe", True, None)]
        ),
    )
    check.equal("a folder of folders", listed(f"{base}/deep"), [(f"{base}/deep/er", True, None)])
    check.equal("below a file", listed("plain.txt"), [])
    check.equal("below nothing", listed("no such folder"), [])


def deletes_a_folder(journey: Journey):
    """The way `mlflow gc` frees the bytes of a run."""
    run = mlflow.last_active_run()
    get_artifact_repository(run.info.artifact_uri).delete_artifacts("a folder & more/deep")
    left = [item.path for item in journey.client.list_artifacts(run.info.run_id, "a folder & more")]
    check.equal("the deleted folder is gone", "a folder & more/deep" in left, False)
    check.equal("its neighbour is not", "a folder & more/größe" in left, True)


def logs_text_json_and_tables(journey: Journey):
    with mlflow.start_run(run_name="text") as run:
        mlflow.log_text("one\ntwö\n", "notes/read me.txt")
        mlflow.log_dict({"rate": 0.1, "names": ["a", "ü"]}, "config.json")
        mlflow.log_table(pandas.DataFrame({"row": [1, 2]}), "table.json")
        mlflow.log_table(pandas.DataFrame({"row": [3]}), "table.json")
    root = run.info.artifact_uri
    check.equal("text", mlflow.artifacts.load_text(f"{root}/notes/read me.txt"), "one\ntwö\n")
    check.equal("JSON", mlflow.artifacts.load_dict(f"{root}/config.json"), {"rate": 0.1, "names": ["a", "ü"]})
    table = mlflow.load_table("table.json", run_ids=[run.info.run_id])
    check.equal("rows of the table, appended to", table["row"].tolist(), [1, 2, 3])


def refuses_what_is_not_there(journey: Journey):
    run_id = mlflow.last_active_run().info.run_id
    try:
        mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="no such file.txt")
    except Exception as error:
        check.holds("the message names the file", "no such file.txt" in str(error), error)
        return
    raise check.CheckFailed("a file that is not there: expected an error, got a file")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _digests(folder: str) -> dict[str, str]:
    files = (path for path in Path(folder).rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): _digest(path.read_bytes()) for path in files}
