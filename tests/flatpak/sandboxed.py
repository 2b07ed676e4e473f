# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program as Flatpak runs it, seen from the session's side. For steps that run under
tests/flatpak/session."""

import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'window'))

from editor import Editor  # noqa: E402

from gi.repository import GLib  # noqa: E402
from desktop import (activate, find_application, find_windows, look_closely, press_key,  # noqa: E402
                     wait_window)
from partway import TIMEOUT, Failure, check_equal, spawn, wait_until  # noqa: E402

ID = 'io.github.partway.Partway.Devel'
# Starting takes its time: the sandbox is made, and its linker's cache.
START = 60


class Server:
    """The gateway that the test started: tests/servers/rgw."""

    ca_file = None

    def __init__(self):
        self.url, self.bucket = os.environ['RGW_HTTP'], os.environ['RGW_BUCKET']
        self.access_key, self.secret_key = os.environ['RGW_ACCESS_KEY'], os.environ['RGW_SECRET_KEY']


class Sandboxed(Editor):
    """The installed Flatpak, with the folders that it has in the user's home."""

    def __init__(self, home, server):
        self.app_home = home / '.var/app' / ID
        self.app_home.mkdir(parents=True, exist_ok=True)
        super().__init__(self.app_home, server)
        self.home = home
        self.env = dict(os.environ)
        self._errors = home / 'window.log'

    def _spawn(self, files, cwd=None):
        with self._errors.open('ab') as errors:
            return spawn(['flatpak', 'run', ID, *files], env=self.env, cwd=cwd,
                         stdin=subprocess.DEVNULL, stdout=errors, stderr=errors)

    def _find_place(self):
        if self.popen.poll() is not None:
            raise Failure(f'it ended with {self.popen.returncode}: {self.get_log()}')
        place = find_application('partway')
        return place if place and find_windows('Partway') else None

    def open(self, *files, cwd=None):
        self.popen = self._spawn(files, cwd)
        self._place = wait_until(self._find_place, 'the window is there', START)
        return self

    def kill(self):
        """SIGKILL to all that is in the sandbox, as a crash."""
        if self.is_running():
            subprocess.run(['flatpak', 'kill', ID], check=True, timeout=TIMEOUT)
            self.popen.wait(TIMEOUT)
        self.popen = None

    def files(self):
        yield from (path for path in self.app_home.rglob('*') if path.is_file())
        yield self._errors

    @staticmethod
    def _find_in_chooser(role, text, condition):
        """In the portal's own program, which is one of GTK 3; None also where it changes meanwhile."""
        place = find_application('xdg-desktop-portal-gtk')
        try:
            nodes = look_closely(place).find_all(role, text) if place else []
            return next((node for node in nodes if condition(node)), None)
        except GLib.Error:
            return None

    def _find_entry(self, chooser):
        activate(chooser)
        press_key('ctrl+l')
        return self._find_in_chooser('text', None, lambda node: node.get_extents()[2] > 1)

    def choose_files(self, path, title='Add Files'):
        """Through the portal's file chooser."""
        chooser = wait_window(title)
        entry = wait_until(lambda: self._find_entry(chooser), 'a path can be written', 120)
        entry.set_text(str(path))
        button = wait_until(lambda: self._find_in_chooser('button', 'Choose',
                                                          lambda node: node.is_in('sensitive')),
                            'the file can be chosen', 120)
        button.press()
        wait_until(lambda: not find_windows(title), 'the file chooser is gone', 120)

    def add_destination_in_window(self, server):
        self.push('Add a Destination…')
        self.choose('Service', 'Other S3 Storage')
        self.fill(Address_of_the_Store=server.url, Bucket=server.bucket,
                  Access_Key=server.access_key, Secret_Key=server.secret_key)
        self.save()
        destination, = self.saved()
        check_equal(destination['secrets'], 'keyring')

    def run_inside(self, script):
        """A shell's script in the sandbox; gives what it said."""
        done = subprocess.run(['flatpak', 'run', '--command=sh', ID, '-c', script], env=self.env,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=TIMEOUT)
        check_equal(done.returncode, 0, done.stdout)
        return done.stdout
