# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""For tests that go many rounds: each round is a generator, several run side by side in one thread.

A round yields a function; it goes on once that gives something true, and gets what it gave. All
chance comes from PARTWAY_SEED (printed; chosen where there is none), so that a round can be played
again: its random.Random depends on the seed and its number alone. PARTWAY_ROUNDS says how many.
"""

import os
import pathlib
import random
import shutil
import tempfile
import time

import partway

ROUNDS = int(os.environ.get('PARTWAY_ROUNDS', '200'))
SEED = int(os.environ.get('PARTWAY_SEED') or random.SystemRandom().randrange(1 << 32))


def after(seconds):
    """To be yielded: a while."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() >= end


def either(*conditions):
    return lambda: any(condition() for condition in conditions)


def ended(process):
    """To be yielded: the end of a partway.Process; gives its Result."""
    def condition():
        if process.popen.poll() is None:
            return None
        return process.finish()
    return condition


class Requests:
    """The log of a partway.Store as it grows, for each key."""

    def __init__(self, store):
        self._file = open(store.log)
        self._rest = ''
        self._by_key = {}

    def poll(self):
        lines = (self._rest + self._file.read()).split('\n')
        self._rest = lines.pop()
        now = time.monotonic()
        for line in lines:
            _, _, operation, key, *more = line.split(' ')
            part = int(more[1]) if more[0] == 'part' else 0
            status = int(more[2 if part else 0])
            self._by_key.setdefault(key, []).append((operation, part, status, now))

    def get(self, key, operation=None):
        """(operation, part number, status, when it was seen) of each, those that failed, too."""
        return [r for r in self._by_key.get(key, ()) if operation in (None, r[0])]

    def count(self, key, operation):
        """Those that went well."""
        return sum(1 for r in self.get(key, operation) if r[2] == 200)

    def reached(self, key, operation, n=1):
        """To be yielded."""
        return lambda: self.count(key, operation) >= n


class _Player:
    def __init__(self, number, make_round):
        self.number = number
        self.work = pathlib.Path(tempfile.mkdtemp(prefix=f'partway-round-{number}-'))
        self._steps = make_round(number, random.Random(f'{SEED} {number}'), self.work)
        self._step(None)

    def _step(self, value):
        try:
            self.condition = self._steps.send(value)
            self.end = time.monotonic() + partway.TIMEOUT
        except StopIteration:
            self.condition = None

    def is_over(self):
        """Goes on, if it can."""
        while self.condition:
            value = self.condition()
            if not value:
                partway.check(time.monotonic() < self.end, 'it waits too long')
                return False
            self._step(value)
        return True


def play(make_round, n_rounds, side_by_side, poll=lambda: None):
    """@make_round(number, random, folder): the generator of a round. PARTWAY_ROUND plays one."""
    only = os.environ.get('PARTWAY_ROUND')
    left = [int(only)] if only else list(range(1, n_rounds + 1))
    players = []
    partway.note(f'PARTWAY_SEED={SEED}, {len(left)} rounds')
    while left or players:
        poll()
        number = 0
        try:
            while left and len(players) < side_by_side:
                number = left.pop(0)
                players.append(_Player(number, make_round))
            for player in list(players):
                number = player.number
                if player.is_over():
                    players.remove(player)
                    shutil.rmtree(player.work, ignore_errors=True)
        except Exception as error:
            raise partway.Failure(f'PARTWAY_SEED={SEED} PARTWAY_ROUND={number}: {error!r} {error}'
                                  ) from error
        time.sleep(0.001)
