#!/usr/bin/python3
# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""partway-cli as people and scripts meet it: options, exit status, events, the terminal, Ctrl+C,
folders, the bandwidth limit, and that secrets stay where they are."""

import fcntl
import os
import pty
import re
import select
import signal
import socket
import statistics
import struct
import subprocess
import termios
import time

from partway import (CLI, KIB, MIB, SECRET_KEY, SLOWNESS, SOURCE, TIMEOUT, Cli, Store, check,
                     check_equal, main, make_file, note, sha256_of, spawn)

TINY = ('--part-size', '256KiB', '--allow-tiny-parts')
# 8 MiB take some seconds: long enough to be looked at and interrupted.
SLOWLY = (*TINY, '--limit', '2MiB')
TOKEN = 'e2e-session-token-0123456789'


def start_slowly(cli, path, *arguments):
    """Some of it is safe, and more is to come."""
    process = cli.start_upload(*SLOWLY, *arguments, path)
    event = process.wait_event(lambda e: e['event'] == 'progress' and e['safe'] > 0)
    check(event['safe'] < event['size'], 'too fast to be interrupted', event)
    return process


# Options.

def test_usage_errors(work):
    file = str(make_file(work / 'file', 10))
    target = ['upload', '--to', 's3://box/']
    cli = Cli(work, AWS_ACCESS_KEY_ID='a', AWS_SECRET_ACCESS_KEY='b' * 20)
    for arguments, word in (
            ([], 'Usage'), (['bogus'], 'bogus'), (['--bogus'], 'bogus'),
            (['upload'], '--to'), (['upload', file], '--to'), (target, 'files'),
            ([*target, '--bogus', file], '--bogus'),
            ([*target, '--parallel', '0', file], '--parallel'),
            ([*target, '--parallel', '65', file], '--parallel'),
            ([*target, '--parallel', 'many', file], 'many'),
            ([*target, '--limit', 'fast', file], 'fast'),
            ([*target, '--stall-timeout', '-1', file], '--stall-timeout'),
            ([*target, '--stall-timeout', '3601', file], '--stall-timeout'),
            ([*target, '--part-size', '8XB', file], '8XB'),
            ([*target, '--part-size', '1MiB', file], '5'),
            ([*target, '--part-size', '6GiB', file], '5'),
            ([*target, '--if-exists', 'perhaps', file], 'perhaps'),
            ([*target, '--style', 'modern', file], 'modern'),
            ([*target, '--endpoint', 'ftp://x', file], 'ftp://x'),
            (['upload', '--to', 's3://', file], 'bucket'),
            (['upload', '--to', 's3://a b/', file], 'bucket'),
            (['upload', '--to', 'nosuchname', file], 'nosuchname'),
            (['resume'], '--all'), (['resume', '--bogus'], '--bogus'), (['remove'], '--all'),
            (['resume', '--all', '--parallel', '0'], 'resume --help'),
            (['unfinished', 's3://box', '--older-than', '-1'], '--older-than'),
            (['unfinished', 'saved', '--endpoint', 'https://x'], '--endpoint'),
            (['list', '--bogus'], '--bogus'), (['unfinished'], 'where'),
            (['unfinished', 'nosuchname'], 'nosuchname'), (['destination'], 'add'),
            (['destination', 'bogus'], 'add|'), (['destination', 'add', 'x'], 'say')):
        result = cli.run(*arguments)
        check_equal(result.status, 2, arguments, result)
        check_equal(result.stdout, '', arguments)
        check(word.lower() in result.stderr.lower(), word, 'is not in', result.stderr, arguments)
    check_equal(list(cli.files()), [], 'a mistake in typing left something')


def test_help_and_version(work):
    cli = Cli(work)
    result = cli.run('--version')
    check_equal(result.status, 0, result)
    check(re.fullmatch(r'partway-cli \d+\.\d+(\.\d+)?\n', result.stdout), result)
    result = cli.run('--help')
    check_equal((result.status, result.stderr), (0, ''), result)
    for command in ('upload', 'resume', 'remove', 'list', 'unfinished', 'destination'):
        check(command in result.stdout, result)
        told = cli.run(command, '--help')
        check_equal((told.status, told.stderr), (0, ''), told)
        check('Usage:' in told.stdout, told)
    check('--if-exists' in cli.run('upload', '--help').stdout)
    check_equal(list(cli.files()), [])


def options_of(cli, *command):
    return set(re.findall(r'^  (?:-\w, )?(--[a-z-]+)', cli.run(*command, '--help').stdout, re.M))


def complete(*words):
    """What bash offers for the last word."""
    script = SOURCE / 'data/partway-cli.bash-completion'
    text = f'source {script}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _partway_cli; ' \
           'printf "%s\\n" "${COMPREPLY[@]}"'
    done = subprocess.run(['bash', '-c', text, 'bash', 'partway-cli', *words],
                          stdout=subprocess.PIPE, text=True, check=True, timeout=TIMEOUT)
    return set(done.stdout.split())


def test_every_option_is_documented(work):
    """The manual knows each option, and bash completes it."""
    cli = Cli(work)
    manual = (SOURCE / 'data/partway-cli.1').read_text().replace('\\-', '-')
    commands = [('upload',), ('resume',), ('remove',), ('list',), ('unfinished',),
                *(('destination', name) for name in ('add', 'list', 'show', 'test', 'remove'))]
    for command in commands:
        options = options_of(cli, *command)
        check('--help' in options, command)
        check_equal(complete(*command, '--'), options, 'what is completed after', command)
        for option in options - {'--help'}:
            check(re.search(option + r'(?![a-z-])', manual), option, 'is not in the manual', command)


def test_settings_from_the_environment(work):
    with Store() as store:
        cli = Cli(work, store, AWS_ENDPOINT_URL_S3=store.url, AWS_REGION='us-east-1')
        check_equal(cli.run('upload', '--to', 's3://box/', make_file(work / 'a', 10)).status, 0)
        cli.set_env(AWS_ENDPOINT_URL_S3=None, AWS_ENDPOINT_URL=store.url)
        check_equal(cli.run('upload', 's3://box/', make_file(work / 'b', 10)).status, 0)

        (work / 'home/.aws').mkdir()
        (work / 'home/.aws/config').write_text(f'[profile p]\nendpoint_url = {store.url}\n')
        (work / 'home/.aws/credentials').write_text(
            f'[p]\naws_access_key_id = {store.access_key}\n'
            f'aws_secret_access_key = {store.secret_key}\n')
        cli.set_env(AWS_ENDPOINT_URL=None, AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None)
        result = cli.run('upload', '--profile', 'p', 's3://box/', make_file(work / 'c', 10))
        check_equal(result.status, 0, result)
        cli.set_env(AWS_PROFILE='p')
        check_equal(cli.run('upload', 's3://box/', make_file(work / 'd', 10)).status, 0)
        check_equal(store.keys(), ['a', 'b', 'c', 'd'])


# Events: partway-cli(1) documents them, and members are only ever added.

COMMON = {'id': str, 'state': str, 'path': str, 'bucket': str, 'key': str, 'size': int, 'safe': int,
          'resumed': int}
TOTALS = {'uploads': int, 'done': int, 'failed': int, 'paused': int, 'size': int, 'safe': int,
          'sent': int, 'resumed': int}
SHAPES = {
    'done': {**COMMON, 'verification': str, 'etag': str},
    'failed': {**COMMON, 'error': str, 'message': str},
    'progress': {**TOTALS, 'speed': int, 'secondsLeft': int, 'connections': int},
    'note': {'message': str},
    'end': {**TOTALS, 'exitStatus': int},
}


def check_shape(event):
    kind = event['state'] if event['event'] == 'upload' else event['event']
    for name, type_ in SHAPES.get(kind, COMMON).items():
        check(name in event, name, 'is not in', event)
        check(isinstance(event[name], type_), name, 'is of another type in', event)


def test_events(work):
    with Store(faults='put key denied: status 403 AccessDenied', min_part=1) as store:
        cli = Cli(work, store, prefix='')
        os.mkfifo(work / 'fifo')
        (work / 'tree').mkdir()
        os.mkfifo(work / 'tree/fifo')
        film = make_file(work / 'film', 5 * MIB)
        result = cli.upload(*SLOWLY, film, make_file(work / 'denied', 10), work / 'tree')
        check_equal(result.status, 4, result)
        for event in result.events:
            check_shape(event)
        check_equal({e['event'] for e in result.events}, {'upload', 'progress', 'note', 'end'})
        check_equal(result.events[-1]['exitStatus'], 4)
        check_equal((result.end['uploads'], result.end['done'], result.end['failed']), (2, 1, 1))

        states = [e['state'] for e in result.events if e.get('path') == str(film)]
        check_equal(states, ['waiting', 'preparing', 'sending', 'finishing', 'done'])
        done, denied = result.uploads()
        check_equal((done['key'], done['size'], done['safe']), ('film', 5 * MIB, 5 * MIB))
        check_equal((denied['error'], denied['state']), ('access-denied', 'failed'))
        check(denied['requestId'], denied)
        safe = [e['safe'] for e in result.events if e['event'] == 'progress']
        check_equal(safe, sorted(safe), 'what is safe stays safe')
        # Each line is one object, and nothing else is on standard output.
        check_equal(len(result.events), len(result.stdout.splitlines()), result)
        check_equal(result.stderr, '', 'events tell it all')


# Ctrl+C, and on.

def check_soon(began):
    """It takes a tenth of a second; a machine that does much else at the same time has five."""
    took = time.monotonic() - began
    note(f'ended after {took:.2f} s')
    check(took < 5 * SLOWNESS, 'it took', took, 's')


def test_interrupt(work):
    with Store(min_part=1) as store:
        cli = Cli(work, store)
        path = make_file(work / 'film', 8 * MIB)
        # Plain lines, as without a terminal.
        arguments = [a for a in cli.upload_arguments(*SLOWLY, path) if a != '--json']
        process = cli.start(*arguments)
        store.wait(lambda stats: stats['part_bytes'] > MIB)
        began = time.monotonic()
        process.signal(signal.SIGINT)
        result = process.finish()
        check_soon(began)
        check_equal(result.status, 3, result)
        check('resume' in result.stdout + result.stderr, 'it does not say how to go on', result)

        shown = cli.run('list')
        listed, = cli.list()
        check_equal(listed['state'], 'paused')
        for word in (listed['id'], 'paused', 'film', 's3://box'):
            check(word in shown.stdout, word, shown)
        sent = store.stats()['part_bytes']
        result = cli.resume(listed['id'])
        check_equal(result.status, 0, result)
        check_equal(store.object('film').sha256, sha256_of(path))
        # A part that was on its way goes again, on each connection.
        check(store.stats()['part_bytes'] <= 8 * MIB + 4 * 256 * KIB, sent, store.stats())
        check(result.upload['resumed'] > 0, result)
        check_equal(cli.run('list').stdout.strip(), 'Nothing is unfinished.')
        check_equal([e['state'] for e in cli.list('--all')], ['done'])


def test_second_interrupt(work):
    """Nothing is waited for then; nothing is lost either."""
    with Store(min_part=1, faults='part: stall after 100KiB') as store:
        cli = Cli(work, store)
        path = make_file(work / 'film', 2 * MIB)
        process = cli.start_upload(*TINY, path)
        store.wait(lambda stats: stats['held_connections'] > 0)
        process.signal(signal.SIGINT)
        process.signal(signal.SIGINT)
        check_equal(process.finish(5).status, 3)
        store.set_faults('')
        check_equal(cli.resume().status, 0)
        check_equal(store.object('film').sha256, sha256_of(path))


def test_remove(work):
    with Store(min_part=1) as store:
        cli = Cli(work, store)
        for name in ('one', 'two'):
            process = start_slowly(cli, make_file(work / name, 8 * MIB))
            process.signal(signal.SIGINT)
            check_equal(process.finish().status, 3)
        ids = {e['key']: e['id'] for e in cli.list()}
        check_equal(cli.run('remove', ids['one']).status, 0)
        check_equal([e['key'] for e in cli.list('--all')], ['two'])
        check_equal(len(store.unfinished()), 1)
        check_equal(cli.run('remove', 'nosuchid').status, 1)
        check_equal(cli.run('resume', 'nosuchid').status, 1)
        check_equal(cli.run('remove', '--all').status, 0)
        check_equal((cli.list('--all'), store.unfinished(), store.keys()), ([], [], []))


def test_unfinished(work):
    """What is at the store, with age and size, and what was deleted of it: for scripts, too."""
    with Store(min_part=1) as store:
        cli = Cli(work, store)
        process = start_slowly(cli, make_file(work / 'film', 8 * MIB))
        process.signal(signal.SIGINT)
        check_equal(process.finish().status, 3)
        target = ['unfinished', 's3://box', '--endpoint', store.url]
        found, = cli.run(*target, '--json').events
        check_equal((found['event'], found['key']), ('unfinished', 'film'))
        check_equal(found['size'], found['parts'] * 256 * KIB)
        check(found['parts'] > 0 and abs(found['initiated'] - time.time()) < 3600, found)
        shown = cli.run(*target).stdout
        for word in ('film', 'ago', f'{found["parts"]} part', found['uploadId']):
            check(word in shown, word, 'is not in', shown)

        check_equal(cli.run(*target, '--json', '--older-than', '1').stdout, '')
        result = cli.run(*target, '--json', '--abort', found['uploadId'])
        check_equal((result.status, len(result.stdout.splitlines())), (0, 1), result)
        check_equal(result.events, [{'event': 'deleted', 'key': 'film',
                                     'uploadId': found['uploadId']}])
        check_equal(store.unfinished(), [])
        check_equal(cli.run(*target, '--abort', found['uploadId']).status, 1)


def test_two_processes(work):
    """Only one runs an upload; the other says so and disturbs nothing."""
    with Store(min_part=1, faults='part 20 times 1: stall') as store:
        cli = Cli(work, store)
        path = make_file(work / 'film', 8 * MIB)
        process = cli.start_upload(*TINY, path)
        store.wait(lambda stats: stats['held_connections'] == 1)
        listed, = cli.list()
        check('running' in cli.run('list').stdout)
        result = cli.resume(listed['id'])
        check_equal(result.status, 1, result)
        check('another process' in result.stderr, result)
        check_equal(cli.run('remove', listed['id']).status, 1)
        result = cli.resume('--all')
        check_equal((result.status, result.uploads()), (0, []), result)
        # Another upload at the same time is no trouble.
        check_equal(cli.upload(make_file(work / 'other', 1000)).status, 0)
        store.set_faults('')
        check_equal(process.finish().status, 0)
        check_equal(store.object('film').sha256, sha256_of(path))
        check_equal(store.requests('part'), 33, 'parts')


# The terminal.

class Terminal:
    """partway-cli on a pseudo terminal."""

    def __init__(self, cli, arguments, columns=60):
        self.text = b''
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
        environment = dict(cli.env, TERM='xterm')
        self.process = spawn([CLI, *arguments], stdin=slave, stdout=slave, stderr=slave,
                             env=environment)
        os.close(slave)

    def _read(self, end, what):
        """FALSE: the other side is closed."""
        check(select.select([self.master], [], [], max(0, end - time.monotonic()))[0],
              'the terminal does not show', what, self.text[-2000:])
        try:
            self.text += os.read(self.master, 65536)
            return True
        except OSError:               # EIO
            return False

    def read_until(self, condition, what):
        end = time.monotonic() + TIMEOUT
        while not condition(self.text):
            check(self._read(end, what), 'the terminal was left before', what, self.text[-2000:])

    def finish(self):
        end = time.monotonic() + TIMEOUT
        while self._read(end, 'the end'):
            continue
        os.close(self.master)
        return self.process.wait(TIMEOUT)


def test_terminal(work):
    with Store(min_part=1) as store:
        cli = Cli(work, store)
        evil = make_file(work / 'evil\x1b]0;title\x07\x1b[2J\rname\nline\x9b', 100)
        film = make_file(work / ('film' * 20), 6 * MIB)
        arguments = [a for a in cli.upload_arguments(*SLOWLY, evil, film) if a != '--json']
        terminal = Terminal(cli, arguments)
        check_equal(terminal.finish(), 0)
        text = terminal.text.decode()
        for word in ('evil', 'name', 'film', '%' if '%' in text else 'of', 'left'):
            check(word in text, word, 'is not on the terminal', text)
        check(text.count('\x1b[J') > 5, 'the lines were not drawn again', text)

        # Besides its own ways to draw again nothing controls the terminal.
        plain = re.sub(r'\r\x1b\[\d+A\x1b\[J', '', text)
        found = re.findall(r'[\x00-\x09\x0b-\x1f\x7f-\x9f]', plain.replace('\r\n', '\n'))
        check_equal(found, [], 'control characters', plain)
        longest = max(len(line) for line in re.split(r'\r\n|\r\x1b\[\d+A\x1b\[J', text)
                      if 'left' in line)
        check(longest <= 60, 'a line that is drawn again is too long:', longest)


def test_question_on_the_terminal(work):
    """What exists is asked for at the end, once."""
    with Store() as store:
        cli = Cli(work, store)
        paths = [make_file(work / name, 100) for name in ('one', 'two', 'three')]
        check_equal(cli.upload(*paths).status, 0)
        newer = [make_file(work / 'newer' / p.name, 200) for p in paths]
        arguments = [a for a in cli.upload_arguments('--if-exists', 'ask', *newer)
                     if a != '--json']
        terminal = Terminal(cli, arguments, columns=80)
        terminal.read_until(lambda text: b'for all?' in text, 'a question')
        os.write(terminal.master, b's\n')
        terminal.read_until(lambda text: text.count(b'for all?') == 2, 'a second question')
        os.write(terminal.master, b'R\n')
        check_equal(terminal.finish(), 0, terminal.text)
        check_equal([store.object(p.name).size for p in paths], [100, 200, 200])


def test_interrupted_question(work):
    """Ctrl+C is an answer, too; and a name of somebody else's does not play with the terminal."""
    with Store() as store:
        cli = Cli(work, store)
        path = make_file(work / 'evil\x1b[2J', 100)
        check_equal(cli.upload(path).status, 0)
        arguments = [a for a in cli.upload_arguments('--if-exists', 'ask', path) if a != '--json']
        for number in (signal.SIGINT, signal.SIGTERM):
            terminal = Terminal(cli, arguments, columns=80)
            terminal.read_until(lambda text: b'for all?' in text, 'a question')
            check(b'\x1b[2J' not in terminal.text, terminal.text)
            began = time.monotonic()
            terminal.process.send_signal(number)
            check(terminal.finish() in (1, 3), terminal.text)
            check_soon(began)
        check_equal([e['error'] for e in cli.list()], ['exists', 'exists'])


