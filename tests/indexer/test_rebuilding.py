"""Indexes are built while others publish, taken back, repaired; canaries guard the swap."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from indexer import canaries, inspection, jobs
from indexer.archive import Archive
from indexer.archive_place import open_archive
from indexer.config import Settings
from indexer.errors import CanariesFailed, IndexDamaged, IndexMissing, LockHeld
from indexer.generations import complete_generations, current_name, open_current
from indexer.library import Library
from indexer.rebuilding import repair, rollback
from indexer.writer_lock import build_lock, builder_of, holder_of, writer_lock

News = Callable[[int], list[dict[str, str]]]
Write = Callable[..., Path]


@pytest.fixture
def built(home: Path, write: Write, news: News) -> Path:
    """A home with six articles."""
    jobs.add(home, [write(news(6))])
    return home


def ids_of(home: Path) -> set[str]:
    with closing(Library(home)) as library:
        return set(library.snapshot().engine.ids())


def test_others_publish_while_an_index_is_built(built: Path, write: Write, news: News) -> None:
    """What is added and removed meanwhile is searchable at once, and in the new index when it serves."""
    told: list[str] = []

    def publish(phase: str, done: int, total: int | None) -> None:
        if phase == "index" and done == total and not told:
            told.append(phase)
            # The reindex holds no lock of writers: these jobs would raise LockHeld.
            at_once = Settings(lock_wait_s=0)
            jobs.add(built, [write(news(9), "more.jsonl")], settings=at_once)
            jobs.remove(built, ["0"], settings=at_once)
            assert ids_of(built) == {str(n) for n in range(1, 9)}
            assert current_name(built) == "gen-000001"
            assert str(inspection.status(built).builder).startswith("process ")

    receipt = jobs.reindex(built, progress=publish)
    assert told
    assert receipt.generation == current_name(built) == "gen-000002"
    assert ids_of(built) == {str(n) for n in range(1, 9)}
    assert inspection.check(built) == []


def test_an_outgrown_index_waits_for_the_one_that_is_being_built(
    built: Path, write: Write, news: News
) -> None:
    with build_lock(built, 0):
        assert jobs.add(built, [write(news(20))]).generation == "gen-000001"
    assert jobs.catch_up(built).generation == "gen-000002"


def test_without_an_index_a_job_says_that_one_is_being_built(built: Path, write: Write, news: News) -> None:
    """The articles are archived all the same."""
    shutil.rmtree(built / "index")
    with (
        build_lock(built, 0),
        pytest.raises(LockHeld, match="the articles are archived, and the index follows"),
    ):
        jobs.add(built, [write(news(8))])
    assert inspection.status(built).articles == 8
    assert jobs.catch_up(built).indexed == 8


def test_two_builders_take_turns(built: Path) -> None:
    with build_lock(built, 0), pytest.raises(LockHeld, match=r"process \d+ on .* is building an index in"):
        jobs.reindex(built, settings=Settings(lock_wait_s=0))


def test_locks_tell_their_holder_and_nothing_when_free(built: Path) -> None:
    assert (holder_of(built), builder_of(built)) == ("", "")
    with writer_lock(built, 0):
        assert holder_of(built).startswith("process ")
        assert builder_of(built) == ""
    assert holder_of(built) == ""


def test_a_new_index_that_fails_a_canary_does_not_serve(built: Path) -> None:
    settings = Settings(canaries=("Hà Nội", "bong bóng"))  # "balloon": no article has it
    with pytest.raises(CanariesFailed, match="'bong bóng' finds nothing") as failed:
        jobs.reindex(built, settings=settings)
    assert failed.value.failures == ("the canary 'bong bóng' finds nothing",)
    assert current_name(built) == "gen-000001"
    assert len(list((built / "index").glob("gen-*"))) == 1
    receipt = jobs.reindex(built, settings=settings, swap_anyway=True)
    assert (receipt.generation, receipt.exit_code) == ("gen-000002", 1)


def test_a_new_index_that_lacks_an_article_does_not_serve(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Archive, "count", lambda _: 7)
    with pytest.raises(IndexDamaged, match="has 6 articles, the archive 7"):
        jobs.reindex(built)
    assert current_name(built) == "gen-000001"


def test_rollback_serves_the_index_before_with_what_was_published_since(
    built: Path, write: Write, news: News
) -> None:
    with closing(Library(built)) as library:
        assert library.snapshot().generation == "gen-000001"
        jobs.reindex(built)
        jobs.add(built, [write(news(8))])
        receipt = rollback(built)
        assert (receipt.generation, receipt.indexed, receipt.exit_code) == ("gen-000001", 2, 0)
        library._looked = float("-inf")  # noqa: SLF001 -- half a second later
        assert library.snapshot().generation == "gen-000001"
        assert len(set(library.snapshot().engine.ids())) == 8
    assert inspection.check(built) == []
    assert complete_generations(built) == ["gen-000001", "gen-000002"]
    with pytest.raises(IndexMissing, match="no generation before gen-000001"):
        rollback(built)
    assert rollback(built, "gen-000002").generation == "gen-000002"
    assert inspection.check(built) == []


def test_rollback_to_what_is_not_there_says_what_is(built: Path) -> None:
    with pytest.raises(IndexMissing, match=r"no generation gen-000009; kept are: gen-000001"):
        rollback(built, "gen-000009")
    with pytest.raises(IndexMissing, match="no generation x"):
        rollback(built, "../x")


def test_rollback_refuses_a_damaged_index(built: Path) -> None:
    jobs.reindex(built)
    (built / "index" / "gen-000001" / "manifest.json").unlink()
    with pytest.raises(IndexDamaged):
        rollback(built)
    assert current_name(built) == "gen-000002"


def test_a_new_index_after_a_rollback_keeps_the_serving_one(built: Path) -> None:
    jobs.reindex(built)
    rollback(built)
    assert jobs.reindex(built).generation == "gen-000003"
    assert complete_generations(built) == ["gen-000001", "gen-000003"]


def test_so_many_indexes_are_kept_as_the_setting_says(built: Path) -> None:
    for _ in range(4):
        jobs.reindex(built, settings=Settings(keep_generations=3))
    assert complete_generations(built) == ["gen-000003", "gen-000004", "gen-000005"]
    jobs.reindex(built)
    assert complete_generations(built) == ["gen-000005", "gen-000006"]


@pytest.mark.parametrize("damage", ["behind", "no index", "a file of the index", "wrong documents"])
def test_repair_mends_what_check_finds(
    built: Path, write: Write, news: News, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if damage == "behind":
        with closing(open_archive(built)) as archive:
            archive.delete(["1"])
    elif damage == "no index":
        shutil.rmtree(built / "index")
    elif damage == "a file of the index":
        for path in (built / "index").rglob("*.columns"):
            data = bytearray(path.read_bytes())
            data[len(data) // 2] ^= 255
            path.write_bytes(data)
    else:
        with monkeypatch.context() as patch:
            # A state that says more than the engine has.
            patch.setattr("indexer.indexing._upserts", lambda *_, **__: iter(()))
            jobs.add(built, [write(news(8))])
    assert inspection.check(built) != []
    repaired = repair(built)
    assert repaired.found
    assert repaired.left == ()
    assert repaired.jobs
    assert inspection.check(built) == []


def test_repair_of_what_is_whole_does_nothing(built: Path) -> None:
    repaired = repair(built)
    assert (repaired.found, repaired.jobs, repaired.left) == ((), (), ())
    assert current_name(built) == "gen-000001"


def test_repair_names_what_only_a_backup_has(built: Path) -> None:
    import sqlite3  # noqa: PLC0415

    with closing(sqlite3.connect(built / "archive.db")) as connection, connection:
        connection.execute("UPDATE articles SET content_hash = 'x' WHERE id = '1'")
    assert repair(built).left == ("article '1' is not what was archived; add it again",)


def test_canaries_are_asked_after_every_job(built: Path, write: Write, news: News) -> None:
    settings = Settings(canaries=("Hà Nội", "ha noi = 7", "المدينة = 6", "Huế"))
    receipt = jobs.add(built, [write(news(8))], settings=settings)
    # Two new articles and three of the operator's pass.
    assert (receipt.canaries, receipt.exit_code) == (5, 1)
    assert receipt.canary_failures == ("the canary 'Huế' finds nothing",)
    receipt = jobs.remove(built, ["7"], settings=settings)
    assert receipt.canary_failures == (
        "the canary 'ha noi' does not find 7",
        "the canary 'Huế' finds nothing",
    )


def test_a_job_that_lost_an_article_says_so(
    built: Path, write: Write, news: News, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.indexing._upserts", lambda *_, **__: iter(()))
    receipt = jobs.add(built, [write(news(8))])
    assert receipt.canary_failures == ("6 is not found by its id", "7 is not found by its id")
    assert receipt.exit_code == 1


def test_an_article_that_is_found_by_other_words_fails_its_canary(built: Path) -> None:
    """The index has it, with the words of another title."""
    generation = open_current(built)
    with closing(open_archive(built)) as archive:
        changed = archive.get("1")
        archive.put([type(changed)(id="1", lang="vi", title="bong bóng bay")])
        report = canaries.ask_canaries(generation, archive, ["0", "1"], ())
        archive.delete(["0"])
        gone = canaries.ask_canaries(generation, archive, ["0"], ())
    generation.engine.close()
    assert report.passed == 1
    assert report.failures == ("1 is not found by its title 'bong bóng bay'",)
    assert gone.failures == ("0 was removed and is still found by its id",)


def test_a_sample_is_spread_evenly() -> None:
    ids = [str(n) for n in range(1_000)]
    sample = canaries.sample_of(ids)
    assert (len(sample), sample[0], sample[-1]) == (canaries.SAMPLE, "0", "999")
    assert canaries.sample_of(ids[:3]) == ids[:3]
