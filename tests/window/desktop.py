# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A desktop as a person has it: what a screen reader is told, keys, the pointer, pictures. For
programs that run under tests/app/session."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zlib

from gi.repository import Gio, GLib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'e2e'))

from partway import BUILD, TIMEOUT, Failure, wait_until  # noqa: E402

PICTURES = BUILD / 'screenshots'

ACCESSIBLE, ACTION = 'org.a11y.atspi.Accessible', 'org.a11y.atspi.Action'
COMPONENT, TEXT = 'org.a11y.atspi.Component', 'org.a11y.atspi.Text'
EDITABLE = 'org.a11y.atspi.EditableText'
REGISTRY = ('org.a11y.atspi.Registry', '/org/a11y/atspi/accessible/root')

# Of AT-SPI's states (atspi-constants.h): the number of the bit.
STATES = {'active': 1, 'checked': 4, 'focused': 12, 'selected': 23, 'sensitive': 24}

# AT-SPI's numbers of the roles that are asked for.
ROLES = {'dialog': 16, 'check box': 7, 'combo box': 11, 'image': 27, 'label': 29, 'list': 31,
         'list item': 32, 'menu': 33, 'menu item': 35, 'group': 39, 'progress bar': 42,
         'button': 43, 'radio button': 44, 'text': 61, 'toggle button': 62, 'window': 23,
         'switch': 62, 'search box': 79, 'frame': 23}
# What is inside them says nothing more.
LEAVES = {27, 29, 42, 48}
TABLES = {55, 66}


def _connect():
    session = Gio.bus_get_sync(Gio.BusType.SESSION)
    address = session.call_sync('org.a11y.Bus', '/org/a11y/bus', 'org.a11y.Bus', 'GetAddress', None,
                                None, 0, 10000, None).unpack()[0]
    flags = (Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
             | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION)
    return Gio.DBusConnection.new_for_address_sync(address, flags, None, None)


_bus = None


def call(place, interface, method, signature=None, *arguments):
    """A method of what stands at @place (name on the bus, path); its answers as a tuple."""
    global _bus
    _bus = _bus or _connect()
    parameters = GLib.Variant(signature, arguments) if signature else None
    return _bus.call_sync(place[0], place[1], interface, method, parameters, None, 0,
                          int(TIMEOUT * 1000), None).unpack()


