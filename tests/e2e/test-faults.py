#!/usr/bin/python3
# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each fault script of tests/store/faults against the whole program: how it must end. That no
secret gets into any output or file is checked wherever partway-cli runs (partway.py)."""

import functools
import signal

from partway import (FAULTS, KIB, MIB, Cli, Store, check, check_equal, main, make_file,
                     sha256_of)

PART = 2 * MIB
N_PARTS = 6
SIZE = (N_PARTS - 1) * PART + 777777
SMALL = 100 * KIB
PARTS = ('--part-size', '2MiB', '--allow-tiny-parts')
# What expires, in the tests of expiry; "fresh" is the one that the script wants afterwards.
TOKEN = 'e2e-session-token-0123456789'
# Stops an upload before its last part, in a way that lasts.
REFUSED = f'part {N_PARTS}: status 403 AccessDenied'


def read_fault(name):
    return (FAULTS / (name + '.fault')).read_text()


class Case:
    """A store with a fault, a file, and the program."""

    def __init__(self, work, fault, size=SIZE, rules='generic', token=None, script=None):
        self.file = make_file(work / 'film', size)
        self.size, self.sha256 = size, sha256_of(self.file)
        self.store = Store(rules=rules, min_part=1, token=token,
                           faults=read_fault(fault) if script is None else script)
        self.cli = Cli(work, self.store, AWS_SESSION_TOKEN=token)

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.store.__exit__(*what)

    def upload(self, *arguments, **options):
        return self.cli.upload(*PARTS, *arguments, self.file, **options)

    def resume(self, *arguments):
        return self.cli.resume('--all', *arguments)

    def check_done(self, result, key='film'):
        check_equal(result.status, 0, result)
        check_equal(result.upload['state'], 'done', result)
        check_equal(result.end['failed'], 0, result)
        check(result.upload['verification'], 'nothing was proved', result)
        self.check_object(key)
        check_equal(self.store.unfinished(), [], 'left unfinished', result)
        check_equal(self.cli.list(), [], 'the program thinks that something is unfinished')

    def check_object(self, key='film'):
        check(self.store.object(key), 'there is no object')
        check_equal(self.store.object(key).size, self.size, 'size of the object')
        check_equal(self.store.object(key).sha256, self.sha256, 'the object is not the file')

    def check_stopped(self, result, error, state='failed', status=1, has_request_id=True):
        check_equal(result.status, status, result)
        check_equal(result.upload['state'], state, result)
        check_equal(result.upload.get('error'), error, result)
        check(result.upload['message'].strip(), 'without a sentence', result)
        if has_request_id:
            check(result.upload.get('requestId'), 'without the request id', result)
        check_equal([u['error'] for u in self.cli.list()], [error], 'what "list" says')

    def check_nothing_there(self):
        check(self.store.object('film') is None, 'an object is there')

    def check_remove(self):
        """Giving it up leaves nothing behind."""
        result = self.cli.run('remove', '--json', '--all')
        check_equal(result.status, 0, result)
        check_equal(self.store.unfinished(), [], 'left unfinished')
        check_equal(self.cli.list('--all'), [])

    def check_mended(self):
        """A good store from now on: it can be taken up, and not all parts are sent again."""
        self.store.set_faults('')
        result = self.resume()
        self.check_done(result)
        return result

    def check_acted(self):
        """A fault that never came up proves nothing."""
        for fault in self.store.stats()['faults']:
            check(fault['hits'] > 0, 'the rule never acted:', fault['rule'])

    def check_sent(self, most, least=None):
        sent = self.store.stats()['part_bytes']
        check(sent <= most, f'{sent} bytes of parts came, more than {most}')
        check(least is None or sent >= least, f'{sent} bytes of parts came, less than {least}')


# Faults that the program gets over by itself.

def heals(work, fault, most_again=0, arguments=(), **options):
    """@most_again: bytes of parts beyond the file's size that may come to the store; None: any."""
    with Case(work, fault, **options) as case:
        case.check_done(case.upload(*arguments))
        case.check_acted()
        if most_again is not None:
            case.check_sent(case.size + most_again)


