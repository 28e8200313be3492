"""Refuses network file systems: a database on one may lose what it has acknowledged."""

from __future__ import annotations

from pathlib import Path

from registry.home import NotReadyError

_NETWORK = {
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "gluster", "glusterfs", "lustre", "beegfs",
    "gpfs", "davfs", "fuse.sshfs", "fuse.glusterfs", "fuse.s3fs", "fuse.rclone", "fuse.davfs2",
}  # fmt: skip


class NetworkDiskError(NotReadyError):
    """The state folder lies where a database must not; says where it may."""


def refuse_network_disk(folder: Path, mounts: Path = Path("/proc/mounts")) -> None:
    """Raise NetworkDiskError if `folder` lies on a network file system, as far as the system tells."""
    kind = file_system(folder, mounts)
    if kind in _NETWORK:
        raise NetworkDiskError(
            f"The state folder lies on a network file system ({kind}), where a database may lose "
            "what it has stored. Set MST_HOME to a folder on a local disk, or use a PostgreSQL "
            "server by MST_DATABASE_URL."
        )


def file_system(folder: Path, mounts: Path) -> str | None:
    """The kind of file system `folder` is on; None where the system keeps no list of mounts."""
    if not mounts.is_file():
        return None
    real, found, kind = folder.resolve(), Path("/"), None
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        point, its_kind = line.split()[1:3]
        # a blank in a path stands as \040; the mount that comes last lies on top
        place = Path(point.replace("\\040", " "))
        if real.is_relative_to(place) and place.is_relative_to(found):
            found, kind = place, its_kind
    return kind
