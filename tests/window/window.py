# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program as a person uses it: its window, its rows, its dialogs. Whatever waits has a deadline
and fails with what the window said instead.

    def test_drop(work):
        with Store() as store, Window(work, store) as window:
            window.add_destination()
            window.open()
            window.choose_files(make_file(work / 'film', 40 * MIB))
            window.wait_sentence('film', 'verified')
"""

import os
import re
import signal
import subprocess

from desktop import (BUILD, activate, click, drag, drop, find_application, find_windows,
                     get_geometry, look, move, press_key, take_picture, type_text, wait_window, xdotool)
from gi.repository import Gio, GLib
from partway import Cli, Failure, check, check_equal, spawn, wait_until

PARTWAY = BUILD / 'src/app/partway'
APP_ID = re.search('PW_APP_ID "(.*)"', (BUILD / 'config.h').read_text())[1]
DRAG_SOURCE = BUILD / 'tests/window/drag-source'

# What it needs of the session that it is shown in.
SHOWN = ('DISPLAY', 'DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR', 'GDK_BACKEND', 'GSK_RENDERER')

# As GNOME has it; and no motion that a picture would catch half-way.
LOOK = {'gtk-font-name': 'Cantarell 11', 'gtk-enable-animations': 'false',
        'gtk-decoration-layout': ':close'}


class Window(Cli):
    """The program with a home of its own below @work, and the partway-cli of the same home. As a
    context: it is killed at the end."""

    def __init__(self, work, server=None, look=None, **environment):
        """@look: settings of GTK."""
        super().__init__(work, server)
        for name in SHOWN:
            self.env[name] = os.environ[name]
        self.env.update(GSETTINGS_SCHEMA_DIR=str(BUILD / 'data'), GSETTINGS_BACKEND='keyfile')
        self.env['LSAN_OPTIONS'] = 'detect_leaks=0'
        self.set_env(**environment)
        folder = self.work / 'config/gtk-4.0'
        folder.mkdir(exist_ok=True)
        lines = [f'{name}={value}' for name, value in {**LOOK, **(look or {})}.items()]
        (folder / 'settings.ini').write_text('\n'.join(['[Settings]', *lines, '']))
        self.wrapper = []             # a command in front of the program's
        self.popen = None
        self._errors = self.work / 'window.log'

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    # Its life

    def open(self, *files, cwd=None):
        """And waits until it shows itself."""
        check(not self.is_running(), 'it runs already')
        self.popen = self._spawn(files, cwd)
        self._place = wait_until(self._find_place, 'the window is there', 30)
        return self

    def _spawn(self, files, cwd=None):
        with self._errors.open('ab') as errors:
            return spawn([*self.wrapper, PARTWAY, *files], env=self.env, cwd=cwd, stdin=subprocess.DEVNULL,
                         stdout=errors, stderr=errors)

    def _find_place(self):
        if self.popen.poll() is not None:
            raise Failure(f'it ended with {self.popen.returncode}: {self.get_log()}')
        place = find_application('partway', self.popen.pid)
        return place if place and find_windows('Partway') else None

    def open_again(self, *files):
        """A second start, while the first one runs; gives its status."""
        return self._spawn(files).wait(20)

    def is_running(self):
        return self.popen is not None and self.popen.poll() is None

    def kill(self):
        """SIGKILL, as a crash."""
        if self.is_running():
            self.popen.kill()
            self.popen.wait()
        self.popen = None

    def quit(self):
        """Ctrl+Q; and no secret is left anywhere."""
        self.press('ctrl+q')
        self.wait_end()

    def wait_end(self):
        try:
            status = self.popen.wait(20)
        except subprocess.TimeoutExpired:
            self.popen.send_signal(signal.SIGABRT)
            raise Failure(f'it does not end: {self.get_log()}') from None
        self.popen = None
        check_equal(status, 0, self.get_log())
        self.check_secrets(self._errors.read_bytes())

    def get_log(self):
        return self._errors.read_text(errors='replace')[-3000:]

    def _set(self, **groups):
        """Settings, as GSettings keeps them here: group={key: value}."""
        path = self.work / 'config/glib-2.0/settings/keyfile'
        path.parent.mkdir(parents=True, exist_ok=True)
        settings = GLib.KeyFile()
        if path.exists():
            settings.load_from_file(str(path), GLib.KeyFileFlags.NONE)
        for group, values in groups.items():
            for key, value in values.items():
                settings.set_value(group, key, value)
        settings.save_to_file(str(path))

    def set_preferences(self, **values):
        """Of the program, before it starts: set_preferences(limit='uint64 1000000')."""
        self._set(**{'io/github/partway/Partway': values})

    def set_look(self, look):
        """Of the whole desktop, also while the program runs: 'light', 'dark', 'high-contrast'."""
        scheme = 'prefer-dark' if look == 'dark' else 'default'
        contrast = 'true' if look == 'high-contrast' else 'false'
        self._set(**{'org/gnome/desktop/interface': {'color-scheme': f"'{scheme}'"},
                     'org/gnome/desktop/a11y/interface': {'high-contrast': contrast}})

    def slow_down(self, bytes_per_second):
        """And over one connection, so that part after part becomes safe."""
        self.set_preferences(limit=f'uint64 {bytes_per_second}', connections='uint32 1')

    def add_destination(self, *options, name='Box', target=None, endpoint=None):
        """By partway-cli, with the keys of the environment."""
        result = self.run('destination', 'add', name, target or f's3://{self.server.bucket}/',
                          '--endpoint', endpoint or self.endpoint, '--keys-from-env', *options)
        check_equal(result.status, 0, result)

    # What it says

    def look(self):
        """The tree of what it shows now."""
        return self.wait(lambda tree: tree, 'it answers')

    def wait(self, find, what, timeout=60):
        """What @find gives of the tree, once it gives something."""
        tree = None

        def attempt():
            nonlocal tree
            try:
                tree = look(self._place)
                return find(tree)
            except GLib.Error as error:
                # What it tells of may go while it is asked.
                if not self.is_running():
                    raise Failure(f'it is gone: {error.message}\n{self.get_log()}') from None
                return None

        try:
            return wait_until(attempt, what, timeout)
        except Failure as failure:
            told = tree.describe() if tree else ''
            if self.is_running():
                self.take_picture('failed')
            raise Failure(f'{failure}\n{told}\n{self.get_log()}') from None

    def find(self, role, text, timeout=60):
        """The widget of that role and name that is shown."""
        return self.wait(lambda tree: next((node for node in tree.find_all(role, text)
                                            if node.is_shown()), None),
                         f'there is a {role} “{text}”', timeout)

    def wait_gone(self, role, text, timeout=60):
        self.wait(lambda tree: not any(node.is_shown() for node in tree.find_all(role, text)),
                  f'there is no {role} “{text}”', timeout)

    @staticmethod
    def _find_row(tree, name):
        for item in tree.find_all('list item'):
            if item.find('label', name):
                return item
        return None

    def row(self, name):
        """The list item of the upload with that name."""
        return self.wait(lambda tree: self._find_row(tree, name), f'“{name}” is in the list')

    def sentence(self, name):
        """What its row says of it now."""
        return self._get_sentence(self.row(name), name)

    @staticmethod
    def _get_sentence(row, name):
        texts = [node.name for node in row.find_all('label') if node.name != name
                 and not node.parent.matches('button', None)]
        return texts[0].replace('\N{NO-BREAK SPACE}', ' ') if texts else ''

    def wait_sentence(self, name, pattern, timeout=60):
        """Until the row's sentence matches the pattern; gives the sentence."""
        def find(tree):
            row = self._find_row(tree, name)
            sentence = self._get_sentence(row, name) if row else ''
            return sentence if re.search(pattern, sentence) else None

        return self.wait(find, f'“{name}” says “{pattern}”', timeout)

    def names(self):
        """Of the rows, from above, with the titles of their sections as "# Title"."""
        return self.wait(lambda tree: [self._get_names(tree)], 'it answers')[0]

    @staticmethod
    def _get_names(tree):
        names = []
        for item in tree.find_all('list item'):
            labels = item.find_all('label')
            if labels and item.is_shown():
                is_title = labels[0].name in ('Uploading', 'Needs Attention', 'Finished')
                names.append(('# ' if is_title else '') + labels[0].name)
        return names

    def wait_names(self, *names):
        wait_until(lambda: self.names() == list(names), f'the list is {names}')

    # What is done with it

    def activate(self):
        """Gives its main window the keys; gives X's number of it."""
        window = wait_window('Partway')
        activate(window)
        return window

    def press(self, *keys):
        """Keys, in the main window: "ctrl+f"."""
        self.activate()
        press_key(*keys)

    def type(self, text):
        self.activate()
        type_text(text)

    def find_in_row(self, name, role, text):
        """The widget that the upload's row shows."""
        def find(tree):
            row = self._find_row(tree, name)
            nodes = row.find_all(role, text) if row else []
            return next((node for node in nodes if node.is_shown()), None)

        return self.wait(find, f'“{name}” has a {role} “{text}”')

    def push(self, text, row=None, role='button'):
        """The button of that name; in the row of that upload."""
        node = self.find_in_row(row, role, text) if row else self.find(role, text)
        node.press()

    def wait_section(self, title, name):
        """Until the row is where it stays: one that moves to another section is made anew."""
        def is_there(tree):
            names = self._get_names(tree)
            titles = [other for other in names[:names.index(name)] if other.startswith('# ')] \
                if name in names else []
            return titles[-1:] == ['# ' + title]

        self.wait(is_there, f'“{name}” is in “{title}”')

    def help(self, text, row):
        """Its one button that helps, once the row is where it stays: GTK lets a pressed button act a
        quarter of a second later."""
        self.wait_section('Needs Attention', row)
        self.push(text, row)

    def choose_in_menu(self, button, item, row=None):
        self.push(button, row)
        node = self.find('menu item', item)
        if 'Click' in node.get_actions():
            node.press()
        else:
            node.act('menu.activate')

    def _get_middle(self, node, main):
        """Of a widget of the main window, one of X's, on the screen."""
        x, y, width, height = get_geometry(main)
        frame = self.look().find('window', 'Partway').get_extents()
        nx, ny, nwidth, nheight = node.get_extents()
        return (x + (width - frame[2]) // 2 + nx + nwidth // 2,
                y + (height - frame[3]) // 2 + ny + nheight // 2)

    def click(self, node):
        """With the pointer, in the middle of the widget; it is one of the main window's."""
        click(*self._get_middle(node, self.activate()))

    def focus_row(self, name):
        """By the Tab key."""
        for _ in range(20):
            if any(node.is_in('focused') for node in self.row(name).walk()):
                return
            self.press('Tab')
        raise Failure(f'Tab does not come to {name}:\n{self.look().describe()}')

    def act(self, action):
        """An action of the window, without a target: "win.paste"."""
        self.wait(lambda tree: tree.find('window'), 'there is a window').act(action)

    def tell(self, action, target=None):
        """An action by its name, as another program would start it: tell('app.about'),
        tell('win.show-upload', ID)."""
        group, name = action.split('.')
        path = '/' + APP_ID.replace('.', '/') + ('/window/1' if group == 'win' else '')
        targets = [GLib.Variant('s', target)] if target is not None else []
        bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        bus.call_sync(APP_ID, path, 'org.gtk.Actions', 'Activate',
                      GLib.Variant('(sava{sv})', (name, targets, {})), None, 0, 20000, None)

    def wait_dialog(self, main):
        """Gives X's number of the window that has the keys now instead of @main, one of X's."""
        return wait_until(lambda: next((active for active in self._get_active() if active != main),
                                       None), 'a window is over the main one')

    def close_dialog(self, main):
        press_key('Escape')
        wait_until(lambda: self._get_active() == [main], 'the main window has the keys again')

    @staticmethod
    def _get_active():
        return xdotool('getactivewindow', check=False).split()

    def choose_files(self, *paths, title='Add Files'):
        """Through the file chooser, by typing the path; several are of one folder."""
        chooser = wait_window(title)
        activate(chooser)
        if len(paths) == 1:
            type_text(str(paths[0]))
        else:
            type_text(' '.join(f'"{path}"' for path in paths))
        press_key('Return')
        wait_until(lambda: not find_windows(title), 'the file chooser is gone')

    def drop(self, *paths, on=None, picture=None):
        """By a real drag from another window, on the middle; @on: what is called so while the files
        are over the window, @picture: how it looks then."""
        source = spawn([DRAG_SOURCE, *paths], env=self.env, stdin=subprocess.DEVNULL,
                       stdout=subprocess.PIPE, text=True)
        try:
            shown = wait_window('Drag Source')
            move(shown, 1080, 20)
            main = self.activate()
            move(main, 40, 100)
            x, y, width, height = get_geometry(shown)
            mx, my, mwidth, mheight = get_geometry(main)
            middle = (mx + mwidth // 2, my + mheight // 2)
            drag((x + width // 2, y + height * 2 // 3), middle)
            target = self._get_middle(self.find('label', on), main) if on else middle
            if picture:
                take_picture(main, picture, keeps_pointer=True)
            drop(middle, target)
            check_equal(source.stdout.readline(), 'dropped\n')
        finally:
            source.kill()
            source.wait()

    def copy_files(self, *paths):
        """Puts files on the clipboard, as the Files program does; gives the process that holds
        them."""
        holder = spawn([DRAG_SOURCE, '--copy', *paths], env=self.env, stdin=subprocess.DEVNULL,
                       stdout=subprocess.PIPE, text=True)
        check_equal(holder.stdout.readline(), 'copied\n')
        return holder

    def take_picture(self, name):
        take_picture(wait_window('Partway'), name)