def heals_small(work, fault, n_puts, **options):
    """@n_puts: so many PutObjects come to the store; None: any number."""
    with Case(work, fault, size=SMALL, **options) as case:
        case.check_done(case.upload())
        case.check_acted()
        if n_puts:
            check_equal(case.store.requests('put'), n_puts, 'PutObject')


def heals_both(work, fault, n_puts, most_again=0, arguments=()):
    """A rule for parts and one for small objects in one file."""
    for size, operation in ((SIZE, 'complete'), (SMALL, 'put')):
        (work / operation).mkdir()
        with Case(work / operation, fault, size=size) as case:
            case.check_done(case.upload(*arguments))
            check(any(case.store.hits()), 'no rule acted')
            check(operation == 'put' or most_again is None
                  or case.store.stats()['part_bytes'] <= size + most_again, 'too much came')
            check(operation != 'put' or case.store.requests('put') == n_puts, 'PutObject')


def heals_when_resumed(work, fault, parts_again=1, **options):
    """Stopped before the last part, and taken up under the fault. @parts_again: of the parts that
    are there, so many may be sent again."""
    with Case(work, fault, script=REFUSED, **options) as case:
        result = case.upload('--parallel', '1')
        check_equal(result.status, 4, result)
        check_equal(result.end['safe'], (N_PARTS - 1) * PART, result)
        case.store.reset_stats()
        case.store.set_faults(read_fault(fault))
        case.check_done(case.resume())
        case.check_acted()
        case.check_sent(case.size - (N_PARTS - 1 - parts_again) * PART)


def test_server_errors(work):
    """Its rules are for all calls of an upload that is taken up once."""
    with Case(work, 'server-errors') as case:
        case.store.set_faults(read_fault('server-errors')
                              + '\n' + REFUSED.replace(':', ' times 1:'))
        check_equal(case.upload('--parallel', '1').status, 4)
        case.check_done(case.resume())
        case.check_acted()


def test_lost_create_answer(work):
    with Case(work, 'lost-create-answer') as case:
        case.check_done(case.upload())
        check_equal(case.store.requests('create'), 2, 'CreateMultipartUpload')
        case.check_acted()
        case.check_sent(case.size)


def test_access_denied_head(work):
    """Whoever may write alone still uploads, and is told what was proved."""
    for rules in ('generic', 'ceph'):
        (work / rules).mkdir()
        with Case(work / rules, 'access-denied-head', rules=rules) as case:
            result = case.upload()
            case.check_done(result)
            case.check_acted()
            case.check_sent(case.size)


def test_access_denied_list(work):
    """An upload needs no list; of what was begun, the journal knows what arrived, and it is said
    that nobody else was asked."""
    with Case(work, 'access-denied-list') as case:
        case.check_done(case.upload())
    (work / 'resumed').mkdir()
    with Case(work / 'resumed', None, script=REFUSED) as case:
        case.upload('--parallel', '1')
        case.store.reset_stats()
        case.store.set_faults(read_fault('access-denied-list'))
        result = case.resume()
        case.check_done(result)
        notes = [e['message'] for e in result.events if e['event'] == 'note']
        check(any('cannot be listed' in text for text in notes), result)
        case.check_sent(case.size - (N_PARTS - 1) * PART)


def test_throttled_hard(work):
    """Fewer connections than the two that it starts with."""
    with Case(work, 'throttled-hard') as case:
        result = case.upload()
        case.check_done(result)
        case.check_acted()
        # The bodies came, as S3 reads them before it says no.
        case.check_sent(case.size + 20 * PART)
        counts = [e['connections'] for e in result.events if e['event'] == 'progress']
        check_equal(min(counts), 1, 'connections were not shed:', counts)


def test_stall_complete(work):
    """S3 may take minutes for a Complete, so the program waits long. Once the connection ends, the
    object is found to be there."""
    with Case(work, 'stall-complete') as case:
        process = case.cli.start_upload(*PARTS, case.file)
        case.store.wait(lambda stats: stats['held_connections'] == 1, 'Complete is held')
        case.check_acted()
        case.store.set_faults('')
        case.check_done(process.finish())
        case.check_sent(case.size)


