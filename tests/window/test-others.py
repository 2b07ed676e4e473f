#!/usr/bin/python3
# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What reaches beyond the list: a link for others, what another computer left at the store, and what
the desktop tells while nobody looks."""

import hashlib
import re
import threading
import urllib.request

from window import DRAG_SOURCE, Window  # first: it knows where partway is

from desktop import activate, find_windows, press_key, wait_window
from gi.repository import Gio, GLib
from partway import (MIB, Cli, Store, check, check_equal, main, make_file, sha256_of, spawn,
                     wait_until)

NOTIFICATIONS = 'org.freedesktop.Notifications'
INTERFACE = Gio.DBusNodeInfo.new_for_xml('''
  <node><interface name="org.freedesktop.Notifications">
    <method name="GetCapabilities"><arg type="as" direction="out"/></method>
    <method name="GetServerInformation">
      <arg type="s" direction="out"/><arg type="s" direction="out"/>
      <arg type="s" direction="out"/><arg type="s" direction="out"/></method>
    <method name="Notify">
      <arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
      <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
      <arg type="a{sv}" direction="in"/><arg type="i" direction="in"/>
      <arg type="u" direction="out"/></method>
    <method name="CloseNotification"><arg type="u" direction="in"/></method>
    <signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
    <signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
  </interface></node>''')
PORTAL = 'org.freedesktop.portal.Desktop'
PORTAL_PATH = '/org/freedesktop/portal/desktop'
BACKGROUND = Gio.DBusNodeInfo.new_for_xml('''
  <node><interface name="org.freedesktop.portal.Background">
    <method name="RequestBackground"><arg type="s" direction="in"/><arg type="a{sv}" direction="in"/>
      <arg type="o" direction="out"/></method>
  </interface></node>''')
ANSWERS = {'GetCapabilities': ('(as)', (['actions', 'body'],)),
           'GetServerInformation': ('(ssss)', ('Test', 'Partway', '1', '1.2'))}


class Service:
    """Something of a desktop that programs call; it is there until the tests end."""

    def __init__(self, name, path, interface):
        self._context = GLib.MainContext.new()
        self._loop = GLib.MainLoop.new(self._context, False)
        ready = threading.Event()
        threading.Thread(target=self._serve, args=(name, path, interface, ready), daemon=True).start()
        ready.wait()

    def _serve(self, name, path, interface, ready):
        self._context.push_thread_default()
        self._bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        self._bus.register_object(path, interface.interfaces[0], self._call, None, None)
        self._bus.call_sync('org.freedesktop.DBus', '/', 'org.freedesktop.DBus', 'RequestName',
                            GLib.Variant('(su)', (name, 4)), None, 0, -1, None)
        ready.set()
        self._loop.run()


class Portal(Service):
    """Which a sandbox asks whether it may run without a window."""

    def __init__(self):
        self.asked = []
        super().__init__(PORTAL, PORTAL_PATH, BACKGROUND)

    def _call(self, bus, sender, path, interface, method, parameters, invocation):
        self.asked.append(parameters.unpack())
        invocation.return_value(GLib.Variant('(o)', (PORTAL_PATH + '/request/1',)))


class Desktop(Service):
    """The part of a desktop that shows notifications."""

    def __init__(self):
        self.shown = []               # (number, title, body, [action, label, …])
        super().__init__(NOTIFICATIONS, '/org/freedesktop/Notifications', INTERFACE)

    def _call(self, bus, sender, path, interface, method, parameters, invocation):
        if method == 'Notify':
            _, _, _, title, body, actions, _, _ = parameters.unpack()
            self.shown.append((len(self.shown) + 1, title, body, actions))
            answer = GLib.Variant('(u)', (len(self.shown),))
        else:
            answer = GLib.Variant(*ANSWERS[method]) if method in ANSWERS else None
        invocation.return_value(answer)

    def wait(self, title):
        return wait_until(lambda: next((n for n in self.shown if n[1] == title), None),
                          f'the desktop tells “{title}”', 60)

    def choose(self, notification, label):
        """Its button; None: the notification itself."""
        number, _, _, actions = notification
        named = dict(zip(actions[1::2], actions[::2]))
        action = named[label] if label else 'default'
        check(action in actions, f'{notification} has no {action}')
        self._bus.emit_signal(None, '/org/freedesktop/Notifications', NOTIFICATIONS,
                              'ActionInvoked', GLib.Variant('(us)', (number, action)))


def find_link(tree):
    texts = [node.get_text() for node in tree.find('search box').walk()]
    return next((text for text in texts if text.startswith('http')), None)


def test_copy_link(work):
    """Whoever has the link gets the file."""
    with Store() as store, Window(work, store) as window:
        window.add_destination()
        file = make_file(work / 'film.mov', 100000)
        window.open(file)
        window.wait_sentence('film.mov', 'verified: ')
        window.choose_in_menu('More', 'Copy Link…', row='film.mov')
        window.push('1 Hour')
        window.find('label', re.compile('^Link copied — works until '))
        window.press('ctrl+f')
        window.find('search box', None)
        press_key('shift+Insert')
        link = window.wait(find_link, 'it is pasted')
        check('X-Amz-Expires=3600' in link, link)
        with urllib.request.urlopen(link, timeout=60) as answer:
            check_equal(hashlib.sha256(answer.read()).hexdigest(), sha256_of(file))
        window.quit()


def test_unfinished(work):
    """What another computer left is seen, and deleted."""
    with Store(faults='part key left*: stall after 64KiB') as store, \
            Window(work, store) as window:
        (work / 'other').mkdir()
        other = Cli(work / 'other', store)
        process = other.start(*other.upload_arguments(
            '--part-size', '5M', make_file(work / 'left-behind.mov', 12 * MIB)))
        wait_until(store.unfinished, 'an upload is unfinished')
        process.kill()
        window.add_destination()
        window.open()
        window.tell('win.show-unfinished')
        window.find('label', 'left-behind.mov')
        window.push('Delete…')
        window.push('Delete')
        window.find('label', 'Nothing Unfinished')
        check_equal(store.unfinished(), [])
        window.quit()


def test_notifications(work):
    """Told while nobody looks; its button tries again, itself it shows the upload."""
    desktop = Desktop()
    with Store(faults='put key film*: stall after 1KiB') as store, Window(work, store) as window:
        window.add_destination()
        file = make_file(work / 'film.mov', 100000)
        window.open(file)
        store.wait(lambda stats: stats['held_connections'] == 1, 'the file is on its way')
        elsewhere = spawn([DRAG_SOURCE, file], env=window.env)
        activate(wait_window('Drag Source'))
        store.set_faults('put key film*: status 403 AccessDenied')
        trouble = desktop.wait('“film.mov” needs attention')
        check('does not allow this upload' in trouble[2], trouble)
        store.set_faults('')
        desktop.choose(trouble, 'Try Again')
        done = desktop.wait('“film.mov” was uploaded')
        check_equal(store.object('film.mov').sha256, sha256_of(file))
        desktop.choose(done, None)
        window.find('label', 'Details')
        elsewhere.kill()
        window.quit()


def test_background(work):
    """It goes on without its window, for which a sandbox asks the desktop, and ends when all is
    done."""
    portal = Portal()
    with Store(faults='put key film*: stall after 1KiB') as store, \
            Window(work, store, GDK_DEBUG='portals') as window:
        window.add_destination()
        file = make_file(work / 'film.mov', 100000)
        window.open(file)
        store.wait(lambda stats: stats['held_connections'] == 1, 'the file is on its way')
        window.press('alt+F4')
        window.push('Run in Background')
        wait_until(lambda: not find_windows('Partway'), 'the window is gone')
        (_, options), = wait_until(lambda: portal.asked, 'the portal is asked')
        check_equal((options['reason'], options['autostart']),
                    ('Uploads go on without the window.', False))
        store.set_faults('')
        window.wait_end()
        check_equal(store.object('film.mov').sha256, sha256_of(file))


if __name__ == '__main__':
    main([test_copy_link, test_unfinished, test_notifications, test_background])
