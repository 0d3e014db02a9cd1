"""Sends a large file to a run with MLflow's own client and gets it back.

Arguments: tracking URI, folder, number of gigabytes. Prints the seconds up and down as JSON.
"""

import hashlib
import json
import os
import sys
import time

import mlflow

tracking_uri, folder, gigabytes = sys.argv[1], sys.argv[2], float(sys.argv[3])
mlflow.set_tracking_uri(tracking_uri)
mlflow.set_experiment("large files")


def digest(path):
    hash = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(2**20):
            hash.update(chunk)
    return hash.hexdigest()


sent = os.path.join(folder, "sent.bin")
block = os.urandom(10_000_000)
with open(sent, "wb") as file:
    for number in range(round(gigabytes * 100)):
        file.write(number.to_bytes(8, "big"))
        file.write(block[8:])
with mlflow.start_run() as run:
    begin = time.time()
    mlflow.log_artifact(sent)
    up = time.time() - begin
expected = digest(sent)
os.remove(sent)
begin = time.time()
received = mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="sent.bin", dst_path=folder)
down = time.time() - begin
size = os.path.getsize(received)
assert digest(received) == expected, "the file came back changed"
os.remove(received)
print(json.dumps({"bytes": size, "up": up, "down": down}))
