"""The importer, killed between request, answer, rejects and progress mark: everything goes in, once."""

from pathlib import Path

import pytest

from coliseum.importer import pipeline
from support.breaking import Way
from support.death import Death
from support.dying import Dying
from support.services import World
from support.trial import TRIES


@pytest.fixture(autouse=True)
def every_batch_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mark is written after each batch, not a few times a second."""
    monkeypatch.setattr(pipeline, "SAVE_INTERVAL_S", 0)


@pytest.mark.parametrize("way", Way)
async def test_an_import_goes_on_wherever_it_was_killed(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: Way
) -> None:
    quiet = Death(world, await world.platform(), tmp_path, monkeypatch)
    points = (await quiet.die(None, way)).points
    await quiet.check()
    assert len(points) > 12
    for point, operation in points.items():
        trial = Death(world, await world.platform(), tmp_path, monkeypatch)
        try:
            for number in range(TRIES):
                dying = await trial.die(point, way)
                assert dying.broke or number, "the operation was not met again"
            await trial.check()
        except BaseException as error:
            error.add_note(f"{way.value} at {point}: {operation.name}")
            raise


@pytest.mark.parametrize("way", Way)
async def test_an_answer_that_is_lost_twice_is_asked_for_again(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: Way
) -> None:
    for number in range(4):
        trial = Death(world, await world.platform(), tmp_path, monkeypatch)
        dying = Dying()
        dying.begin()
        dying.lost = (range(number, number + TRIES), way)
        await trial.importing.run(dying)
        assert dying.requests > number + TRIES or number == 3
        await trial.check()
