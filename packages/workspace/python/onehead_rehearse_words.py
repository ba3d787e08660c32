"""What all parts of a rehearsal share."""

PREFIX = "onehead_rehearsal_"
KEPT = PREFIX + "kept_"
CANARY = PREFIX + "canary"


class Refused(BaseException):
    """No `Exception`: env.py must not go on with something else."""

    def __init__(self, kind, message, help=None):
        BaseException.__init__(self, message)
        self.kind = kind
        self.message = message
        self.help = help


class Stopped(BaseException):
    """A signal that asks to end."""


def is_loopback(host):
    """Of an address as drivers take it: no host is a socket, or this machine."""
    if host is None or host == "":
        return True
    hosts = host if isinstance(host, (list, tuple)) else str(host).split(",")
    return all(is_loopback_name(one.strip()) for one in hosts)


def is_loopback_name(host):
    if host == "" or host.startswith("/") or host.startswith("@"):
        return True
    name = host.strip("[]").lower()
    return name in ("localhost", "::1") or (name.startswith("127.") and name.replace(".", "").isdigit())
