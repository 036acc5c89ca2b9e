"""Holding a check to account: what is right passes it, and what is wrong does not."""

from collections.abc import Awaitable, Callable, Iterator

import pytest

from support.mutants import Mutate

Check = Callable[[], Awaitable[object]]


async def right_or_seen(check: Check, *, right: bool) -> None:
    """The check passes exactly when what it looks at is right; what it raises otherwise is an assertion of its own."""
    try:
        await check()
    except BaseException as error:
        if right or not all(isinstance(each, AssertionError) for each in leaves(error)):
            raise
        return
    assert right, "the mutant was not seen"


async def judged(check: Check, patch: pytest.MonkeyPatch, mutant: Mutate | None) -> None:
    """As ``right_or_seen``, with the mutant in place; None is the code as it is."""
    if mutant is not None:
        mutant(patch)
    await right_or_seen(check, right=mutant is None)


def leaves(error: BaseException) -> Iterator[BaseException]:
    """The errors themselves, of a group or alone."""
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from leaves(each)
    else:
        yield error
