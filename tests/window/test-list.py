#!/usr/bin/python3
# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list: removing and undoing, what is there already, search and filters, keys alone."""

from window import Window  # first: it knows where partway is

from desktop import press_key
from partway import MIB, Store, check, check_equal, main, make_file, sha256_of, wait_until


def make_paused(window, file):
    """An upload that has something at the store, and is paused."""
    window.wait_sentence(file.name, r'^\d.* of ')
    window.server.wait(lambda stats: stats['part_bytes'] > 5 * MIB, 'a part is safe')
    window.push('Pause', row=file.name)
    window.wait_sentence(file.name, '^Paused — ')


def test_remove_and_undo(work):
    with Store() as store, Window(work, store) as window:
        window.add_destination('--part-size', '5M')
        window.slow_down(8 * MIB)
        file = make_file(work / 'film.mov', 30 * MIB)
        window.open(file)
        make_paused(window, file)
        window.choose_in_menu('More', 'Remove', row='film.mov')
        window.find('label', '“film.mov” removed')
        window.wait_names()
        window.take_picture('undo')
        window.push('Undo')
        window.wait_names('# Uploading', 'film.mov')
        check_equal(len(store.unfinished()), 1)
        window.push('Resume', row='film.mov')
        window.wait_sentence('film.mov', 'verified: ')
        check_equal(store.object('film.mov').sha256, sha256_of(file))
        window.quit()


def test_remove(work):
    """It is gone at the store, too, as soon as it cannot be undone; also when the program is told
    to quit before."""
    with Store() as store, Window(work, store) as window:
        window.add_destination('--part-size', '5M')
        window.slow_down(8 * MIB)
        file = make_file(work / 'film.mov', 30 * MIB)
        window.open(file)
        make_paused(window, file)
        check_equal(len(store.unfinished()), 1)
        window.choose_in_menu('More', 'Remove', row='film.mov')
        wait_until(lambda: store.unfinished() == [], 'nothing is left at the store')
        wait_until(lambda: window.list() == [], 'nothing is left in the queue')
        store.reset_stats()
        window.open_again(make_file(work / 'other.mov', 30 * MIB))
        make_paused(window, work / 'other.mov')
        window.choose_in_menu('More', 'Remove', row='other.mov')
        window.find('label', '“other.mov” removed')
        window.quit()
        window.open()
        wait_until(lambda: store.unfinished() == [], 'nothing is left at the store')
        window.quit()


def test_conflicts(work):
    with Store() as store, Window(work, store) as window:
        window.add_destination()
        files = [make_file(work / f'{name}.txt', 1000) for name in 'abc']
        window.open(*files)
        for file in files:
            window.wait_sentence(file.name, 'verified: ')
        for file in files:
            make_file(file, 2000)
        check_equal(window.open_again(*files), 0)
        window.find('label', '3 Objects Exist Already')
        window.take_picture('conflicts')
        window.push('Keep Both')
        wait_until(lambda: len(store.keys()) == 6, 'both are kept')
        check_equal(window.open_again(files[0]), 0)
        window.find('label', 'Replace “a.txt”?')
        window.push('Replace')
        wait_until(lambda: store.object('a.txt').sha256 == sha256_of(files[0]), 'it is replaced')
        check_equal(window.open_again(files[1]), 0)
        window.find('label', 'Replace “b.txt”?')
        window.push('Skip')
        window.wait_sentence('b.txt', '^Skipped: the object was there already')
        window.quit()


def test_search_and_filter(work):
    with Store(faults='put key bad.*: status 403 AccessDenied') as store, \
            Window(work, store) as window:
        window.add_destination()
        window.open(*[make_file(work / name, 1000) for name in ('Film.mov', 'notes.txt', 'bad.iso')])
        window.wait_sentence('bad.iso', 'does not allow')
        for name in ('Film.mov', 'notes.txt'):
            window.wait_sentence(name, 'verified: ')
        window.press('ctrl+f')
        window.find('search box', None)
        window.type('FILM')
        window.wait_names('# Finished', 'Film.mov')
        window.press('ctrl+a')
        window.type('nowhere')
        window.wait_names()
        window.find('label', 'No Uploads Found')
        window.take_picture('nothing-found')
        window.press('ctrl+a', 'BackSpace')
        wait_until(lambda: len(window.names()) == 5, 'all are there again')
        window.push('Show', role='combo box')
        window.find('label', 'Problems')
        press_key('Down', 'Down', 'Return')
        window.wait_names('# Needs Attention', 'bad.iso')
        window.take_picture('filter')
        window.press('Escape')
        wait_until(lambda: len(window.names()) == 5, 'all are there again')
        window.quit()


def test_keys_alone(work):
    with Store() as store, Window(work, store) as window:
        window.add_destination('--part-size', '5M')
        window.slow_down(4 * MIB)
        file = make_file(work / 'film.mov', 30 * MIB)
        window.open(file)
        window.wait_sentence('film.mov', r'^\d.* of ')
        window.focus_row('film.mov')
        window.press('space')
        window.wait_sentence('film.mov', '^Paused')
        window.press('space')
        window.wait_sentence('film.mov', r'^\d.* of ')
        window.press('Delete')
        window.find('label', '“film.mov” removed')
        window.wait_names()
        window.quit()


def test_several(work):
    with Store() as store, Window(work, store) as window:
        window.add_destination()
        window.open(*[make_file(work / name, 1000) for name in ('a.txt', 'b.txt', 'c.txt')])
        for name in ('a.txt', 'b.txt', 'c.txt'):
            window.wait_sentence(name, 'verified: ')
        window.act('win.choose')
        window.find('label', '0 selected')
        window.click(window.row('a.txt'))
        window.click(window.row('c.txt'))
        window.find('label', '2 selected')
        window.take_picture('selection')
        window.push('Remove')
        window.wait_names('# Finished', 'b.txt')
        check(window.look().find('label', '2 uploads removed'), window.look().describe())
        window.quit()


if __name__ == '__main__':
    main([test_remove_and_undo, test_remove, test_conflicts, test_search_and_filter,
          test_keys_alone, test_several])
