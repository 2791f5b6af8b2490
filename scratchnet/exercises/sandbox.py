"""A closed room for a process on Linux, by namespaces: no network, no other processes, one folder to write to.

User namespaces need no rights of an administrator, but some systems switch them off; `close_room` raises OSError then.
"""

import ctypes
import os
import struct
import sys
from pathlib import Path

from scratchnet.exercises.limits import end_with_parent

# Of mounts, messages between processes, users, processes, the network: from the kernel's sched.h.
NAMESPACES = 0x20000 | 0x8000000 | 0x10000000 | 0x20000000 | 0x40000000
MS_NOSUID, MS_NODEV, MS_REC, MS_PRIVATE = 2, 4, 1 << 14, 1 << 18
MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE, RDONLY = 442, -100, 0x8000, 1  # of every Linux but Alpha's
CAPABILITIES = 0x20080522  # the version of capset's header
PR_SET_NO_NEW_PRIVS = 38
SIZE = "100m"  # of the folder
SIGNAL = 128
SERVICES = Path("/run")  # sockets of the system's services, which need no network


def close_room(folder, hidden=()):
    """Put this process into a room of its own, and return in a child there; this process waits, and ends as it does.

    folder: an empty folder, which becomes a small file system in memory, the only place that can be written to;
    hidden: folders that are empty for those inside. Raises OSError when the system offers no such room.
    """
    user, group = os.getuid(), os.getgid()
    called("unshare", NAMESPACES)
    end_with_parent()
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    wait_for_child()  # only a child is in the new namespace of processes
    mount(None, "/", None, MS_REC | MS_PRIVATE)
    read_only = struct.pack("QQQQ", RDONLY, 0, 0, 0)
    called("syscall", MOUNT_SETATTR, AT_FDCWD, b"/", AT_RECURSIVE, read_only, len(read_only))
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV)
    for place in (*services(folder), *hidden, folder):
        mount("tmpfs", str(place), "tmpfs", MS_NOSUID | MS_NODEV, f"size={SIZE},mode=700")
    wait_for_child()  # the first process of a namespace is deaf to most signals; when it ends, all others do


def services(folder):
    """Return the folder of the system's services, unless it holds something that is needed here."""
    needed = (folder, sys.prefix, sys.base_prefix, __file__, os.getenv("SCRATCHNET_DATA", "/"))
    return [SERVICES] * (
        SERVICES.is_dir() and not any(Path(path).resolve().is_relative_to(SERVICES) for path in needed)
    )


def wait_for_child():
    """Fork, and return in the child; the parent ends with its exit code, SIGNAL + the number for a signal."""
    child = os.fork()
    if child:
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        os._exit(SIGNAL - code if code < 0 else code)
    end_with_parent()  # when the outermost is killed, so are all inside


def drop_rights():
    """Give up the rights that the room gave to this process, for itself and all that it starts: it stays closed."""
    called("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    called("capset", struct.pack("II", CAPABILITIES, 0), bytes(24))


def mount(source, target, kind, flags, settings=None):
    texts = (None if text is None else os.fsencode(text) for text in (source, target, kind))
    called("mount", *texts, ctypes.c_ulong(flags), None if settings is None else settings.encode())


def called(name, *arguments):
    """Call a function of the C library. Raise OSError if it fails."""
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments) < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
