"""What an editor refuses on one machine is refused on all that share the archive."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from indexer import jobs, shared_vetoes
from indexer.backups import backup
from indexer.copying import copy_home
from indexer.name_vetoes import (
    FILE,
    NamesError,
    add_veto,
    drop_veto,
    read_vetoes,
    readable_vetoes,
    veto_of,
    vetoes_state,
)

Write = Callable[..., Path]
News = Callable[[int], list[dict[str, str]]]
VETO = veto_of("Phạm Thế Tùng", "فام ذا تونغ")
OTHER = veto_of("Hà Giang", "ها جيانغ")


@pytest.fixture
def machines(tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Two homes of one archive; both look at it with every search."""
    monkeypatch.setenv("DALIL_ARCHIVE_URL", postgres)
    monkeypatch.setattr(shared_vetoes, "SHARED_S", 0.0)
    shared_vetoes.shared_file.cache_clear()
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    return one, two


def test_a_veto_is_of_all_machines(machines: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused here, seen there, allowed there again; no home has a file."""
    one, two = machines
    assert read_vetoes(one) == readable_vetoes(one) == ()
    assert add_veto(one, VETO)
    assert not add_veto(two, VETO)
    assert readable_vetoes(one) == read_vetoes(two) == (VETO,)
    state = vetoes_state(two)
    assert drop_veto(two, VETO)
    assert vetoes_state(two) != state
    assert read_vetoes(one) == ()
    assert not any((home / FILE).exists() for home in machines)
    # A process of another machine, which has looked at nothing yet.
    shared_vetoes.shared_file.cache_clear()
    add_veto(one, OTHER)
    shared_vetoes.shared_file.cache_clear()
    monkeypatch.setattr(shared_vetoes, "SHARED_S", 60.0)
    assert readable_vetoes(two) == (OTHER,)


def test_the_file_of_a_home_is_where_it_begins(machines: tuple[Path, Path]) -> None:
    """What was refused before machines shared it stays refused; a file with a slip is told, and not lost."""
    one, two = machines
    (one / FILE).write_text(f"{VETO.name}\t{VETO.arabic}\n", encoding="utf-8")
    assert readable_vetoes(one) == (VETO,)
    assert add_veto(one, OTHER)
    assert set(read_vetoes(two)) == {VETO, OTHER}
    (two / FILE).write_text("a slip", encoding="utf-8")
    assert set(read_vetoes(two)) == {VETO, OTHER}


def test_a_slip_in_a_file_is_told_before_it_begins(machines: tuple[Path, Path]) -> None:
    (machines[0] / FILE).write_text("a slip", encoding="utf-8")
    with pytest.raises(NamesError, match="line 1"):
        add_veto(machines[0], OTHER)
    assert read_vetoes(machines[1]) == ()


def test_searches_go_on_without_the_database(
    machines: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They keep what they have seen; without having seen any, they have none."""
    one, _ = machines
    add_veto(one, VETO)
    monkeypatch.setenv("DALIL_ARCHIVE_URL", "postgresql://u@127.0.0.1:1/d")
    assert readable_vetoes(one) == ()


def test_vetoes_go_along(
    tmp_path: Path, write: Write, news: News, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To a server, into a backup of it, and back into a home."""
    home = tmp_path / "home"
    jobs.add(home, [write(news(2))])
    add_veto(home, VETO)
    copy_home(home, postgres)
    (home / FILE).unlink()
    monkeypatch.setenv("DALIL_ARCHIVE_URL", postgres)
    shared_vetoes.shared_file.cache_clear()
    assert read_vetoes(home) == (VETO,)
    backup(home, tmp_path / "kept")
    copy_home(home, str(tmp_path / "back"))
    monkeypatch.delenv("DALIL_ARCHIVE_URL")
    assert VETO.arabic in (tmp_path / "kept" / FILE).read_text(encoding="utf-8")
    assert read_vetoes(tmp_path / "back") == (VETO,)
