# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the whole program share: starting stores and partway-cli, reading its events.

A test is a function that takes its private folder (a pathlib.Path that is removed afterwards);
main() runs a list of them and speaks TAP. Whatever a test started is killed when it ends, and when
this process ends in whatever way. Programs come from the build folder that PARTWAY_BUILD names.

    def test_upload(work):
        with Store(faults='part 2 times 1: reset after 1MiB') as store:
            cli = Cli(work, store)
            file = make_file(work / 'film', 40 * MIB)
            result = cli.upload(file)
            check_equal(result.status, 0, result)
            check_equal(store.object('film').sha256, sha256_of(file))
"""

import atexit
import concurrent.futures
import hashlib
import http.client
import json
import os
import pathlib
import re
import selectors
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.parse

KIB = 1024
MIB = 1024 * KIB

SOURCE = pathlib.Path(os.environ.get('PARTWAY_SOURCE') or pathlib.Path(__file__).parents[2])
BUILD = pathlib.Path(os.environ['PARTWAY_BUILD'])
CLI = BUILD / 'src/cli/partway-cli'
STORE = BUILD / 'tests/store/partway-store'
FAULTS = SOURCE / 'tests/store/faults'
RGW = SOURCE / 'tests/servers/rgw'

# Long and odd enough to be found, and to be nowhere by chance.
ACCESS_KEY = 'E2EACCESSKEY00000001'
SECRET_KEY = 'e2e/secret+key=0123456789abcdefghijklmno'
SIGNATURE = re.compile(rb'(?i)signature["\']?\s*[=:]\s*["\']?[0-9a-f]{16}')


def _find_slowness():
    options = json.loads((BUILD / 'meson-info/intro-buildoptions.json').read_text())
    return 1 if any(o['name'] == 'b_sanitize' and o['value'] == 'none' for o in options) else 4


# A build with sanitizers takes its time: so many times as much.
SLOWNESS = _find_slowness()
TIMEOUT = 180 * SLOWNESS

_running = {}                        # Popen → the thread whose test started it


def spawn(arguments, **options):
    """Popen that ends when the test ends, and when we do."""
    process = subprocess.Popen(['setpriv', '--pdeathsig', 'KILL', '--',
                                *(str(a) if isinstance(a, pathlib.Path) else a
                                  for a in arguments)], **options)
    _running[process] = threading.get_ident()
    return process


def _kill_all(thread=None):
    """Those that @thread started; None: all."""
    for process, owner in list(_running.items()):
        if thread in (None, owner):
            process.kill()
            process.wait()
            _running.pop(process, None)


def _terminated_cb(*_):
    _kill_all()
    os._exit(143)


atexit.register(_kill_all)
signal.signal(signal.SIGTERM, _terminated_cb)


# Checks: an assertion tells both sides, and what the program said.

class Failure(AssertionError):
    pass


def check(condition, *what):
    if not condition:
        raise Failure(' '.join(str(w) for w in what) or 'it does not hold')


def check_equal(found, expected, *what):
    if found != expected:
        raise Failure(' '.join(str(w) for w in (f'{found!r} instead of {expected!r}:', *what)))


def wait_until(condition, what, timeout=60):
    """For what other processes do; gives what @condition gives once that is true."""
    end = time.monotonic() + timeout * SLOWNESS
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failure(f'in {timeout * SLOWNESS} s it did not come to this: {what}')
        time.sleep(0.005)


# Files

def make_file(path, size, sparse=False):
    """Random bytes; or, sparse, one random byte in each 16 MiB of holes."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, 'wb') as out:
        if sparse:
            out.truncate(size)
            for offset in range(0, size, 16 * MIB):
                out.seek(offset)
                out.write(os.urandom(1))
            return path
        while size > 0:
            out.write(os.urandom(min(size, MIB)))
            size -= min(size, MIB)
    return path


def sha256_of(path):
    digest = hashlib.sha256()
    with open(path, 'rb') as file:
        while piece := file.read(MIB):
            digest.update(piece)
    return digest.hexdigest()


