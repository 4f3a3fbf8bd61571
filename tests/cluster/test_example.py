"""examples/cluster says what the tests have tried."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cluster.servers.nodes import QUICK_TO_NOTICE
from tests.cluster.servers.software import VERSION

COMPOSE = (Path(__file__).resolve().parents[2] / "examples" / "cluster" / "compose.yaml").read_text("utf-8")


@pytest.mark.parametrize("name", sorted(QUICK_TO_NOTICE))
def test_nodes_have_the_settings_of_the_tests(name: str) -> None:
    value = QUICK_TO_NOTICE[name]
    assert f"  {name}: {value}\n" in COMPOSE.replace('"', "")


def test_the_version_is_that_of_the_tests() -> None:
    assert f"image: opensearchproject/opensearch:{VERSION.rpartition('.')[0]}\n" in COMPOSE
