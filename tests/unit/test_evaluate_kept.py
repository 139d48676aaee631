"""Results kept between runs of an evaluation."""

from pathlib import Path

from pipeline.evaluate.kept import Kept


def test_a_damaged_result_is_made_again(tmp_path: Path) -> None:
    kept = Kept(tmp_path, ["data"])
    assert kept.result("a", list[int], lambda: [1, 2]) == [1, 2]
    assert kept.result("a", list[int], lambda: [3]) == [1, 2]
    (file,) = kept.folder.iterdir()
    file.write_text("[1, ", "utf-8")
    assert kept.result("a", list[int], lambda: [3]) == [3]
    assert kept.result("a", list[int], lambda: [4]) == [3]