def test_wrong_etag(work):
    """With a checksum in the answer the part is known to be right, and the list tells its ETag; without
    one the answer itself looks damaged."""
    heals(work, 'wrong-etag', most_again=PART)
    (work / 'b2').mkdir()
    heals(work / 'b2', 'wrong-etag', most_again=PART, rules='b2')


def test_abort_fails_once(work):
    with Case(work, 'abort-fails-once') as case:
        case.store.set_faults(REFUSED)
        check_equal(case.upload().status, 4)
        check_equal(len(case.store.unfinished()), 1)
        case.store.set_faults(read_fault('abort-fails-once'))
        case.check_remove()
        case.check_acted()


# Credentials that expire.

def test_expired_token(work):
    """From the environment they cannot be had anew; the user brings new ones."""
    with Case(work, 'expired-token', token=TOKEN) as case:
        result = case.upload('--parallel', '1')
        case.check_stopped(result, 'credentials-expired', state='paused', status=4)
        case.check_nothing_there()
        case.check_acted()
        case.check_stopped(case.resume(), 'credentials-expired', state='paused', status=4)
        n_parts = case.store.requests('part')
        case.cli.set_env(AWS_SESSION_TOKEN='fresh')
        case.check_done(case.resume())
        check(case.store.requests('part') < n_parts + N_PARTS, 'all parts were sent again')


def write_process(work, tokens):
    """A credential_process that gives these tokens, one a run, the last one for ever."""
    (work / 'tokens').write_text('\n'.join(tokens) + '\n')
    script = work / 'process'
    script.write_text(f'''#!/bin/sh
token=$(head -n 1 {work}/tokens)
[ "$(wc -l < {work}/tokens)" -le 1 ] || sed -i 1d {work}/tokens
echo ran >> {work}/runs
cat <<END
{{"Version": 1, "AccessKeyId": "$(cat {work}/key)", "SecretAccessKey": "$(cat {work}/secret)",
 "SessionToken": "$token"}}
END
''')
    script.chmod(0o700)
    (work / 'key').write_text(Store.access_key)
    (work / 'secret').write_text(Store.secret_key)
    (work / 'home/.aws').mkdir(parents=True)
    (work / 'home/.aws/config').write_text(f'[default]\ncredential_process = {script}\n')


def heals_by_process(work, fault, tokens, **options):
    write_process(work, tokens)
    with Case(work, fault, token=TOKEN, **options) as case:
        case.cli.set_env(AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None,
                         AWS_SESSION_TOKEN=None)
        case.check_done(case.upload())
        case.check_acted()
        case.check_sent(case.size + N_PARTS * PART)
        check_equal((work / 'runs').read_text().split(), ['ran'] * 2, 'runs of the process')


def test_expired_token_from_process(work):
    heals_by_process(work, 'expired-token', [TOKEN, 'fresh'])


def test_expired_token_once(work):
    """Paused, not failed; and with the same credentials it goes on, as the store takes them."""
    for fault in ('expired-token-once', 'expired-token-403'):
        (work / fault).mkdir()
        with Case(work / fault, fault, token=TOKEN) as case:
            result = case.upload('--parallel', '1')
            case.check_stopped(result, 'credentials-expired', state='paused', status=4)
            case.check_sent(2 * PART)
            case.check_done(case.resume())
            case.check_acted()
            case.check_sent(case.size + PART)


# Faults that no repetition mends: told, and nothing is lost or wrong.

def stops(work, fault, error, arguments=(), removes=False, size=SIZE, **expected):
    with Case(work, fault, size=size) as case:
        case.check_stopped(case.upload(*arguments), error, **expected)
        case.check_acted()
        case.check_nothing_there()
        if removes:
            case.check_remove()
        else:
            case.check_mended()


def test_disk_full(work):
    for size, rule in ((SIZE, 'part after 2: disk-full'), (SMALL, 'put: disk-full')):
        check(rule in read_fault('disk-full'))
        (work / str(size)).mkdir()
        with Case(work / str(size), None, size=size, script=rule) as case:
            case.check_stopped(case.upload('--parallel', '1'), 'quota')
            case.check_acted()
            case.check_nothing_there()
            case.check_mended()


