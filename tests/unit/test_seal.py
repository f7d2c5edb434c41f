"""A release lies as it was published, or it is refused by the name of the file that does not."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from published_demo import connected, release

from assets.releases import publish, seal
from pipelines import health, released
from pipelines.settings import Layout


@pytest.fixture
def connection():
    with connected() as one:
        yield one


def flip(path, at=None, bits=1):
    content = bytearray(path.read_bytes())
    content[len(content) // 2 if at is None else at] ^= bits
    path.write_bytes(bytes(content))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(data=st.data())
def test_one_byte_of_any_file_is_told_by_its_name(connection, tmp_path_factory, data):
    releases = tmp_path_factory.mktemp("releases")
    folder = releases / release(connection, releases)
    path = data.draw(st.sampled_from(sorted(folder.iterdir())))
    at = data.draw(st.integers(0, path.stat().st_size - 1))
    assert seal.verified(folder)["release"] == folder.name
    flip(path, at, data.draw(st.integers(1, 255)))
    with pytest.raises(seal.Altered, match=path.name) as refused:
        seal.verified(folder)
    assert len(refused.value.files) == 1


def test_every_byte_of_the_manifest_counts(connection, tmp_path):
    folder = tmp_path / release(connection, tmp_path)
    path = folder / seal.MANIFEST
    whole = path.read_bytes()
    for at in range(len(whole)):
        flip(path, at)
        with pytest.raises(seal.Altered):
            seal.manifest(folder)
        path.write_bytes(whole)
    assert seal.manifest(folder) == json.loads(whole)


def test_a_file_that_is_gone_or_was_added_is_told(connection, tmp_path):
    folder = tmp_path / release(connection, tmp_path)
    (folder / "demo.parquet").rename(folder / "demo2.parquet")
    with pytest.raises(seal.Altered) as refused:
        seal.verified(folder)
    assert refused.value.files == ["demo.parquet is missing", "demo2.parquet was not published with it"]
    assert "2014-09-30-r1 is not as it was published" in str(refused.value)


def test_a_manifest_from_before_there_were_seals_is_taken(connection, tmp_path):
    folder = tmp_path / release(connection, tmp_path)
    path = folder / seal.MANIFEST
    told = json.loads(path.read_text())
    del told[seal.SEAL]
    path.write_text(json.dumps(told))
    assert seal.verified(folder) == told
    flip(folder / "demo.parquet")  # its tables are checked all the same
    with pytest.raises(seal.Altered, match=r"demo\.parquet"):
        seal.verified(folder)


def test_commands_and_doctor_refuse_it_and_name_another(connection, tmp_path):
    layout = Layout(tmp_path)
    for _ in range(2):
        release(connection, layout.releases)
    flip(layout.releases / "2014-09-30-r1" / "demo.parquet")
    assert released.named(layout.releases, None) == "2014-09-30-r2"
    with pytest.raises(released.Unknown, match=r"demo\.parquet has SHA-256 .* or read another: 2014-09-30-r2"):
        released.named(layout.releases, "2014-09-30-r1")
    told = next(f for f in health.examine(layout, tmp_path) if f.name == "release")
    assert not told.good and "2014-09-30-r1" in told.found and "demo.parquet" in told.found and told.remedy


def test_the_same_inputs_are_published_again_where_the_current_release_was_damaged(connection, tmp_path):
    folder = tmp_path / release(connection, tmp_path)
    assert publish.stands(tmp_path, folder.name, "")
    assert not publish.stands(tmp_path, folder.name, "other files")
    flip(folder / "demo.parquet")
    assert not publish.stands(tmp_path, folder.name, "")
