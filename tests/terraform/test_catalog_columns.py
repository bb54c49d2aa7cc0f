"""The tables over quarantine and the contracts of the datasets agree, though one is Terraform's and one Python's."""

import json
from pathlib import Path

import pytest

from glue_jobs.lib.contracts.datasets import DATASETS

COLUMNS = json.loads((Path(__file__).parents[2] / "terraform" / "catalog_columns.json").read_text(encoding="utf-8"))


def describe_catalog_columns():
    def it_names_every_dataset():
        assert set(COLUMNS) == set(DATASETS)

    @pytest.mark.parametrize("name", DATASETS)
    def it_names_the_fields_of_the_contract(name):
        assert COLUMNS[name] == list(DATASETS[name].field_names)
