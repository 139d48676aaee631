"""What people said of mentions, and the versions of the model that know it."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from core.records import Correction, ModelVersion, RelevanceLabel


class Taught(Protocol):
    """Corrections, answers about relevance, and model versions."""

    def add_correction(self, correction: Correction) -> None:
        """Keep what a person says; a repeated one is a no-op. Durable before it returns."""

    def corrections(self, position: int = 0, limit: int = 1_000) -> list[tuple[int, Correction]]:
        """Return corrections after `position` with their positions, in the order they were given."""

    def said(self, mention_ids: Iterable[str]) -> dict[str, list[tuple[int, Correction]]]:
        """Return what was ever said of each of these mentions, with positions, the one in force last."""

    def add_relevance(self, label: RelevanceLabel) -> None:
        """Keep whether a mention is about a brand, and let the match count, or not, as that says.

        A repeated one is a no-op. Durable before it returns.
        """

    def relevance_labels(self, position: int = 0, limit: int = 1_000) -> list[tuple[int, RelevanceLabel]]:
        """Return such labels after `position` with their positions, in the order they were given."""

    def judge(self, ours: Mapping[tuple[str, str], float | None]) -> int:
        """Replace P(ours) of matches by mention id and brand; return how many began or ceased to count.

        Rollups and narrative bins are adjusted by the difference. What a person said stays in force.
        """

    def save_version(self, version: ModelVersion) -> None:
        """Insert or update a model version by its number."""

    def versions(self, limit: int = 100) -> list[ModelVersion]:
        """Return model versions, newest first, with their weights."""