def test_order(work):
    """Files go up in the order in which they are named."""
    with Store() as store:
        cli = Cli(work, store)
        paths = [make_file(work / f'{n * 7 % 100:02}', 10) for n in range(100)]
        result = cli.upload('--parallel', '1', *paths)
        check_equal(result.status, 0, result.end)
        check_equal([u['path'] for u in result.uploads()], [str(p) for p in paths])
        puts = re.findall(r' put (\S+) 200', store.log.read_text())
        check_equal(puts, [p.name for p in paths])


# Folders, and what is no file.

def test_folder_rules(work):
    with Store() as store:
        cli = Cli(work, store)
        tree = work / 'tree'
        for name in ('a', 'sub/b', 'sub/deep/c'):
            make_file(tree / name, 1000)
        (tree / 'empty').mkdir()
        (tree / 'link').symlink_to('a')
        (tree / 'round').symlink_to('.')
        (tree / 'dangling').symlink_to('nowhere')
        os.mkfifo(tree / 'fifo')
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(tree / 'socket'))
            with open(os.fsencode(tree) + b'/not-\xff-utf8', 'wb') as file:
                file.write(b'x')
            result = cli.upload(tree)
        check_equal(result.status, 1, result)
        check_equal(store.keys(), ['tree/a', 'tree/link', 'tree/sub/b', 'tree/sub/deep/c'])
        check_equal(store.object('tree/link').sha256, sha256_of(tree / 'a'))
        failed = {os.path.basename(u['path']): u['error'] for u in result.uploads()
                  if u['state'] == 'failed'}
        check_equal(list(failed.values()), ['key'], failed)
        notes = ' '.join(e['message'] for e in result.events if e['event'] == 'note')
        for word in ('round', 'dangling', 'fifo', 'socket'):
            check(word in notes, word, 'was passed over without a word:', notes)


