"""What the steps of the journey hand to each other."""

from dataclasses import dataclass, field
from typing import Any

import mlflow
from mlflow import MlflowClient
from packaging.version import Version

# MLflow 3 keeps models beside runs ("logged models"); MLflow 2 keeps them among the run's artifacts.
HAS_LOGGED_MODELS = Version(mlflow.__version__).major >= 3


@dataclass
class Journey:
    client: MlflowClient
    # Part of every name this journey makes, so that it can run again and again against the same server.
    stem: str
    experiment_id: str = ""
    # The run that autolog filled, its fitted estimator and the rows it is asked to predict.
    trained_run_id: str = ""
    estimator: Any = None
    test_rows: Any = None
    # Runs with `width` 1..5, to be searched.
    sweep: list[str] = field(default_factory=list)
    # Predictions that each version of the registered model must repeat.
    predictions: dict[str, Any] = field(default_factory=dict)
    # Every stage transition made; `call` groups those that one request caused together.
    transitions: list[dict[str, Any]] = field(default_factory=list)

    @property
    def experiment_name(self) -> str:
        return f"{self.stem} iris"

    @property
    def model_name(self) -> str:
        return f"{self.stem}-classifier"
