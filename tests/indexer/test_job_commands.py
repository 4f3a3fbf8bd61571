"""The commands around jobs: what they print where, and which exit code they end with."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from click.testing import Result

from indexer import jobs
from indexer.writer_lock import writer_lock

News = Callable[[int], list[dict[str, str]]]
Write = Callable[..., Path]
Run = Callable[..., Result]


def test_sync_prints_one_line_and_ends_with_0(run: Run, write: Write, news: News) -> None:
    path = write(news(8))
    result = run("sync", path)
    assert result.exit_code == 0
    assert result.stdout.startswith("8 new, 0 changed, 0 unchanged, 0 removed, 8 indexed in ")
    assert result.stderr == ""
    write(news(7))
    assert run("sync", path).stdout.startswith("0 new, 0 changed, 7 unchanged, 1 removed, 0 indexed in ")


def test_sync_names_what_it_kept_and_ends_with_1(run: Run, write: Write, news: News) -> None:
    path = write(news(60))
    run("sync", path)
    write(news(50))
    result = run("sync", path)
    assert result.exit_code == 1
    assert f"{path}: 10 articles are gone there and were kept (50, 51, " in result.stderr
    assert (
        "for 10 of 60 articles are gone, more than one of 10; --remove-anyway removes them" in result.stderr
    )
    receipt = json.loads(run("sync", "--json", path).stdout)
    assert (receipt["kept"], receipt["exit_code"]) == (10, 1)
    assert run("sync", "--remove-anyway", path).exit_code == 0


def test_a_dry_run_says_so(run: Run, write: Write, news: News, home: Path) -> None:
    result = run("sync", "--dry-run", write(news(3)))
    assert result.stdout == "would be: 3 new, 0 changed, 0 unchanged, 0 removed; nothing was written\n"
    assert not home.exists()


def test_sync_of_a_sitemap_names_pages(run: Run, tmp_path: Path, write: Write, news: News) -> None:
    run("add", write([r | {"url": f"https://example.org/{r['id']}"} for r in news(2)]))
    pages = "".join(f"<url><loc>https://example.org/{n}</loc></url>" for n in range(1, 7))
    path = tmp_path / "sitemap.xml"
    path.write_text(f"<urlset>{pages}</urlset>", encoding="utf-8")
    result = run("sync", path)
    assert result.exit_code == 0
    assert "5 pages are not in the archive: https://example.org/2, https://example.org/3, " in result.stderr
    assert result.stderr.endswith(", ...\n")


def test_a_source_that_is_not_there_ends_with_2(run: Run, tmp_path: Path) -> None:
    result = run("sync", tmp_path / "nowhere")
    assert result.exit_code == 2
    assert "does not exist, and nothing was removed" in result.stderr


def test_sources_are_listed_and_forgotten(run: Run, write: Write, news: News) -> None:
    path = write(news(3))
    run("sync", path)
    assert run("sources", "list").stdout == f"       3 {path}\n"
    assert json.loads(run("sources", "list", "--json").stdout) == {str(path): 3}
    assert run("sources", "forget", path).stdout == "3 articles stay\n"
    assert run("sources", "list").stdout == ""


def test_withdraw_and_held(run: Run, write: Write, news: News) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="seconds")
    records = news(4)
    records[3]["publish_at"] = tomorrow
    assert run("add", write(records)).stdout.startswith(
        "3 new, 0 changed, 0 unchanged, 1 held, 3 indexed in "
    )
    assert run("withdraw", "--reason", "court order", "1").stdout.startswith(
        "1 removed, 1 held, 0 indexed in "
    )
    assert run("held").stdout == f"1  withdrawn by order: court order\n3  embargoed until {tomorrow}\n"
    (first, second) = json.loads(run("held", "--json").stdout)
    assert (first["id"], first["ordered"], second["until"]) == ("1", True, tomorrow)
    status = run("status").stdout
    assert f"held         1 under embargo (next {tomorrow}), 1 withdrawn" in status
    assert run("withdraw", "--undo", "1").stdout.startswith("1 new, 1 indexed in ")
    assert run("held").stdout == f"3  embargoed until {tomorrow}\n"


def test_history_prints_versions_and_differences(run: Run, write: Write) -> None:
    record = {"id": "1", "lang": "vi", "title": "Hà Nội", "body": "Một.\n\nHai."}
    run("add", write([record]))
    run("add", write([record | {"body": "Một.\n\nHai, đã sửa."}]))  # "two, corrected"
    lines = run("history", "1").stdout.splitlines()
    assert [line.split("  ")[2] for line in lines] == ["public", lines[1].split("  ")[2]]
    assert lines[1].split("  ")[2].startswith("changed until ")
    differences = run("history", "--diff", "1").stdout
    assert "    -body: Hai.\n    +body: Hai, đã sửa.\n" in differences
    assert "Một" not in differences
    found = json.loads(run("history", "--json", "1").stdout)
    assert [version["record"]["body"][1] for version in found] == ["Hai, đã sửa.", "Hai."]


def test_a_history_that_is_not_there_ends_with_2(run: Run, write: Write, news: News) -> None:
    run("add", write(news(1)))
    result = run("history", "nobody")
    assert result.exit_code == 2
    assert "no article with the id 'nobody'" in result.stderr


def test_remove_erases_on_request(run: Run, write: Write, news: News) -> None:
    run("add", write(news(2)))
    assert run("remove", "--erase", "1").exit_code == 0
    assert run("history", "1").exit_code == 2


def test_check_repairs_on_request(run: Run, home: Path, write: Write, news: News) -> None:
    run("add", write(news(3)))
    (home / "index" / "CURRENT").unlink()
    result = run("check", "--repair")
    assert result.exit_code == 0
    assert "there is no index" in result.stdout
    assert "repair: 3 indexed in " in result.stdout
    assert result.stdout.endswith("archive and index are whole and agree\n")
    assert run("check").exit_code == 0


def test_rollback_prints_what_serves(run: Run, write: Write, news: News) -> None:
    run("add", write(news(3)))
    assert run("rollback").exit_code == 2
    run("reindex")
    assert "kept         gen-000001" in run("status").stdout
    result = run("rollback")
    assert (result.exit_code, result.stdout.endswith(" (gen-000001)\n")) == (0, True)
    assert run("rollback", "gen-000002").stdout.endswith(" (gen-000002)\n")


def test_a_failed_canary_is_named_and_ends_with_1(run: Run, home: Path, write: Write, news: News) -> None:
    home.mkdir()
    (home / "dalil.toml").write_text('canaries = ["Huế"]\n', encoding="utf-8")
    result = run("add", write(news(3)))
    assert result.exit_code == 1
    assert result.stderr == "not found: the canary 'Huế' finds nothing\n"
    refused = run("reindex")
    assert refused.exit_code == 2
    assert (
        "the new index does not serve, the one before does: the canary 'Huế' finds nothing" in refused.stderr
    )
    assert run("reindex", "--swap-anyway").exit_code == 1


def test_backup_and_restore(run: Run, home: Path, tmp_path: Path, write: Write, news: News) -> None:
    run("add", write(news(3)))
    result = run("backup", tmp_path / "copy")
    assert result.stdout.startswith("3 articles up to change 3, gen-000001, ")
    assert result.stdout.endswith(f"{tmp_path / 'copy'}\n")
    assert json.loads(run("backup", "--json", tmp_path / "copy.tar.gz").stdout)["articles"] == 3
    assert run("restore", tmp_path / "copy").exit_code == 2
    run("remove", "1")
    assert run("restore", "--replace", tmp_path / "copy").exit_code == 0
    assert run("check").exit_code == 0
    assert json.loads(run("status", "--json").stdout)["articles"] == 3
    assert home.exists()


def test_quarantine_is_shown_retried_and_dropped(run: Run, write: Write, news: News) -> None:
    path = write([*news(1), "{broken", "{also"])
    run("add", path)
    numbers = [record["number"] for record in json.loads(run("quarantine", "list", "--json").stdout)]
    shown = run("quarantine", "show", numbers[0]).stdout
    assert f"place    {path}, line 2" in shown
    assert "begins   {broken" in shown
    assert run("quarantine", "show", 999).exit_code == 2
    assert run("quarantine", "drop", numbers[0]).stdout == "1 records forgotten\n"
    assert run("quarantine", "retry").exit_code == 1  # still broken, both lines
    write(news(3))
    result = run("quarantine", "retry")
    assert (result.exit_code, result.stdout.startswith("2 new, 0 changed, 1 unchanged")) == (0, True)
    assert run("quarantine", "list").stdout == ""
    assert run("quarantine", "retry").stdout == "nothing is in quarantine\n"


def test_retrying_a_file_that_is_gone_keeps_it_in_quarantine(run: Run, write: Write, news: News) -> None:
    gone, kept = write([*news(1), "{broken"], "gone.jsonl"), write(["{broken"], "kept.jsonl")
    run("add", gone, kept)
    gone.unlink()
    result = run("quarantine", "retry")
    assert result.exit_code == 1
    assert f"rejected {gone}: {gone} does not exist" in result.stderr
    assert len(json.loads(run("quarantine", "list", "--json").stdout)) == 2


def test_status_is_for_people(run: Run, home: Path, write: Write, news: News) -> None:
    path = write(news(3))
    run("sync", path)
    text = run("status").stdout
    assert f"source       {path}, 3 articles\n" in text
    assert "last job     sync, 20" in text
    assert ", all well\n" in text
    assert "writing" not in text
    with writer_lock(home, 0):
        assert "writing      process " in run("status").stdout
    (home / "dalil.toml").write_text('canaries = ["Huế"]\n', encoding="utf-8")
    jobs.catch_up(home)
    assert ", exit code 1\n" in run("status").stdout
