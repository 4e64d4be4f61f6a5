"""What is left on a disk after a power cut: only what fsync has made to last, or some of the rest.

The shim keeps what was made to last while a command runs; here the tree is laid out anew from it.
"""

import ctypes
import os
import random
import shutil
from dataclasses import dataclass
from pathlib import Path

# `strict`: no name and no byte but those that were synced. `names`: every name, and in files only
# the bytes that were synced: what journals of names do. `mixed`: of what was not synced, whatever a
# seed says: names folder by folder, files not at all, in part, or whole.
MODELS = ("strict", "names", "mixed")
FOLDER, LINK, FILE = "d", "l", "f"
KEY_BYTES = 256


@dataclass(frozen=True)
class Entry:
    """A name in a folder: what it stands for, and the key of that."""

    kind: str
    key: str
    name: str


class Disk:
    """The tree below a root from a moment on at which all of it is on the disk.

    Attributes:
        shadow: Where the shim keeps what is made to last.
        unsynced: After a cut: the files whose content was not on the disk as they stood.
    """

    def __init__(self, library: Path, root: Path, original: Path, shadow: Path) -> None:
        """`original` is a copy of the tree as it is now."""
        self._library = ctypes.CDLL(str(library))
        self._root = root
        self.shadow = shadow
        self.unsynced: list[str] = []
        self._folders: dict[str, list[Entry]] = {}
        self._files: dict[str, Path] = {}
        for path, entries in self._walk(root).items():
            self._folders[self._key(path)] = entries
            for one in entries:
                if one.kind != FOLDER:
                    self._files[one.key] = original / path.relative_to(root) / one.name
        shutil.rmtree(shadow, ignore_errors=True)
        shadow.mkdir(parents=True)

    def cut(self, into: Path, model: str, seed: int = 0) -> None:
        """Lays out what the disk holds if the power is cut now."""
        chance = random.Random(seed)
        present = self._walk(self._root)
        names = {self._key(path): entries for path, entries in present.items()}
        places = {
            one.key: path / one.name
            for path, entries in present.items()
            for one in entries
            if one.kind != FOLDER
        }

        def entries_of(key: str) -> list[Entry]:
            last = self._synced_names(key)
            if model == "strict" or key not in names:
                return last
            return names[key] if model == "names" or chance.random() < 0.5 else last

        self.unsynced = [
            str(place.relative_to(self._root))
            for key, place in sorted(places.items(), key=lambda one: one[1])
            if place.is_file() and not place.is_symlink() and self._kept(key) != place.read_bytes()
        ]
        laid: dict[str, Path] = {}

        def lay(key: str, target: Path) -> None:
            target.mkdir()
            for one in sorted(entries_of(key), key=lambda one: one.name):
                if one.kind == FOLDER:
                    lay(one.key, target / one.name)
                elif one.kind == LINK:
                    source = self._files.get(one.key) or places.get(one.key)
                    if source:
                        (target / one.name).symlink_to(source.readlink())
                elif one.key in laid:
                    (target / one.name).hardlink_to(laid[one.key])
                else:
                    laid[one.key] = target / one.name
                    content = self._content(one.key, places.get(one.key), model, chance)
                    (target / one.name).write_bytes(content)
                    if known := places.get(one.key) or self._files.get(one.key):
                        # A key that others may read is refused.
                        (target / one.name).chmod(known.stat().st_mode)

        lay(self._key(self._root), into)

    def _content(self, key: str, here: Path | None, model: str, chance: random.Random) -> bytes:
        lasting = self._kept(key)
        if model != "mixed" or here is None:
            return lasting
        whole = here.read_bytes()
        if whole == lasting:
            return whole
        return chance.choice([lasting, whole, whole[: len(whole) // 2]])

    def _kept(self, key: str) -> bytes:
        """What of a file's content is on the disk."""
        kept, before = self.shadow / f"f.{key}", self._files.get(key)
        source = kept if kept.exists() else before
        return source.read_bytes() if source else b""

    def _synced_names(self, key: str) -> list[Entry]:
        kept = self.shadow / f"d.{key}"
        if not kept.exists():
            return self._folders.get(key, [])
        lines = kept.read_text(errors="surrogateescape").splitlines()
        return [Entry(*line.split(" ", 2)) for line in lines]

    def _walk(self, root: Path) -> dict[Path, list[Entry]]:
        found = {}
        for folder, below, files in os.walk(root):
            path = Path(folder)
            entries = []
            for name in [*below, *files]:
                one = path / name
                kind = LINK if one.is_symlink() else FOLDER if one.is_dir() else FILE
                entries.append(Entry(kind, self._key(one), name))
            found[path] = entries
        return found

    def _key(self, path: Path) -> str:
        text = ctypes.create_string_buffer(KEY_BYTES)
        if self._library.fault_key(os.fsencode(path), text, ctypes.c_size_t(len(text))):
            raise FileNotFoundError(path)
        return text.value.decode()