def test_what_is_no_file(work):
    with Store() as store:
        cli = Cli(work, store)
        os.mkfifo(work / 'fifo')
        (work / 'empty').mkdir()
        result = cli.upload(work / 'nosuchfile', work / 'fifo', '/dev/null', work / 'empty',
                            make_file(work / 'good', 10), timeout=20)
        check_equal(result.status, 1, result)
        errors = {os.path.basename(u['path']): u.get('error') for u in result.uploads()}
        check_equal(errors, {'nosuchfile': 'source-vanished', 'fifo': 'source-not-a-file',
                             'null': 'source-not-a-file', 'good': None})
        check_equal(store.keys(), ['good'])


def test_unreadable(work):
    """Each says what can be done about it, and the rest goes up."""
    with Store() as store:
        cli = Cli(work, store)
        path = make_file(work / 'secret', 100)
        make_file(work / 'tree/open/file', 10)
        make_file(work / 'tree/shut/file', 10)
        path.chmod(0)
        (work / 'tree/shut').chmod(0)
        # Root could read it in spite of that.
        lacks = '-dac_override,-dac_read_search'
        wrapper = ['setpriv', '--inh-caps', lacks, '--bounding-set', lacks]
        result = cli.upload(path, work / 'tree', make_file(work / 'good', 10),
                            wrapper=wrapper if os.geteuid() == 0 else [])
        (work / 'tree/shut').chmod(0o700)
        check_equal(result.status, 1, result)
        errors = {u['key']: u.get('error') for u in result.uploads()}
        check_equal(errors, {'secret': 'source-unreadable', 'tree/shut': 'source-unreadable',
                             'tree/open/file': None, 'good': None}, result)
        told = {u['key']: u.get('message') for u in result.uploads()}
        check('file' in told['secret'] and 'folder “tree/shut”' in told['tree/shut'], told)
        check_equal(store.keys(), ['good', 'tree/open/file'])


