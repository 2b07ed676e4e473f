# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The desktop's notifications, for a session without a desktop: they are collected."""

from gi.repository import Gio, GLib

NAME, PATH = 'org.freedesktop.Notifications', '/org/freedesktop/Notifications'
INTERFACE = '''<node><interface name="org.freedesktop.Notifications">
  <method name="Notify">
    <arg direction="in" type="s"/><arg direction="in" type="u"/><arg direction="in" type="s"/>
    <arg direction="in" type="s"/><arg direction="in" type="s"/><arg direction="in" type="as"/>
    <arg direction="in" type="a{sv}"/><arg direction="in" type="i"/><arg direction="out" type="u"/>
  </method>
  <method name="CloseNotification"><arg direction="in" type="u"/></method>
  <method name="GetCapabilities"><arg direction="out" type="as"/></method>
  <method name="GetServerInformation">
    <arg direction="out" type="s"/><arg direction="out" type="s"/>
    <arg direction="out" type="s"/><arg direction="out" type="s"/>
  </method>
</interface></node>'''


class Notices:
    """Answers only while titles() is called, again and again."""

    def __init__(self):
        self._titles = []
        bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        bus.register_object(PATH, Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0],
                            self._called_cb, None, None)
        Gio.bus_own_name_on_connection(bus, NAME, Gio.BusNameOwnerFlags.NONE, None, None)

    def _called_cb(self, _bus, _sender, _path, _interface, method, arguments, invocation):
        answer = None
        if method == 'Notify':
            self._titles.append(arguments.unpack()[3])
            answer = GLib.Variant('(u)', (len(self._titles),))
        elif method == 'GetCapabilities':
            answer = GLib.Variant('(as)', (['body', 'actions'],))
        elif method == 'GetServerInformation':
            answer = GLib.Variant('(ssss)', ('test', 'Partway', '1', '1.2'))
        invocation.return_value(answer)

    def titles(self):
        """Of all that came until now."""
        context = GLib.MainContext.default()
        while context.pending():
            context.iteration(False)
        return self._titles
