"""Sends a file by MLflow's own client and gets it back. Arguments: tracking URI, artifact URI, number of bytes."""

import hashlib
import os
import sys
import tempfile

import mlflow
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

tracking_uri, artifact_uri, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
mlflow.set_tracking_uri(tracking_uri)
repository = get_artifact_repository(artifact_uri)


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


with tempfile.TemporaryDirectory() as folder:
    sent = os.path.join(folder, "modèle 1+.bin")
    with open(sent, "wb") as file:
        for _ in range(size // 2**20):
            file.write(os.urandom(2**20))
    repository.log_artifact(sent, "deep/model")
    assert [(f.path, f.file_size) for f in repository.list_artifacts("deep/model")] == [
        ("deep/model/modèle 1+.bin", size)
    ]
    received = repository.download_artifacts("deep", folder)
    assert digest(os.path.join(received, "model", "modèle 1+.bin")) == digest(sent)
    repository.delete_artifacts("deep")
    assert repository.list_artifacts("deep/model") == []