def test_many_small_files(work):
    with Store() as store:
        cli = Cli(work, store)
        paths = [make_file(work / 'many' / f'{i:03}', 1000 + i) for i in range(300)]
        result = cli.upload(work / 'many')
        check_equal(result.status, 0, result.end)
        check_equal((result.end['uploads'], result.end['done']), (300, 300), result.end)
        for path in paths:
            check_equal(store.object('many/' + path.name).sha256, sha256_of(path), path)


# The bandwidth limit.

def test_limit(work):
    """As the store sees it, between the first tenth and the last. Where the machine itself stops
    for a moment the limit does not make up for it, so the least is asked of the usual second."""
    limit, size = 5_000_000, 60_000_000
    with Store() as store:
        cli = Cli(work, store)
        process = cli.start_upload('--limit', str(limit),
                                   make_file(work / 'film', size, sparse=True))
        marks = []                    # (before, after, bytes): it looked at some time in between
        while not marks or marks[-1][2] < 0.9 * size:
            asked = time.monotonic()
            part_bytes = store.stats()['part_bytes']
            if part_bytes > 0.1 * size and (not marks or asked >= marks[-1][1] + 1):
                marks.append((asked, time.monotonic(), part_bytes))
            check(process.popen.poll() is None, 'it ended early')
            time.sleep(0.02)          # the store has other things to do
        check_equal(process.finish().status, 0)
        rates = [(b[2] - a[2]) / (b[1] - a[1]) for a, b in zip(marks, marks[1:])]
        usual, average = statistics.median(rates), (marks[-1][2] - marks[0][2]) / (
            marks[-1][1] - marks[0][0])
        note(f'limit {limit / 1e6:.1f} MB/s, in the usual second {usual / 1e6:.3f} MB/s '
             f'({(usual / limit - 1) * 100:+.2f} %), on average {average / 1e6:.3f} MB/s '
             f'({(average / limit - 1) * 100:+.2f} %)')
        check(average <= 1.03 * limit, 'too fast')
        check(0.90 * limit <= usual <= 1.03 * limit, 'too slow or too fast')