def test_wrong_object(work):
    """Found by the checksum of the whole object. It never counts as done, also not later."""
    with Case(work, 'wrong-object') as case:
        case.check_stopped(case.upload(), 'wrong-object', has_request_id=False)
        case.check_acted()
        check(case.store.object('film').sha256 != case.sha256, 'the fault did nothing')
        case.check_mended()


def test_wrong_size(work):
    with Case(work, 'wrong-size') as case:
        case.check_stopped(case.upload(), 'wrong-object', has_request_id=False)
        case.check_acted()
        case.check_mended()


def test_damaged_forever(work):
    stops(work, 'damaged-forever', 'damaged')
    (work / 'removed').mkdir()
    stops(work / 'removed', 'damaged-forever', 'damaged', removes=True)


def precondition_end(work, policy, size, state, error):
    with Case(work, 'precondition', size=size) as case:
        result = case.upload('--if-exists', policy)
        check_equal((result.upload['state'], result.upload.get('error')), (state, error),
                    policy, size, result)
        check_equal(result.status, 0 if state == 'skipped' else 1, result)
        case.check_nothing_there()
        check(any(case.store.hits()), 'no rule acted')
        if state == 'skipped':
            check_equal(case.store.unfinished(), [], 'left unfinished')
        else:
            case.check_remove()


def test_precondition(work):
    """Somebody was faster: the policy decides. Where even "replace" is refused, it is told."""
    for policy, state, error in (('ask', 'failed', 'exists'), ('skip', 'skipped', None),
                                 ('replace', 'failed', 'exists')):
        for size in (SIZE, SMALL):
            folder = work / f'{policy}-{size}'
            folder.mkdir()
            precondition_end(folder, policy, size, state, error)


def test_precondition_rename(work):
    """The other name is free: the file goes there."""
    script = read_fault('precondition').replace('put:', 'put key film:').replace(
        'complete:', 'complete key film:')
    for size in (SIZE, SMALL):
        (work / str(size)).mkdir()
        with Case(work / str(size), None, size=size, script=script) as case:
            result = case.upload('--if-exists', 'rename')
            check_equal(result.status, 0, result)
            case.check_nothing_there()
            case.check_object('film (2)')
            check_equal(case.store.unfinished(), [], 'left unfinished')


# Faults that outlast the patience: half a minute and more of retries.

def gives_up(work, fault, error, size=SIZE, has_request_id=True):
    with Case(work, fault, size=size) as case:
        result = case.upload(timeout=200)
        case.check_stopped(result, error, state='paused', status=3, has_request_id=has_request_id)
        case.check_acted()
        case.check_nothing_there()
        case.check_mended()


def test_create_fails_until_interrupted(work):
    """Ctrl+C in the middle of the retries."""
    with Case(work, 'create-fails') as case:
        process = case.cli.start_upload(*PARTS, case.file)
        case.store.wait(lambda stats: stats['requests']['create'] >= 3)
        process.signal(signal.SIGINT)
        result = process.finish(10)
        check_equal(result.status, 3, result)
        check_equal(result.upload['state'], 'paused', result)
        case.check_mended()


def test_html_portal_forever(work):
    with Case(work, None, script=read_fault('html-portal').replace(' times 3', '')) as case:
        result = case.upload(timeout=200)
        case.check_stopped(result, 'answer', state='paused', status=3, has_request_id=False)
        case.check_mended()


