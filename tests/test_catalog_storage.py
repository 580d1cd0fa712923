"""Snapshots in the folder or behind an fsspec URL: whole, checked against their names, through a bounded cache."""

from __future__ import annotations

import shutil
import time
import uuid
from contextlib import closing
from typing import TYPE_CHECKING

import fsspec
import pytest
from workspace_layers import accept

from layers import storage as storage_module
from layers.errors import UsageError, WorkspaceError
from layers.storage import FolderStorage, RemoteStorage, bytes_hash
from layers.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["postgres_server"]


@pytest.fixture(params=["memory", "file"])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a URL under which new workspaces keep their snapshots."""
    found = f"memory://{uuid.uuid4().hex}" if request.param == "memory" else f"file://{tmp_path}/bucket"
    monkeypatch.setenv("PANHUO_SNAPSHOTS_URL", found)
    return found


def put(storage: FolderStorage | RemoteStorage, folder: Path, data: bytes) -> str:
    """Keep some bytes and return their name."""
    draft = folder / "draft"
    draft.write_bytes(data)
    name = f"snapshots/parking/{bytes_hash(data)}.parquet"
    storage.put(draft, name)
    assert not draft.exists()
    return name


def remote_file(url: str, name: str) -> tuple[fsspec.AbstractFileSystem, str]:
    """Return the file system behind a URL and the path of the file of that name."""
    fs, base = fsspec.core.url_to_fs(url)
    return fs, next(path for path in fs.find(base) if path.endswith(name))


def test_a_workspace_behind_a_url_works_as_one_in_a_folder(url: str, tmp_path: Path, database: str) -> None:
    with closing(Workspace.create(tmp_path / "ws")) as workspace:
        first = accept(workspace, "a", "b")
        accept(workspace, "c")
        assert workspace.read("parking")["name"].tolist() == ["c"]
        assert workspace.report(first) == {}
        assert not (workspace.root / "snapshots").exists()
        remote_file(url, f"parking/{first.version}.parquet")
    shutil.rmtree(tmp_path / "ws" / "cache")
    with closing(Workspace.open(tmp_path / "ws")) as again:
        again.restore("parking", first.version)
        assert again.read("parking")["name"].tolist() == ["a", "b"]
        assert accept(again, "b", "a").count == 2


def test_two_workspaces_behind_one_url_are_kept_apart(url: str, tmp_path: Path) -> None:
    with closing(Workspace.create(tmp_path / "one")) as one, closing(Workspace.create(tmp_path / "two")) as two:
        assert accept(one, "a").version == accept(two, "a").version
        fs, base = fsspec.core.url_to_fs(url)
        assert len({path.partition("/snapshots/")[0] for path in fs.find(base) if path.endswith(".json")}) == 2


def test_a_workspace_remembers_its_url_and_follows_a_bucket_that_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PANHUO_SNAPSHOTS_URL", f"file://{tmp_path}/here")
    with closing(Workspace.create(tmp_path / "ws")) as workspace:
        accept(workspace, "a")
    monkeypatch.delenv("PANHUO_SNAPSHOTS_URL")
    with closing(Workspace.open(tmp_path / "ws")) as workspace:
        assert workspace.read("parking")["name"].tolist() == ["a"]
    shutil.move(tmp_path / "here", tmp_path / "there")
    shutil.rmtree(tmp_path / "ws" / "cache")
    workspace = Workspace.open(tmp_path / "ws")
    with pytest.raises(WorkspaceError, match=f"file://{tmp_path}/here.*cannot be read"):
        workspace.read("parking")
    workspace.close()
    monkeypatch.setenv("PANHUO_SNAPSHOTS_URL", f"file://{tmp_path}/there")
    with closing(Workspace.open(tmp_path / "ws")) as workspace:
        assert workspace.read("parking")["name"].tolist() == ["a"]


def test_a_workspace_in_its_folder_stays_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Workspace.create(tmp_path / "ws")) as workspace:
        accept(workspace, "a")
    monkeypatch.setenv("PANHUO_SNAPSHOTS_URL", "memory://elsewhere")
    with closing(Workspace.open(tmp_path / "ws")) as workspace:
        assert workspace.read("parking")["name"].tolist() == ["a"]


@pytest.mark.parametrize("how", ["cut short", "altered", "missing"])
def test_a_damaged_remote_file_is_refused(url: str, tmp_path: Path, how: str) -> None:
    with closing(Workspace.create(tmp_path / "ws")) as workspace:
        version = accept(workspace, "a").version
        fs, path = remote_file(url, f"parking/{version}.parquet")
        data = fs.cat_file(path)
        if how == "missing":
            fs.rm(path)
        else:
            fs.pipe_file(path, data[:-1] if how == "cut short" else data[:40] + b"!" + data[41:])
        with pytest.raises(WorkspaceError, match=r"cannot be read.*panhuo restore DIR parking") as caught:
            workspace.read("parking")
        assert url.rpartition("/")[2] in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_damaged_copy_is_fetched_again(url: str, tmp_path: Path) -> None:
    store = RemoteStorage(url, tmp_path / "cache")
    name = put(store, tmp_path, b"accepted")
    assert store.read(name) == b"accepted"
    copy = next((tmp_path / "cache").iterdir())
    copy.write_bytes(b"accepte")
    assert store.read(name) == b"accepted"
    assert copy.read_bytes() == b"accepted"


def test_copies_are_read_from_this_machine_and_bounded(tmp_path: Path) -> None:
    store = RemoteStorage("memory://bounded", tmp_path / "cache", cache_bytes=25)
    names = [put(store, tmp_path, bytes([at]) * 10) for at in range(3)]
    for name in (names[0], names[1], names[0], names[2]):
        store.read(name)
        time.sleep(0.02)  # file times have the grain of the kernel's clock
    kept = {item.name for item in (tmp_path / "cache").iterdir()}
    assert kept == {names[0].replace("/", "-"), names[2].replace("/", "-")}  # the one read longest ago went
    fsspec.filesystem("memory").rm("/bounded", recursive=True)
    assert store.read(names[0]) == bytes([0]) * 10


def test_without_room_for_copies_everything_is_read_from_afar(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    store = RemoteStorage("memory://far", tmp_path / "cache")
    assert store.read(put(store, tmp_path, b"accepted")) == b"accepted"


def test_what_is_there_whole_is_not_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = RemoteStorage(f"file://{tmp_path}/bucket", tmp_path / "cache")
    name = put(store, tmp_path, b"accepted")
    before = (tmp_path / "bucket" / name).stat().st_mtime_ns
    put(store, tmp_path, b"accepted")
    assert (tmp_path / "bucket" / name).stat().st_mtime_ns == before
    (tmp_path / "bucket" / name).write_bytes(b"half")
    put(store, tmp_path, b"accepted")
    assert store.read(name) == b"accepted"


def test_the_folders_own_files_are_checked_and_named(tmp_path: Path) -> None:
    store = FolderStorage(tmp_path)
    name = put(store, tmp_path, b"accepted")
    assert store.read(name) == b"accepted"
    (tmp_path / name).write_bytes(b"accepteD")
    with pytest.raises(WorkspaceError, match="its hash is not its name") as caught:
        store.read(name)
    assert str(tmp_path / name) in str(caught.value)
    (tmp_path / "snapshots" / "report.json").write_bytes(b"\xff")
    with pytest.raises(WorkspaceError, match="it is not text"):
        store.read_text("snapshots/report.json")


def test_an_unknown_protocol_is_refused_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PANHUO_SNAPSHOTS_URL", "carrier-pigeon://loft")
    with pytest.raises(UsageError, match="carrier-pigeon"):
        Workspace.create(tmp_path / "ws")
    assert not (tmp_path / "ws" / "panhuo.json").exists()


def test_a_store_that_refuses_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = RemoteStorage("memory://full", tmp_path / "cache")

    def full(*_arguments: object, **_named: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store._fs, "pipe_file", full)
    with pytest.raises(WorkspaceError, match=r"memory://full/.*No space left"):
        put(store, tmp_path, b"accepted")


def test_the_cache_is_large_enough_for_a_district() -> None:
    assert storage_module.CACHE_BYTES >= 2**30
