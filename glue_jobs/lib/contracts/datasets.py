"""All datasets by name."""

from collections.abc import Iterable

from glue_jobs.lib.contracts import music, sparkify
from glue_jobs.lib.contracts.model import Dataset
from glue_jobs.lib.run.errors import ConfigError

DATASETS = {
    dataset.name: dataset
    for module in (music, sparkify)
    for dataset in vars(module).values()
    if isinstance(dataset, Dataset)
}


def get_datasets(names: Iterable[str]) -> list[Dataset]:
    """The datasets called `names`, in this order.

    Raises:
        ConfigError: A name is not a dataset.
    """
    names = list(names)
    unknown = [name for name in names if name not in DATASETS]
    if unknown:
        raise ConfigError(f"there is no dataset '{unknown[0]}'; --datasets takes any of: {', '.join(DATASETS)}")
    return [DATASETS[name] for name in names]
