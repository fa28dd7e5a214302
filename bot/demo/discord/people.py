"""Finds the Member behind a name or an id."""

from dataclasses import dataclass

from bot.demo.discord.cdn import Cdn
from bot.demo.discord.compose import Composer
from bot.demo.discord.interactions import Interactions
from bot.demo.discord.member import Member
from bot.demo.discord.refusals import Mistake
from bot.demo.discord.threads import Threads
from bot.demo.discord.values import Person
from bot.demo.discord.world import World


@dataclass(frozen=True)
class People:
    world: World
    cdn: Cdn
    composer: Composer
    threads: Threads
    interactions: Interactions

    def named(self, username: str) -> Member:
        """Raises Mistake for nobody's name."""
        found = next((person for person in self._humans() if person.username == username), None)
        return self._member(found, username)

    def numbered(self, person_id: str | None) -> Member:
        """The first person without an id. Raises Mistake for nobody's."""
        people = self._humans()
        found = people[0] if person_id is None else next((one for one in people if one.id == person_id), None)
        return self._member(found, str(person_id))

    def _humans(self) -> list[Person]:
        return [person for person in self.world.people.values() if not person.bot]

    def _member(self, person: Person | None, asked: str) -> Member:
        if person is None:
            raise Mistake(f"There is no member {asked}.", 404)
        return Member(self.world, self.cdn, self.composer, self.threads, person, self.interactions)
