"""`python -m training.student --data ../shared/data --work DIR`."""

import argparse
from dataclasses import fields, replace
from pathlib import Path

import torch

from core.telemetry import set_up_logging
from training.student.recipe import Recipe
from training.student.train import train


def main() -> None:
    """Train with the recipe, or with some of its numbers changed."""
    parser = argparse.ArgumentParser(description="Train the student.")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder with the data sets")
    parser.add_argument("--work", type=Path, required=True, help="folder for check-points, some 500 MB")
    parser.add_argument("--threads", type=int, default=2)
    for field in fields(Recipe):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=type(field.default))
    given = vars(parser.parse_args())
    set_up_logging(json=False)
    torch.set_num_threads(given.pop("threads"))
    data, work = given.pop("data"), given.pop("work")
    changed = {name: value for name, value in given.items() if value is not None}
    train(data, work, replace(Recipe(), **changed))


if __name__ == "__main__":
    main()
