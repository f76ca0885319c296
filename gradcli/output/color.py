"""Whether to colour: the option, the environment and the stream go in, yes or no comes out."""

from __future__ import annotations

from collections.abc import Mapping


def use_color(flag: str, env: Mapping[str, str], is_tty: bool) -> bool:
    """Decide by ``--color``, then FORCE_COLOR, NO_COLOR, CLICOLOR_FORCE, TERM=dumb, then the stream.

    Args:
        flag: ``auto``, ``always`` or ``never``.
        env: the environment; an empty variable counts as one that is not set, and so does a forcing ``0``.
        is_tty: whether the stream that would be coloured is a terminal.
    """
    if flag in ("always", "never"):
        return flag == "always"
    if env.get("FORCE_COLOR", "") not in ("", "0"):
        return True
    if env.get("NO_COLOR", ""):
        return False
    if env.get("CLICOLOR_FORCE", "") not in ("", "0"):
        return True
    return is_tty and env.get("TERM") != "dumb"
