#!/usr/bin/python3
# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Destinations through the window: added, tested, mended, removed; and what it says when keys,
keyring or host are not as they should be. Runs in a world of tests/servers/keyring."""

import re
import subprocess

from editor import Editor  # first: it knows where partway is

from backends import Presign
from partway import MIB, SOURCE, Store, check, check_equal, main, make_file, wait_until

KEYRING = SOURCE / 'tests/servers/keyring'


def call_keyring(verb):
    subprocess.run([KEYRING, verb], check=True)


def test_added(work):
    with Store() as store, Editor(work, store) as window:
        window.open()
        window.begin(store)
        window.push('Test Connection')
        window.find('label', 'Everything that an upload needs works.')
        window.find('label', re.compile('CRC64NVME'))
        window.take_picture('destination-tested')
        window.save()
        file = make_file(work / 'film.mov', 12 * MIB)
        window.upload(file)
        window.wait_sentence('film.mov', 'verified')
        check(store.object('film.mov'), store.keys())
        destination, = window.saved()
        check_equal((destination['name'], destination['secrets'], destination['is-probed']),
                    (store.bucket, 'keyring', True))
        window.quit()

        # The keyring has the keys after a restart, too.
        window.open(make_file(work / 'again.txt', 100))
        window.wait_sentence('again.txt', 'verified')
        window.quit()


def test_typed_wrong(work):
    with Store() as store, Editor(work, store) as window:
        window.open()
        window.begin(store, Bucket='two words')
        window.find('label', re.compile('two words.*bucket|bucket.*two words', re.I))
        check(not window.find('button', 'Save').is_in('sensitive'), 'it can be saved')
        window.take_picture('destination-complaint')
        window.fill(Bucket='box', Address_of_the_Store='http://store.example')
        window.find('label', re.compile('does not encrypt'))
        window.fill(Address_of_the_Store=store.url)
        window.wait_gone('label', re.compile('does not encrypt'))
        check(window.find('button', 'Save').is_in('sensitive'), 'it cannot be saved')
        window.quit()


def test_wrong_key(work):
    with Store() as store, Editor(work, store) as window:
        window.open()
        window.begin(store, Secret_Key='not-the-secret')
        window.push('Test Connection')
        window.find('label', 'Uploads would fail.')
        window.take_picture('destination-wrong-key')
        window.save()
        window.upload(make_file(work / 'film.mov', 6 * MIB))
        window.help('Enter Keys…', 'film.mov')
        window.fill(Access_Key=store.access_key, Secret_Key=store.secret_key)
        window.take_picture('enter-keys')
        window.push('Continue')
        window.wait_sentence('film.mov', 'verified')
        window.quit()


def test_unreachable(work):
    with Store() as store, Editor(work, store) as window:
        window.open()
        window.begin(store, Address_of_the_Store='http://127.0.0.1:1')
        window.push('Test Connection')
        window.find('label', 'Uploads would fail.', 60)
        window.take_picture('destination-unreachable')
        window.quit()


def test_mended(work):
    with Store() as store, Editor(work, store) as window:
        window.open()
        window.begin(store, Bucket='boxes')
        window.save()
        window.upload(make_file(work / 'film.mov', 6 * MIB))
        window.upload(make_file(work / 'second.mov', 6 * MIB))
        window.help('Edit Destination', 'film.mov')
        window.fill(Bucket='box')
        window.push('Save')
        window.wait_sentence('film.mov', 'verified')
        window.wait_sentence('second.mov', 'verified')
        window.quit()


def test_backend(work):
    with Store() as store, Presign(store, jwt_secret='of-the-backend-and-of-nobody-else') as backend, \
            Editor(work, store) as window:
        window.open()
        window.push('Add a Destination…')
        window.choose('Service', 'Upload Backend')
        window.fill(Address_of_the_Backend=backend.url, Token=backend.make_token(sub='ann'))
        window.push('Test Connection')
        window.find('label', 'Everything that an upload needs works.')
        window.take_picture('destination-backend')
        window.save()
        window.upload(make_file(work / 'film.mov', 12 * MIB))
        window.wait_sentence('film.mov', 'verified')
        destination, = window.saved()
        check_equal((destination['kind'], destination['dialect']), ('presign', 'partway'))
        window.quit()


def test_locked_keyring(work):
    with Store() as store, Editor(work, store) as window:
        call_keyring('lock')
        try:
            window.open()
            window.begin(store)
            window.push('Save')
            window.find('label', 'The Keyring Did Not Take the Keys')
            window.take_picture('keyring-locked')
            window.push('For This Session Only')
            window.wait_gone('label', 'Add a Destination')
        finally:
            call_keyring('unlock')
        check_equal([d['secrets'] for d in window.saved()], ['session'])
        window.upload(make_file(work / 'film.mov', 6 * MIB))
        window.wait_sentence('film.mov', 'verified')
        window.quit()

        # Forgotten, as it said.
        window.open(make_file(work / 'again.txt', 100))
        window.help('Enter Keys…', 'again.txt')
        window.fill(Access_Key=store.access_key, Secret_Key=store.secret_key)
        window.push('Continue')
        window.wait_sentence('again.txt', 'verified')
        window.quit()


def test_removed(work):
    with Store() as store, Editor(work, store) as window:
        window.set_env(AWS_ACCESS_KEY_ID=store.access_key, AWS_SECRET_ACCESS_KEY=store.secret_key)
        window.add_destination(name='First')
        window.add_destination(name='Second')
        window.open()
        window.press('ctrl+d')
        window.find('label', 'First')
        window.push('Remove', row='First')
        window.wait_gone('label', 'First')
        window.push('Undo')
        window.find('label', 'First')
        window.take_picture('destinations')
        wait_until(lambda: len(window.saved()) == 2, 'both are saved')
        window.push('Remove', row='Second')
        wait_until(lambda: [d['name'] for d in window.saved()] == ['First'], 'one is saved')
        window.quit()


def test_profile(work):
    with Store() as store, Editor(work, store) as window:
        folder = work / 'aws'
        folder.mkdir()
        (folder / 'credentials').write_text(
            f'[films]\naws_access_key_id = {store.access_key}\n'
            f'aws_secret_access_key = {store.secret_key}\nendpoint_url = {store.url}\n')
        window.set_env(AWS_SHARED_CREDENTIALS_FILE=folder / 'credentials',
                       AWS_CONFIG_FILE=folder / 'config')
        window.open()
        window.press('ctrl+d')
        window.push('Import From ~/.aws…')
        window.click(window.find('label', 'films'))
        window.fill(Bucket=store.bucket)
        window.take_picture('destination-profile')
        window.save()
        window.push('Back')
        window.upload(make_file(work / 'film.mov', 6 * MIB))
        window.wait_sentence('film.mov', 'verified')
        window.quit()


if __name__ == '__main__':
    main([test_added, test_typed_wrong, test_wrong_key, test_unreachable, test_mended, test_backend,
          test_locked_keyring, test_removed, test_profile])