class Node:
    """A widget as a screen reader is told of it, when it was looked at."""

    def __init__(self, place, role, name, description, states, interfaces):
        self.place, self.role, self.name, self.description = place, role, name, description
        self.states, self.interfaces = states, interfaces
        self.parent, self.children = None, []

    def is_in(self, state):
        bit = STATES[state]
        return bool(self.states[bit // 32] >> bit % 32 & 1)

    def matches(self, role, text):
        """@text: what it is called, or its tooltip; a compiled pattern is searched for."""
        if role is not None and self.role != ROLES[role]:
            return False
        if text is None:
            return True
        if isinstance(text, re.Pattern):
            return any(text.search(own) for own in (self.name, self.description))
        # A button's mnemonic stands before its own text.
        return (text in (self.name, self.description) or self.name.endswith(' ' + text))

    def walk(self):
        yield self
        for child in self.children:
            yield from child.walk()

    def find_all(self, role=None, text=None):
        return [node for node in self.walk() if node.matches(role, text)]

    def find(self, role=None, text=None):
        """The first; None if there is none."""
        return next((node for node in self.walk() if node.matches(role, text)), None)

    def get_extents(self):
        """x, y, width, height in its window."""
        return call(self.place, COMPONENT, 'GetExtents', '(u)', 1)[0]

    def is_shown(self):
        """It has a place in the window."""
        return COMPONENT in self.interfaces and self.get_extents()[2] > 0

    def get_actions(self):
        if ACTION not in self.interfaces:
            return []
        return [name for name, _, _ in call(self.place, ACTION, 'GetActions')[0]]

    def press(self):
        """As its button would be; a menu button's is inside it."""
        for node in self.walk():
            if 'Click' in node.get_actions():
                node.act('Click')
                return
        raise Failure(f'nothing in {self} can be pressed')

    def act(self, name):
        actions = self.get_actions()
        if name not in actions:
            raise Failure(f'{self} has no action {name}, but {", ".join(actions)}')
        if not call(self.place, ACTION, 'DoAction', '(i)', actions.index(name))[0]:
            raise Failure(f'{self} does not do {name}')

    def get_text(self):
        if TEXT not in self.interfaces:
            return self.name
        # GTK takes -1 for nothing, not for the end.
        length = call(self.place, 'org.freedesktop.DBus.Properties', 'Get', '(ss)', TEXT,
                      'CharacterCount')[0]
        return call(self.place, TEXT, 'GetText', '(ii)', 0, length)[0] or self.name

    def set_text(self, text):
        for node in self.walk():
            if EDITABLE in node.interfaces:
                call(node.place, EDITABLE, 'SetTextContents', '(s)', text)
                return
        raise Failure(f'nothing in {self} can be written to')

    def __str__(self):
        return f'[{self.role} “{self.name}” “{self.description}”]'

    def describe(self, depth=0):
        """All that is in it and has something to say, for a test that failed."""
        is_mute = self.role in (20, 39, 48, 49) or not (self.name or self.children)
        lines = [] if is_mute else [f'{"  " * depth}{self}']
        lines += [child.describe(depth + (not is_mute)) for child in self.children]
        return '\n'.join(line for line in lines if line)


def find_application(name, pid=None):
    """The place of the program with that name and process; None as long as there is none. One in a
    sandbox has a process of the sandbox's: there the name decides."""
    for place in call(REGISTRY, ACCESSIBLE, 'GetChildren')[0]:
        try:
            if pid is None:
                found = call(place, 'org.freedesktop.DBus.Properties', 'Get', '(ss)', ACCESSIBLE,
                             'Name')[0]
            else:
                found, = _bus.call_sync('org.freedesktop.DBus', '/', 'org.freedesktop.DBus',
                                        'GetConnectionUnixProcessID',
                                        GLib.Variant('(s)', (place[0],)), None, 0, -1, None).unpack()
        except GLib.Error:
            continue
        if found == (name if pid is None else pid):
            return tuple(place)
    return None


def _walk_places(place):
    """place → places of the children; an application tells of a widget only to who asked."""
    found, waiting = {}, [place]
    while waiting:
        place = waiting.pop()
        children = [tuple(child) for child in call(place, ACCESSIBLE, 'GetChildren')[0]]
        found[place] = [child for child in children if child[0]]
        waiting += found[place]
    return found


def look(application):
    """The tree of Nodes of what stands at that place, as it is now."""
    found = _walk_places(application)
    items = call((application[0], '/org/a11y/atspi/cache'), 'org.a11y.atspi.Cache', 'GetItems')[0]
    nodes = {}
    for place, _, _, _, _, interfaces, name, role, description, states in items:
        nodes[tuple(place)] = Node(tuple(place), role, name, description, states, interfaces)
    for place, children in found.items():
        node = nodes.get(place)
        for child in children if node and node.role not in LEAVES else []:
            if child in nodes and nodes[child].parent is None:
                nodes[child].parent = node
                node.children.append(nodes[child])
    if application not in nodes:
        raise Failure('the program tells nothing of itself')
    return nodes[application]


def look_closely(place):
    """The same of a program that keeps no list of all that it tells, as GTK 3 does not: one by one,
    and without what is in tables."""
    role, = call(place, ACCESSIBLE, 'GetRole')
    name, description = (call(place, 'org.freedesktop.DBus.Properties', 'Get', '(ss)', ACCESSIBLE,
                              which)[0] for which in ('Name', 'Description'))
    node = Node(place, role, name, description, call(place, ACCESSIBLE, 'GetState')[0],
                call(place, ACCESSIBLE, 'GetInterfaces')[0])
    children = call(place, ACCESSIBLE, 'GetChildren')[0] if role not in LEAVES | TABLES else []
    for child in children:
        if child[0]:
            node.children.append(look_closely(tuple(child)))
            node.children[-1].parent = node
    return node


# Keys, pointer, windows

def xdotool(*arguments, check=True):
    done = subprocess.run(['xdotool', *map(str, arguments)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=TIMEOUT)
    if check and done.returncode != 0:
        raise Failure(f'xdotool {arguments}: {done.stderr}')
    return done.stdout


def find_windows(title):
    """X's numbers of the visible windows with exactly that title, the newest last."""
    pattern = '^' + re.escape(title) + '$'
    return xdotool('search', '--onlyvisible', '--name', pattern, check=False).split()


def wait_window(title):
    return wait_until(lambda: find_windows(title), f'there is a window “{title}”')[-1]


def get_geometry(window):
    """x, y, width, height of one of X's windows."""
    lines = xdotool('getwindowgeometry', '--shell', window).split()
    values = dict(line.split('=') for line in lines)
    return tuple(int(values[name]) for name in ('X', 'Y', 'WIDTH', 'HEIGHT'))


def activate(window):
    """Brings it to the front and gives it the keys."""
    xdotool('windowactivate', window)
    wait_until(lambda: xdotool('getactivewindow', check=False).strip() == window,
               'the window has the keys')


def move(window, x, y):
    """Waits until the window manager did it."""
    xdotool('windowmove', window, x, y)
    wait_until(lambda: get_geometry(window)[:2] == (x, y), 'the window is where it was moved')


def make_narrower(window, width):
    """Waits until it is no wider than that."""
    if get_geometry(window)[2] > width:
        xdotool('windowsize', window, width, get_geometry(window)[3])
    wait_until(lambda: get_geometry(window)[2] <= width, f'it can be {width} pixels wide')


def type_text(text):
    """ASCII only."""
    xdotool('type', '--delay', '4', '--', text)


def press_key(*keys):
    xdotool('key', '--delay', '20', *keys)


def click(x, y):
    xdotool('mousemove', x, y, 'sleep', '0.05', 'click', 1)


def _glide(source, target):
    """The pointer's way as a hand's: GTK wants to see it."""
    (sx, sy), (tx, ty) = source, target
    steps = []
    for i in range(1, 21):
        steps += ['mousemove', sx + (tx - sx) * i // 20, sy + (ty - sy) * i // 20, 'sleep', '0.01']
    return steps


def drag(source, target):
    """From one point to another, and holds it there."""
    x, y = source
    xdotool('mousemove', x, y, 'sleep', '0.05', 'mousedown', 1, 'sleep', '0.05',
            'mousemove', x - 12, y + 8, 'sleep', '0.03', 'mousemove', x - 24, y + 16,
            'sleep', '0.03', *_glide(source, target))


def drop(source, target):
    """What is held at one point, at another."""
    xdotool(*_glide(source, target), 'sleep', '0.1', 'mouseup', 1)


# Pictures

def _shoot(path, area):
    subprocess.run(['scrot', '--silent', '--overwrite', '--autoselect', area, str(path)],
                   check=True, timeout=TIMEOUT, stdin=subprocess.DEVNULL)
    return path.read_bytes()


def is_dark(window):
    """What one of X's windows has at its side: nothing, but the color of windows."""
    x, y, _, height = get_geometry(window)
    with tempfile.NamedTemporaryFile(suffix='.png') as file:
        picture = _shoot(pathlib.Path(file.name), f'{x + 8},{y + height // 2},1,1')
    begin = picture.index(b'IDAT')
    length = int.from_bytes(picture[begin - 4:begin], 'big')
    # The filter of the line, and its one pixel.
    return zlib.decompress(picture[begin + 4:begin + 4 + length])[1] < 128


def take_picture(window, name, keeps_pointer=False):
    """Of one of X's windows, into the build folder's screenshots, once two are the same; where
    something moves, after a second."""
    PICTURES.mkdir(exist_ok=True)
    if not keeps_pointer:
        # Where it points at nothing that would speak.
        xdotool('mousemove', 0, 0)
    x, y, width, height = get_geometry(window)
    path = PICTURES / f'{name}.png'
    draft = PICTURES / f'.{name}-{os.getpid()}.png'
    before, end = None, time.monotonic() + 1
    picture = _shoot(draft, f'{x},{y},{width},{height}')
    while picture != before and time.monotonic() < end:
        before, picture = picture, _shoot(draft, f'{x},{y},{width},{height}')
    shutil.move(draft, path)