# Secrets. partway.py looks into all output and every file after each run; here is more of both.

def test_secrets(work):
    with Store(min_part=1, token=TOKEN) as store:
        cli = Cli(work, store, AWS_SESSION_TOKEN=TOKEN, G_MESSAGES_DEBUG='all')
        path = make_file(work / 'film', 8 * MIB)
        process = cli.start_upload(*SLOWLY, path, make_file(work / 'small', 1000))
        store.wait(lambda stats: stats['part_bytes'] > MIB)
        with open(f'/proc/{process.pid}/cmdline', 'rb') as file:
            cli.check_secrets(file.read())
        process.signal(signal.SIGKILL)
        result = process.finish()
        check('DEBUG' in result.stdout + result.stderr, 'without the log this proves little')
        check(any('journal' in f.name for f in cli.files()), 'without a journal, too')

        for fault in ('part: status 403 SignatureDoesNotMatch', 'part: status 400 ExpiredToken',
                      'part: status 403 AccessDenied', 'part times 1: html'):
            store.set_faults(fault)
            result = cli.resume()
            check_equal(result.status, 0 if 'html' in fault else 4, fault, result)
        check_equal(store.object('film').sha256, sha256_of(path))
        cli.set_env(AWS_SECRET_ACCESS_KEY='wrong' + SECRET_KEY[::-1])
        check_equal(cli.upload(*TINY, path).status, 4)
        cli.set_env(AWS_SECRET_ACCESS_KEY=SECRET_KEY, AWS_SESSION_TOKEN='wrong' + TOKEN[::-1])
        check_equal(cli.upload(*TINY, path).status, 4)


def test_files_of_the_program_are_private(work):
    with Store(min_part=1) as store:
        cli = Cli(work, store)
        process = start_slowly(cli, make_file(work / 'film', 8 * MIB))
        process.kill()
        check_equal(cli.run('destination', 'add', 'x', 's3://box', '--endpoint', store.url,
                            '--keys-from-env').status, 0)
        files = list(cli.files())
        check(len(files) >= 3, files)
        for path in files:
            check_equal(path.stat().st_mode & 0o077, 0, path)


if __name__ == '__main__':
    main([value for name, value in list(globals().items()) if name.startswith('test_')],
         parallel=4)
