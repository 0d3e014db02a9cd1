"""`search_runs`: filters, order, pages, and filters that are wrong."""

import mlflow
from mlflow.entities import ViewType

import check
from context import Journey

WIDTHS = (1, 2, 3, 4, 5)


def sweeps_five_runs(journey: Journey):
    """Five runs whose width is in a param, a metric and (odd or even) a tag; width 4 has no score."""
    for width in WIDTHS:
        with mlflow.start_run(run_name=f"sweep {width}") as run:
            mlflow.log_params({"width": width, "kind": f"Kind_{width}"})
            mlflow.log_metric("width", width)
            if width != 4:
                mlflow.log_metric("val score", 1 - width / 10)
            mlflow.set_tags({"sweep": journey.stem, "parity": "odd" if width % 2 else "even"})
        journey.sweep.append(run.info.run_id)


def filters_runs(journey: Journey):
    first = journey.sweep[0]
    expectations = {
        "metrics.width > 3": [4, 5],
        "metrics.width >= 2 AND metrics.width != 3 AND metrics.width < 5": [2, 4],
        "params.width = '2'": [2],
        "params.kind LIKE 'kind%'": [],
        "params.kind ILIKE 'KIND%' AND tags.parity = 'even'": [2, 4],
        "tags.parity != 'odd'": [2, 4],
        "metrics.`val score` <= 0.7": [3, 5],
        'metrics."val score" = 0.9': [1],
        "attributes.run_name = 'sweep 3'": [3],
        "attributes.status = 'FINISHED' AND params.width = '5'": [5],
        "attributes.status != 'FINISHED'": [],
        f"attributes.run_id IN ('{first}', '{'0' * 32}')": [1],
        "attributes.start_time > 0 AND tags.parity = 'odd'": [1, 3, 5],
    }
    for condition, widths in expectations.items():
        check.equal(condition, sorted(_widths(journey, condition, [])), widths)
    by_data = journey.client.search_runs([journey.experiment_id], "datasets.name = 'three'")
    check.equal("runs by data set", [run.info.run_name for run in by_data], ["with data"])
    everywhere = mlflow.search_runs(search_all_experiments=True, filter_string=f"tags.sweep = '{journey.stem}'")
    check.equal("runs of all experiments", sorted(everywhere["metrics.width"].tolist()), [1, 2, 3, 4, 5])
    check.equal("params in the data frame", sorted(everywhere["params.width"]), ["1", "2", "3", "4", "5"])


def orders_runs(journey: Journey):
    expectations = {
        ("metrics.width DESC",): [5, 4, 3, 2, 1],
        ("metrics.width ASC",): [1, 2, 3, 4, 5],
        ("metrics.`val score` ASC",): [5, 3, 2, 1, 4],
        ("metrics.`val score` DESC",): [1, 2, 3, 5, 4],
        ("tags.parity", "metrics.width DESC"): [4, 2, 5, 3, 1],
        ("attributes.start_time ASC",): [1, 2, 3, 4, 5],
        ("params.width DESC",): [5, 4, 3, 2, 1],
        (): [5, 4, 3, 2, 1],
    }
    for order, widths in expectations.items():
        check.equal(f"order by {order}", _widths(journey, "", list(order)), widths)


def pages_through_runs(journey: Journey):
    pages, token = [], None
    while True:
        page = journey.client.search_runs(
            [journey.experiment_id],
            f"tags.sweep = '{journey.stem}'",
            ViewType.ACTIVE_ONLY,
            max_results=2,
            order_by=["metrics.width ASC"],
            page_token=token,
        )
        pages.append([int(run.data.params["width"]) for run in page])
        token = page.token
        if not token:
            break
    check.equal("pages", pages, [[1, 2], [3, 4], [5]])


def refuses_a_bad_filter(journey: Journey):
    for condition in ("metrics.width ~ 3", "params.width = 2", "nonsense.width = '2'", "metrics.width > 'a'"):
        check.refused(
            condition,
            "INVALID_PARAMETER_VALUE",
            lambda condition=condition: journey.client.search_runs([journey.experiment_id], condition),
        )
    check.refused(
        "an unknown order",
        "INVALID_PARAMETER_VALUE",
        lambda: journey.client.search_runs([journey.experiment_id], order_by=["width UPWARDS"]),
    )


def _widths(journey: Journey, condition: str, order: list[str]) -> list[int]:
    mine = f"tags.sweep = '{journey.stem}'"
    filter_string = f"{mine} AND {condition}" if condition else mine
    found = journey.client.search_runs([journey.experiment_id], filter_string, order_by=order)
    return [int(run.data.params["width"]) for run in found]
