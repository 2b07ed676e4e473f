#!/usr/bin/python3
# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One window, one file, from the first start on: chosen, dropped, pasted, handed over."""

from window import Window  # first: it knows where partway is

from partway import MIB, Store, check, check_equal, main, make_file, sha256_of


def check_object(store, path):
    found = store.object(path.name)
    check(found, 'there is no object', store.keys())
    check_equal(found.sha256, sha256_of(path))


def test_try_it(work):
    with Store() as store, Window(work, store, PARTWAY_TRY_IT=store.url + '/box') as window:
        window.open()
        window.find('label', 'Drop Files to Upload')
        window.take_picture('empty')
        file = make_file(work / 'film.mov', 12 * MIB)
        window.push('Try It')
        window.choose_files(file)
        window.wait_sentence('film.mov', 'verified')
        check_object(store, file)
        window.take_picture('finished')
        window.quit()


def test_drop(work):
    with Store() as store, Window(work, store) as window:
        window.add_destination()
        window.open()
        window.find('label', 'Drop Files to Upload')
        files = [make_file(work / 'a b ü.txt', 100), make_file(work / 'z.bin', 6 * MIB)]
        window.drop(*files)
        for file in files:
            window.wait_sentence(file.name, 'verified')
            check_object(store, file)
        window.quit()


def test_aimed_drop(work):
    """A destination that is not the chosen one has a place of its own to drop on."""
    with Store() as store, Window(work, store) as window:
        window.add_destination(name='Archive')
        window.add_destination(name='Attic', target='s3://box/attic/')
        window.open()
        window.find('label', 'Drop Files to Upload')
        aimed, missed = make_file(work / 'aimed.txt', 100), make_file(work / 'missed.txt', 100)
        window.drop(aimed, on='Attic', picture='drop')
        window.wait_sentence('aimed.txt', 'verified')
        window.drop(missed, on='Drop to Upload to Archive')
        window.wait_sentence('missed.txt', 'verified')
        check_equal(store.keys(), ['attic/aimed.txt', 'missed.txt'])
        window.quit()


def test_paste(work):
    with Store() as store, Window(work, store) as window:
        window.add_destination()
        window.open()
        file = make_file(work / 'pasted.txt', 1000)
        holder = window.copy_files(file)
        window.press('ctrl+v')
        window.wait_sentence('pasted.txt', 'verified')
        check_object(store, file)
        holder.kill()
        window.quit()


def test_one_instance(work):
    with Store() as store, Window(work, store) as window:
        window.add_destination()
        window.open()
        file = make_file(work / 'second.txt', 1000)
        check_equal(window.open_again(file), 0)
        window.wait_sentence('second.txt', 'verified')
        check_object(store, file)
        window.quit()


if __name__ == '__main__':
    main([test_try_it, test_drop, test_aimed_drop, test_paste, test_one_instance])