TESTS = {
    # Retried: beyond the file only what was lost with the fault comes to the store.
    'put-fails-once': (heals_small, 2),
    'damaged-put': (heals_small, 2),
    'lost-put-answer': (heals_small, 2),
    'lost-part-answer': (heals, PART),
    'damaged-part': (heals, PART),
    'lost-part': (heals, PART),
    'reset-mid-part': (heals, N_PARTS * PART),
    'close-mid-part': (heals, 2 * PART),
    'request-timeout': (heals, 2 * PART),
    'early-503': (heals, N_PARTS * PART),
    'rate-limited-429': (heals, 3 * PART),
    'throttled-parts': (heals, 4 * PART),
    'throttled-hard': test_throttled_hard,
    'server-errors': test_server_errors,
    'close-idle': (heals, N_PARTS * PART),
    'slow-answers': (heals, 0),
    'slow-part': (heals, 0),
    'slow-line': functools.partial(heals_both, n_puts=1, arguments=('--part-size', '200KiB')),
    'stall-part': functools.partial(heals, most_again=PART, arguments=('--stall-timeout', '1')),
    'stall-answer': functools.partial(heals, most_again=PART, arguments=('--stall-timeout', '1')),
    'html-portal': (heals, 0),
    'html-portal-part': (heals, PART),
    'wrong-etag': test_wrong_etag,
    # Mended first.
    'clock-skew': (heals, 0),
    'clock-skew-behind': (heals, 0),
    'wrong-region-301': (heals, 0),
    'wrong-region-400': (heals, 0),
    'redirect-307': (heals, 0),
    'expired-token': test_expired_token,
    'expired-token-once': test_expired_token_once,
    'expired-token-403': test_expired_token_once,
    # The end of an upload.
    'lost-create-answer': test_lost_create_answer,
    'lost-complete-answer': (heals, 0),
    'cut-complete-answer': (heals, 0),
    'complete-whitespace': (heals, 0),
    'complete-whitespace-error': (heals, 0),
    'error-in-200': (heals, 0),
    'error-in-200-though-done': (heals, 0),
    'stall-complete': test_stall_complete,
    'complete-no-such-upload': (heals, SIZE),
    'no-such-upload': (heals, SIZE),
    'conflict': functools.partial(heals_both, n_puts=2, most_again=SIZE),
    'abort-fails-once': test_abort_fails_once,
    # Taken up again under the fault.
    'lost-part-list': (heals_when_resumed, 0),
    'empty-list-parts': (heals_when_resumed, N_PARTS - 1),
    'lying-list-parts': (heals_when_resumed, 2),
    'lying-list-etag': (heals_when_resumed, 1),
    # Rights.
    'access-denied-head': test_access_denied_head,
    'access-denied-list': test_access_denied_list,
    'access-denied-part': functools.partial(stops, error='access-denied', status=4),
    'early-403': functools.partial(stops, error='access-denied', status=4),
    'error-in-200-for-good': functools.partial(stops, error='access-denied', status=4),
    # Told.
    'damaged-forever': test_damaged_forever,
    'disk-full': test_disk_full,
    'quota': functools.partial(stops, error='quota', arguments=('--parallel', '1')),
    'precondition': test_precondition,
    'wrong-object': test_wrong_object,
    'wrong-size': test_wrong_size,
    # Given up for now.
    'create-fails': (gives_up, 'server'),
    'put-fails': functools.partial(gives_up, error='server', size=SMALL),
    'no-etag': functools.partial(gives_up, error='answer', has_request_id=False),
}
MORE = [
    test_expired_token_from_process,
    test_precondition_rename,
    test_create_fails_until_interrupted,
    test_html_portal_forever,
]


def test_each_script_has_a_test(work):
    scripts = {path.stem for path in FAULTS.iterdir()}
    check_equal(sorted(scripts - TESTS.keys()), [], 'fault scripts without a test')
    check_equal(sorted(TESTS.keys() - scripts), [], 'tests without a fault script')


def make_test(fault, entry):
    if isinstance(entry, tuple):
        return fault, lambda work: entry[0](work, fault, *entry[1:])
    if isinstance(entry, functools.partial):
        return fault, lambda work: entry(work, fault)
    return fault, entry


if __name__ == '__main__':
    slow = ('create-fails', 'put-fails', 'no-etag', 'throttled-hard')
    order = [*slow, *(fault for fault in TESTS if fault not in slow)]
    main([MORE[-1], *(make_test(fault, TESTS[fault]) for fault in order), *MORE[:-1],
          test_each_script_has_a_test], parallel=8)
