"""Clients that log, upload, search and register without a pause, while somebody restarts the server under them.

    python load.py http://127.0.0.1:5000 CLIENTS

Goes on until its standard input ends. Prints one JSON object: how many calls of MLflow's client were made, which of them failed, and what was acknowledged
and is not there when it is over.
"""

import concurrent.futures
import json
import logging
import multiprocessing
import sys
import tempfile
import time
import traceback
import uuid
import warnings
from pathlib import Path

THREADS_PER_PROCESS = 5


def main(tracking_uri: str, clients: int) -> None:
    groups = [min(THREADS_PER_PROCESS, clients - first) for first in range(0, clients, THREADS_PER_PROCESS)]
    context = multiprocessing.get_context("spawn")
    shared = (context.Barrier(len(groups)), context.Event())
    with context.Pool(len(groups), initializer=prepare, initargs=shared) as pool:
        running = pool.starmap_async(run_group, [(tracking_uri, size) for size in groups], chunksize=1)
        sys.stdin.read()
        shared[1].set()
        results = running.get()
    print(
        json.dumps(
            {
                "calls": sum(result["calls"] for result in results),
                "trainings": sum(result["trainings"] for result in results),
                "slowestSeconds": max(result["slowestSeconds"] for result in results),
                "failures": [failure for result in results for failure in result["failures"]],
                "missing": [missing for result in results for missing in result["missing"]],
            }
        ),
        flush=True,
    )


def prepare(all_are_ready, told_to_stop) -> None:
    """Importing the client takes seconds; the load begins when every process has done so."""
    global ready, stopping
    ready, stopping = all_are_ready, told_to_stop
    warnings.filterwarnings("ignore")
    import mlflow

    logging.getLogger("mlflow").setLevel(logging.ERROR)
    mlflow.MlflowClient  # noqa: B018


def run_group(tracking_uri: str, size: int) -> dict:
    ready.wait()
    with concurrent.futures.ThreadPoolExecutor(size) as threads:
        clients = list(threads.map(lambda _: Client(tracking_uri).work(), range(size)))
    return {
        "calls": sum(client.calls for client in clients),
        "trainings": sum(len(client.finished) for client in clients),
        "slowestSeconds": max(client.slowest for client in clients),
        "failures": [failure for client in clients for failure in client.failures],
        "missing": [missing for client in clients for missing in client.missing],
    }


class Client:
    def __init__(self, tracking_uri: str):
        from mlflow import MlflowClient

        self.mlflow = MlflowClient(tracking_uri)
        self.name = f"rolling-{uuid.uuid4().hex[:12]}"
        self.calls = 0
        self.slowest = 0.0
        self.failures: list[str] = []
        self.finished: list[str] = []
        self.missing: list[str] = []

    def call(self, method, *args, **kwargs):
        self.calls += 1
        started = time.monotonic()
        try:
            return method(*args, **kwargs)
        except Exception as error:
            self.failures.append(f"{method.__name__}: {type(error).__name__}: {str(error)[:300]}")
            raise
        finally:
            self.slowest = max(self.slowest, time.monotonic() - started)

    def work(self) -> "Client":
        try:
            experiment = self.call(self.mlflow.create_experiment, self.name)
            self.call(self.mlflow.create_registered_model, self.name)
        except Exception:
            traceback.print_exc()
            return self
        while not stopping.is_set():
            try:
                self.train(experiment)
            except Exception:
                pass  # noted by `call`; the next training begins anew
        try:
            self.look_back(experiment)
        except Exception:
            pass
        return self

    def train(self, experiment: str) -> None:
        from mlflow.entities import Metric, Param, RunTag

        number = str(len(self.finished))
        run = self.call(self.mlflow.create_run, experiment, tags={"number": number}).info.run_id
        now = int(time.time() * 1000)
        params = [Param(f"p{at}", str(at)) for at in range(10)]
        self.call(self.mlflow.log_batch, run, params=params, tags=[RunTag("kind", "rolling")])
        for step in range(10):
            metrics = [Metric(f"m{at}", step + at, now + step, step) for at in range(5)]
            self.call(self.mlflow.log_batch, run, metrics=metrics)
        self.call(self.mlflow.log_metric, run, "score", float(number))
        self.call(self.mlflow.log_text, run, "x" * 200_000, "model/weights.txt")
        self.call(self.mlflow.list_artifacts, run, "model")
        with tempfile.TemporaryDirectory() as folder:
            path = self.call(self.mlflow.download_artifacts, run, "model/weights.txt", folder)
            self.expect("bytes of a download", Path(path).stat().st_size, 200_000)
        history = self.call(self.mlflow.get_metric_history, run, "m0")
        self.expect("points of a metric", len(history), 10)
        self.call(self.mlflow.search_runs, [experiment], "metrics.score >= 0", max_results=5)
        source = f"{run_uri(run)}/model"
        version = self.call(self.mlflow.create_model_version, self.name, source, run_id=run).version
        self.call(self.mlflow.set_registered_model_alias, self.name, "champion", version)
        self.call(self.mlflow.transition_model_version_stage, self.name, version, "Production", True)
        self.call(self.mlflow.search_model_versions, f"name = '{self.name}'", max_results=5)
        self.call(self.mlflow.set_terminated, run)
        self.finished.append(run)

    def expect(self, what: str, actual, expected) -> None:
        if actual != expected:
            self.missing.append(f"{what}: {actual} instead of {expected}")

    def look_back(self, experiment: str) -> None:
        """Every training that was acknowledged to its end is there, whole."""
        found = {}
        token = None
        while True:
            page = self.call(self.mlflow.search_runs, [experiment], max_results=100, page_token=token)
            found |= {run.info.run_id: run for run in page}
            token = page.token
            if not token:
                break
        for number, run in enumerate(self.finished):
            stored = found.get(run)
            self.expect(f"status of run {run}", stored and stored.info.status, "FINISHED")
            self.expect(f"score of run {run}", stored and stored.data.metrics.get("score"), float(number))
        champion = self.call(self.mlflow.get_model_version_by_alias, self.name, "champion")
        if not self.failures:
            self.expect("the champion", champion.version, str(len(self.finished)))


def run_uri(run: str) -> str:
    return f"runs:/{run}"


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python load.py TRACKING_URI CLIENTS")
    main(sys.argv[1], int(sys.argv[2]))
