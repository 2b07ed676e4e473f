#!/usr/bin/python3
# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of all that the program shows, as different people have it, for people to look at; and
each button has words for a screen reader."""

import re
import subprocess

from window import Window  # first: it knows where partway is

from desktop import BUILD, is_dark, make_narrower, press_key, take_picture, wait_window
from partway import MIB, SOURCE, Cli, Store, check, main, make_file, wait_until

N_PARTS, N_SAFE = 60, 30
BORDERS = 10                            # pixels, where no compositor draws shadows

FAULTS = (f'part {N_SAFE + 1}-{N_PARTS} key Wedding*: stall after 2MiB\n'
          'part key stuck*: stall after 64KiB\n'
          'part key left*: stall after 64KiB\n'
          'put key refused*: status 403 AccessDenied\n')

# The name of a type of GTK's: what a screen reader says where nobody thought of it.
NAMELESS = re.compile('^(Gtk|Adw|Pw)[A-Z]')


def check_words(window):
    for button in window.look().find_all('button'):
        if button.is_shown() and 'Click' in button.get_actions():
            check(button.name and not NAMELESS.match(button.name), f'{button} has no name')


def leave_unfinished(work, store):
    """Of another computer."""
    (work / 'other').mkdir()
    other = Cli(work / 'other', store)
    process = other.start(*other.upload_arguments('--part-size', '5M',
                                                  make_file(work / 'left-behind.mov', 12 * MIB)))
    wait_until(lambda: store.unfinished(), 'an upload is unfinished')
    process.kill()


def fill(window, work):
    """One of each sort."""
    film = make_file(work / 'Wedding.mov', N_PARTS * 5 * MIB, sparse=True)
    window.open_again(make_file(work / 'report.pdf', 3000000), make_file(work / 'refused.iso', 1000),
                      work / 'gone.raw', film, make_file(work / 'stuck.tar.zst', 6 * MIB))
    wait_until(lambda: [e['state'] for e in window.list('--all')].count('failed') == 2
               and find_upload(window, 'report.pdf')['state'] == 'done', 'all is where it ends')
    window.server.wait(lambda stats: stats['part_bytes'] >= N_SAFE * 5 * MIB, 'parts are safe')


def find_upload(window, name):
    return next(entry for entry in window.list('--all') if entry['path'].endswith('/' + name))


class Album:
    """Pictures of a window in each of @looks, which a name in pictures stands for. Two that follow
    one another are not both dark or both light, so that it can be seen when one has come."""

    def __init__(self, window, looks):
        self._window, self._looks = window, looks

    def _take(self, shown, name):
        for i, look in enumerate(self._looks):
            if i > 0:
                self._window.set_look(look)
                wait_until(lambda: is_dark(shown) == (look == 'dark'), f'it is {look}')
            take_picture(shown, f'{name}-{look}')
        # And back: the next one begins where this one ended.
        if len(self._looks) > 1:
            self._looks = self._looks[::-1]

    def shoot(self, name):
        self._take(wait_window('Partway'), name)
        check_words(self._window)

    def shoot_over(self, name, show, *arguments):
        """What lies over the main window after show(*arguments), and goes with Escape."""
        main = self._window.activate()
        show(*arguments)
        dialog = self._window.wait_dialog(main)
        if self._looks == ['narrow'] and name != 'shortcuts':  # GTK's: it has one size
            make_narrower(dialog, 360 + BORDERS)
        self._take(dialog, name)
        self._window.close_dialog(main)


def visit_pages(window, album):
    album.shoot('list')
    window.tell('win.show-upload', find_upload(window, 'Wedding.mov')['id'])
    album.shoot('page')
    window.tell('win.back')
    window.tell('win.show-upload', find_upload(window, 'refused.iso')['id'])
    album.shoot('problem')
    window.tell('win.back')
    window.tell('win.show-unfinished')
    window.find('label', re.compile('left-behind'))
    album.shoot('unfinished')
    window.tell('win.back')
    window.tell('win.show-destinations')
    album.shoot('destinations')
    window.tell('win.add-destination')
    album.shoot('editor')
    window.tell('win.back')
    window.tell('win.back')


def visit_dialogs(window, album):
    album.shoot_over('copy-link', window.tell, 'win.copy-link',
                     find_upload(window, 'report.pdf')['id'])
    album.shoot_over('preferences', window.tell, 'app.preferences')
    album.shoot_over('shortcuts', window.tell, 'win.show-help-overlay')
    album.shoot_over('about', window.tell, 'app.about')
    album.shoot_over('closing', press_key, 'alt+F4')


def visit_all(window, work, album):
    """Everything that can be opened without changing anything."""
    window.open()
    window.find('button', None)
    album.shoot('empty')
    fill(window, work)
    visit_pages(window, album)
    visit_dialogs(window, album)
    window.tell('win.choose')
    album.shoot('selection')


def make_narrow(window, work):
    window.set_preferences(width='360', height='640')


def make_large(window, work):
    """Text half as large again, of X's settings."""
    (work / 'home/.Xdefaults').write_text('Xft.dpi: 144\n')


def mirror(window, work):
    """In Arabic: the locale, and the words where the program looks for them, are its own. Where
    nothing is there to make a locale of, nothing is mirrored."""
    locales, words = work / 'locales', work / 'words/ar/LC_MESSAGES'
    locales.mkdir()
    words.mkdir(parents=True)
    made = subprocess.run(['localedef', '--inputfile=ar_EG', '--charmap=UTF-8',
                           locales / 'ar_EG.UTF-8'], stderr=subprocess.DEVNULL)
    if made.returncode != 0:
        print('# no sources of locales here', flush=True)
        return
    subprocess.run(['msgfmt', SOURCE / 'po/ar.po', '-o', words / 'partway.mo'], check=True)
    folder = re.search('PW_LOCALE_DIR "(.*)"', (BUILD / 'config.h').read_text())[1]
    window.set_env(LOCPATH=locales, LC_ALL='ar_EG.UTF-8', LANGUAGE='ar')
    window.wrapper = ['unshare', '--map-root-user', '--mount', 'sh', '-c',
                      '[ -d "$0" ] || { mount -t tmpfs tmpfs "${0%/locale}" && mkdir "$0"; }; '
                      'mount --bind "$1" "$0" && shift && exec "$@"', folder, work / 'words']


def make_test(name, prepare, *looks):
    def test(work):
        with Store(faults=FAULTS) as store, Window(work, store) as window:
            window.add_destination('--part-size', '5M', name='Archive')
            if prepare:
                prepare(window, work)
            leave_unfinished(work, store)
            visit_all(window, work, Album(window, looks or [name]))
    return name, test


if __name__ == '__main__':
    main([make_test('colors', None, 'light', 'dark', 'high-contrast'),
          make_test('narrow', make_narrow), make_test('large', make_large),
          make_test('mirrored', mirror)])