class Object:
    """What a store holds under a key. store.object() gives None where there is nothing."""

    def __init__(self, size, sha256, path=None):
        self.size, self.sha256, self.path = size, sha256, path


# Stores

class Store:
    """partway-store in a private folder, with the bucket "box"; see tests/store/README.md."""

    bucket = 'box'
    access_key, secret_key = ACCESS_KEY, SECRET_KEY
    ca_file = None

    def __init__(self, rules='generic', faults='', min_part=5 * MIB, token=None, options=()):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='partway-e2e-store-'))
        self.root = self.folder / 'root'
        self.log = self.folder / 'requests.log'
        script = self.folder / 'start.fault'
        script.write_text(faults)
        arguments = [STORE, '--root', self.root, '--bucket', self.bucket, '--rules', rules,
                     '--min-part-size', str(min_part), '--access-key', self.access_key,
                     '--secret-key', self.secret_key, '--faults', script, '--log', self.log]
        if token:
            arguments += ['--session-token', token]
        with open(self.folder / 'stderr', 'wb') as errors:
            self.process = spawn([*arguments, *options], stdout=subprocess.PIPE, stderr=errors,
                                 env=dict(os.environ, LC_ALL='C.UTF-8'), text=True)
        line = self.process.stdout.readline()
        if not line.startswith('listening on http'):
            raise Failure('the store does not start:', (self.folder / 'stderr').read_text())
        self.url = line.split()[-1]
        self.port = int(self.url.rsplit(':', 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.process.terminate()
        status = self.process.wait(TIMEOUT)
        errors = (self.folder / 'stderr').read_text(errors='replace')
        shutil.rmtree(self.folder, ignore_errors=True)
        if status != 0 and kind is None:
            raise Failure(f'the store ended with {status}:', errors[-4000:])

    def _control(self, method, path, body=None):
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=TIMEOUT)
        connection.request(method, path, body)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        check_equal(answer.status, 200, method, path, text)
        return text

    def set_faults(self, script):
        """Replaces all rules; "" makes it a good store. What a fault held open is closed."""
        self._control('POST', '/__faults', script)

    def stats(self):
        """{"requests": {"part": …}, "part_bytes": …, "faults": [{"rule": …, "hits": …}], …}"""
        return json.loads(self._control('GET', '/__stats'))

    def reset_stats(self):
        self._control('POST', '/__stats')

    def requests(self, operation):
        return self.stats()['requests'][operation]

    def hits(self):
        """How often each rule of the fault script acted."""
        return [fault['hits'] for fault in self.stats()['faults']]

    def wait(self, condition, what='the store was asked', timeout=60):
        """Until @condition holds of the statistics."""
        return wait_until(lambda: condition(self.stats()), what, timeout)

    @staticmethod
    def _name(key):
        name = urllib.parse.quote(key, safe='')
        if len(name) > 200:
            return '%' + hashlib.sha256(key.encode()).hexdigest()
        return '%2E' + name[1:] if name.startswith('.') else name

    def object(self, key):
        path = self.root / self.bucket / self._name(key)
        if not path.exists():
            return None
        return Object(path.stat().st_size, sha256_of(path), path)

    def keys(self):
        """Of all objects whose names are not too long to be told."""
        return sorted(urllib.parse.unquote(p.name) for p in (self.root / self.bucket).iterdir())

    def unfinished(self):
        """Names of the folders of all multipart uploads that are neither completed nor aborted."""
        return sorted(p.name for p in (self.root / '.uploads').iterdir())


class Rgw:
    """Ceph's gateway: tests/servers/rgw. Starting it takes some seconds: share it among tests."""

    def __init__(self, min_part=5 * MIB):
        done = subprocess.run([RGW, 'start', '--for', str(os.getpid()), '--min-part',
                               str(min_part)], stdout=subprocess.PIPE, text=True, timeout=180)
        check_equal(done.returncode, 0, 'tests/servers/rgw start')
        values = dict(line.split('=', 1) for line in done.stdout.splitlines())
        values = {name: shlex.split(value)[0] for name, value in values.items()}
        self.root, self.bucket = values['RGW_ROOT'], values['RGW_BUCKET']
        self.url, self.https_url = values['RGW_HTTP'], values['RGW_HTTPS']
        self.ca_file, self.wrong_ca_file = values['RGW_CA'], values['RGW_WRONG_CA']
        self.access_key, self.secret_key = values['RGW_ACCESS_KEY'], values['RGW_SECRET_KEY']
        self.region = values['RGW_REGION']
        self._client = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run([RGW, 'stop', '--root', self.root], check=True, timeout=TIMEOUT)

    def down(self):
        subprocess.run([RGW, 'down', '--root', self.root], check=True, timeout=TIMEOUT)

    def up(self):
        subprocess.run([RGW, 'up', '--root', self.root], check=True, timeout=TIMEOUT,
                       stdout=subprocess.DEVNULL)

    def collect(self):
        """What was deleted gives its room back now: a benchmark's next upload does not pay for it."""
        subprocess.run([RGW, 'collect', '--root', self.root], check=True, timeout=TIMEOUT)

    def client(self):
        """boto3: a client that shares no code with ours."""
        if not self._client:
            for name in ('AWS_CA_BUNDLE', 'AWS_PROFILE', 'HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy',
                         'https_proxy', 'ALL_PROXY'):
                os.environ.pop(name, None)
            import boto3
            from botocore.config import Config
            self._client = boto3.client(
                's3', endpoint_url=self.url, region_name=self.region,
                aws_access_key_id=self.access_key, aws_secret_access_key=self.secret_key,
                config=Config(signature_version='s3v4', s3={'addressing_style': 'path'}))
        return self._client

    def object(self, key):
        from botocore.exceptions import ClientError
        try:
            answer = self.client().get_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            check_equal(error.response['Error']['Code'], 'NoSuchKey')
            return None
        digest, size = hashlib.sha256(), 0
        for piece in answer['Body'].iter_chunks(MIB):
            digest.update(piece)
            size += len(piece)
        return Object(size, digest.hexdigest())

    def keys(self, prefix=''):
        pages = self.client().get_paginator('list_objects_v2')
        return sorted(item['Key'] for page in pages.paginate(Bucket=self.bucket, Prefix=prefix)
                      for item in page.get('Contents', ()))

    def unfinished(self):
        """(key, upload id) of each."""
        pages = self.client().get_paginator('list_multipart_uploads')
        return sorted((item['Key'], item['UploadId'])
                      for page in pages.paginate(Bucket=self.bucket)
                      for item in page.get('Uploads', ()))


# The program

class Result:
    """How a run ended. events: the lines of --json."""

    def __init__(self, status, stdout, stderr):
        self.status, self.stdout, self.stderr = status, stdout, stderr
        self.events = [json.loads(line) for line in stdout.splitlines() if line.startswith('{')]

    def uploads(self):
        """The last event of each upload, in the order in which they came up."""
        last = {}
        for event in self.events:
            if event['event'] == 'upload':
                last[event['id']] = event
        return list(last.values())

    @property
    def upload(self):
        """Where there is one upload alone: its last event."""
        uploads = self.uploads()
        check_equal(len(uploads), 1, 'uploads', self)
        return uploads[0]

    @property
    def end(self):
        check(self.events and self.events[-1]['event'] == 'end', 'no end event', self)
        return self.events[-1]

    def __str__(self):
        return f'\n  status {self.status}\n{self.stdout[-3000:]}\n{self.stderr[-3000:]}'


class Process:
    """A running partway-cli."""

    def __init__(self, cli, arguments, environment, cwd, stdin):
        self._cli = cli
        self._errors = tempfile.TemporaryFile()
        self._text = b''
        self._n_read = 0              # bytes of _text that next_event() has seen
        self._is_open = True
        self.popen = spawn(arguments, stdin=stdin, stdout=subprocess.PIPE, stderr=self._errors,
                           env=environment, cwd=cwd)
        self.pid = self.popen.pid
        self._selector = selectors.DefaultSelector()
        self._selector.register(self.popen.stdout, selectors.EVENT_READ)

    def _read(self, seconds):
        if self._is_open and self._selector.select(max(0, seconds)):
            piece = os.read(self.popen.stdout.fileno(), 65536)
            self._text += piece
            self._is_open = bool(piece)

    def wait_event(self, condition=lambda event: True, timeout=TIMEOUT):
        """The next event of which @condition holds; those before it are passed over."""
        end = time.monotonic() + timeout
        while True:
            while b'\n' in self._text[self._n_read:]:
                line, _, _ = self._text[self._n_read:].partition(b'\n')
                self._n_read += len(line) + 1
                if line.startswith(b'{') and condition(event := json.loads(line)):
                    return event
            if not self._is_open or time.monotonic() > end:
                raise Failure('the event did not come:', self._text[-3000:].decode(),
                              self._dup_errors())
            self._read(end - time.monotonic())

    def wait_state(self, state, timeout=TIMEOUT):
        return self.wait_event(lambda e: e['event'] == 'upload' and e['state'] == state, timeout)

    def signal(self, number):
        self.popen.send_signal(number)

    def kill(self):
        """SIGKILL, and waits for it. Gives the Result of what was said until then."""
        self.popen.kill()
        return self.finish()

    def _dup_errors(self):
        self._errors.seek(0)
        return self._errors.read().decode(errors='replace')

    def finish(self, timeout=TIMEOUT):
        """Waits for its end. Fails if that takes longer, and if a secret got into the output or
        into a file that the program wrote."""
        end = time.monotonic() + timeout
        while self._is_open and time.monotonic() < end:
            self._read(end - time.monotonic())
        try:
            status = self.popen.wait(max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()
            raise Failure(f'it did not end in {timeout} s:', self._text[-3000:].decode(),
                          self._dup_errors()) from None
        self._selector.close()
        self.popen.stdout.close()
        _running.pop(self.popen, None)
        errors = self._dup_errors()
        self._errors.close()
        text = self._text.decode(errors='replace')
        self._cli.check_secrets(text.encode() + errors.encode())
        return Result(status, text, errors)


class Cli:
    """partway-cli with state, configuration and home of its own, below @work; nothing of the
    surroundings reaches it. @server: a Store or an Rgw, or None."""

    def __init__(self, work, server=None, endpoint=None, prefix='', **environment):
        self.work, self.server, self.prefix = pathlib.Path(work), server, prefix
        self.endpoint = endpoint or (server.url if server else None)
        self.secrets = [SECRET_KEY]
        self.env = {
            'PATH': os.environ['PATH'], 'LC_ALL': 'C.UTF-8', 'G_DEBUG': 'fatal-criticals',
            'HOME': str(self.work / 'home'), 'XDG_STATE_HOME': str(self.work / 'state'),
            'XDG_CONFIG_HOME': str(self.work / 'config'),
            'XDG_DATA_HOME': str(self.work / 'data'), 'XDG_CACHE_HOME': str(self.work / 'cache'),
            'XDG_RUNTIME_DIR': str(self.work / 'runtime'),
            'DBUS_SESSION_BUS_ADDRESS': 'unix:path=/nonexistent', 'GSETTINGS_BACKEND': 'memory',
        }
        for name in ('home', 'state', 'config', 'data', 'cache', 'runtime'):
            (self.work / name).mkdir(mode=0o700, exist_ok=True)
        for name, value in os.environ.items():
            if name in ('MALLOC_PERTURB_', 'LD_LIBRARY_PATH') or name.endswith('SAN_OPTIONS'):
                self.env[name] = value
        if server:
            self.env['AWS_ACCESS_KEY_ID'] = server.access_key
            self.env['AWS_SECRET_ACCESS_KEY'] = server.secret_key
            self.secrets.append(server.secret_key)
        self.set_env(**environment)

    def set_env(self, **environment):
        """For the runs to come; None takes a variable away."""
        for name, value in environment.items():
            if value is None:
                self.env.pop(name, None)
            else:
                self.env[name] = str(value)
            if value and name in ('AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'):
                self.secrets.append(str(value))

    def start(self, *arguments, cwd=None, stdin=subprocess.DEVNULL, wrapper=()):
        """@wrapper: a command in front of it, such as ["faketime", "+1h"]."""
        return Process(self, [*wrapper, CLI, *arguments], self.env, cwd, stdin)

    def run(self, *arguments, timeout=TIMEOUT, **options):
        return self.start(*arguments, **options).finish(timeout)

    def upload_arguments(self, *arguments):
        target = f's3://{self.server.bucket}/{self.prefix}'
        return ['upload', '--json', '--to', target, '--endpoint', self.endpoint, *arguments]

    def start_upload(self, *arguments, **options):
        """partway-cli upload --json to the server's bucket, and these arguments."""
        return self.start(*self.upload_arguments(*arguments), **options)

    def upload(self, *arguments, timeout=TIMEOUT, **options):
        return self.start_upload(*arguments, **options).finish(timeout)

    def resume(self, *arguments, timeout=TIMEOUT, **options):
        """partway-cli resume --json; --all where no ids are given."""
        return self.run('resume', '--json', *(arguments or ['--all']), timeout=timeout, **options)

    def list(self, *arguments):
        """The uploads that `list --json` shows."""
        result = self.run('list', '--json', *arguments)
        check_equal(result.status, 0, result)
        return result.events

    def files(self):
        """All that the program wrote."""
        for name in ('state', 'config', 'data', 'cache', 'runtime'):
            yield from (p for p in (self.work / name).rglob('*') if p.is_file())

    def check_secrets(self, output):
        """No secret in @output (bytes), nor in any file that the program wrote."""
        self._check_clean(output, 'the output')
        for path in self.files():
            try:
                self._check_clean(path.read_bytes(), path)
            except FileNotFoundError:
                pass

    def _check_clean(self, data, where):
        for secret in self.secrets:
            check(secret.encode() not in data, f'a secret is in {where}')
            check(urllib.parse.quote(secret, safe='').encode() not in data,
                  f'an encoded secret is in {where}')
        check(not SIGNATURE.search(data), f'a signature is in {where}')


# TAP

_lock = threading.Lock()
_n_reported = 0


def _report(name, seconds, error):
    global _n_reported
    lines = []
    if error:
        text = str(error) if isinstance(error, Failure) else ''.join(
            traceback.format_exception(error))
        lines = text.splitlines()
        lines += [f'at {f.filename}:{f.lineno}' for f in traceback.extract_tb(error.__traceback__)
                  if not f.filename.endswith('partway.py')]
    with _lock:
        _n_reported += 1
        print(f'{"not ok" if error else "ok"} {_n_reported} {name}')
        for line in [f'{seconds:.2f} s', *lines]:
            print('# ' + line)
        sys.stdout.flush()


def note(*words):
    """For people who read the log."""
    with _lock:
        print('#', *words, flush=True)


def _run(name, test):
    work = pathlib.Path(tempfile.mkdtemp(prefix='partway-e2e-'))
    began = time.monotonic()
    failure = None
    try:
        test(work)
    except Exception as error:
        failure = error
    _kill_all(threading.get_ident())
    shutil.rmtree(work, ignore_errors=True)
    _report(name, time.monotonic() - began, failure)
    return failure is None


def main(tests, parallel=1):
    """@tests: functions, or pairs of a name and a function. @parallel: so many at the same time,
    where most of their time is waiting. Words on the command line choose the tests whose names
    hold one of them. What the main thread started before goes on until this process ends."""
    tests = [t if isinstance(t, tuple) else (t.__name__.replace('test_', '').replace('_', ' '), t)
             for t in tests]
    if len(sys.argv) > 1:
        tests = [t for t in tests if any(word in t[0] for word in sys.argv[1:])]
    print(f'1..{len(tests)}', flush=True)
    with concurrent.futures.ThreadPoolExecutor(parallel) as pool:
        results = list(pool.map(lambda test: _run(*test), tests))
    sys.exit(0 if all(results) else 1)
