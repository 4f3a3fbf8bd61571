"""Settings are checked before anything starts, and the example file tells of each of them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from indexer.config import Settings, load_settings, secret_in
from indexer.errors import ConfigError
from search_web.web.config import PAGE_LANGUAGES, WebConfig

EXAMPLE = Path(__file__).parents[2] / "dalil.toml.example"


def settings_of(home: Path, text: str) -> Settings:
    home.mkdir(exist_ok=True)
    (home / "dalil.toml").write_text(text, encoding="utf-8")
    return load_settings(home)


def test_without_a_file_the_defaults_hold(home: Path) -> None:
    assert load_settings(home) == Settings()


def test_the_file_is_read(home: Path) -> None:
    settings = settings_of(home, 'port = 9000\ntitle = "أرشيف"\nrate_limit = ""\n')
    assert (settings.port, settings.title, settings.rate_limit) == (9000, "أرشيف", "")


@pytest.mark.parametrize(
    "address", ["", "https://news.example", "http://news.example:8080/", "http://[::1]:80", "http://10.0.0.1"]
)
def test_a_site_is_named_by_scheme_and_host(home: Path, address: str) -> None:
    assert settings_of(home, f'public_url = "{address}"\n').public_url == address


def test_the_environment_overrules_the_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DALIL_PORT", "9001")
    monkeypatch.setenv("DALIL_TITLE", "")
    settings = settings_of(home, 'port = 9000\ntitle = "News"\n')
    assert (settings.port, settings.title) == (9001, "News")


def test_a_list_in_the_environment_is_json(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DALIL_CANARIES", '["Hà Nội", "Huế = 7"]')
    assert load_settings(home).canaries == ("Hà Nội", "Huế = 7")
    monkeypatch.setenv("DALIL_CANARIES", "Hà Nội")
    with pytest.raises(ConfigError, match=r'"canaries".*write a list as \["one", "two"\]'):
        load_settings(home)


def test_the_home_variable_is_no_setting(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DALIL_HOME", str(home))
    assert load_settings(home) == Settings()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("port = 0", "dalil.toml: port is '0': input should be greater than or equal to 1"),
        ("port = true", "port is 'True': true and false mean nothing here"),
        ('port = "http"', "port is 'http': input should be a valid integer"),
        ("[port]\nnumber = 1", "port is .*: input should be a valid integer"),
        ("lock_wait_s = nan", "lock_wait_s is 'nan'"),
        ("lock_wait_s = -1", "greater than or equal to 0"),
        ('default_language = "fr"', "default_language is 'fr': input should be 'ar', 'vi' or 'en'"),
        ('rate_limit = "a lot"', "rate_limit is 'a lot': write it as '240 per minute'"),
        ('title = "  "', "title is '  ': string should have at least 1 character"),
        ('public_url = "news.example"', "public_url is 'news.example': write scheme and host"),
        ('public_url = "https://news.example/archive"', "write scheme and host, such as"),
        ('public_url = "https://a@news.example"', "write scheme and host, such as"),
        ('canaries = "abc"', "canaries is 'abc': write a list of lines"),
        ('canaries = ["Hà Nội", ""]', "canaries is '': write a list of lines"),
        ("keep_generations = 1", "keep_generations is '1': input should be greater than or equal to 2"),
        ("prot = 80", "there is no setting 'prot'; did you mean 'port'"),
        ("colour = 1", "there is no setting 'colour'; settings are lock_wait_s, "),
        ("port = ", "dalil.toml is not TOML: .*line"),
        ("port = 0\nthreads = 0", "port is .*; .*threads is "),
    ],
)
def test_a_value_that_cannot_be_used_is_told(home: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        settings_of(home, text)


def test_a_variable_that_cannot_be_used_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DALIL_PORT", "70000")
    with pytest.raises(ConfigError, match=r"^DALIL_PORT is '70000': input should be less than"):
        settings_of(home, "port = 8000")


def test_a_file_that_is_no_text_is_told(home: Path) -> None:
    home.mkdir()
    (home / "dalil.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"dalil\.toml is not TOML"):
        load_settings(home)


def test_the_example_has_every_setting_with_its_default() -> None:
    """Taking away the # before each setting gives the defaults."""
    text = re.sub(r"^# (?=[a-z_]+ = )", "", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert tomllib.loads(text) == Settings().model_dump(mode="json")


def test_the_example_explains_every_setting() -> None:
    """A comment of its own stands above each."""
    for block in re.split(r"\n\n+", EXAMPLE.read_text(encoding="utf-8")):
        if re.search(r"^# [a-z_]+ = ", block, flags=re.MULTILINE):
            assert re.match(r"# [A-Z0-9]", block), block
            assert len(re.findall(r"^# [a-z_]+ = ", block, flags=re.MULTILINE)) == 1


def test_the_example_as_it_is_changes_nothing(home: Path) -> None:
    assert settings_of(home, EXAMPLE.read_text(encoding="utf-8")) == Settings()


def test_the_pages_have_the_same_defaults() -> None:
    settings, pages = Settings(), WebConfig()
    for name in ("title", "default_language", "page_size", "rate_limit", "trusted_proxies"):
        assert getattr(settings, name) == getattr(pages, name), name
    for language in PAGE_LANGUAGES:
        assert Settings.model_validate({"default_language": language}).default_language == language


def test_a_secret_is_the_first_line_of_its_file(tmp_path: Path) -> None:
    """Without the blanks and line ends that editors put there; a file that cannot be read is named."""
    file = tmp_path / "password"
    file.write_bytes(b" s\xc3\xa9same \r\na comment\n")
    assert secret_in(str(file), "archive_password_file") == "sésame"
    with pytest.raises(ConfigError, match=r"archive_password_file .*missing.* cannot be read"):
        secret_in(str(tmp_path / "missing"), "archive_password_file")
