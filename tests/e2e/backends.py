# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Presign backends in front of a server of partway.py (a Store or an Rgw): the FastAPI stack, the
real Companion, and ours; and what tests do with each. Their credentials are their own: the clients
in these tests have none."""

import base64
import fcntl
import hashlib
import hmac
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

from partway import BUILD, SIGNATURE, SOURCE, TIMEOUT, Cli, Failure, check, spawn, wait_until

FASTAPI = SOURCE / 'tests/servers/fastapi-backend.py'
BROWSER = SOURCE / 'tests/browser'
PRESIGN = BUILD / 'src/presign/partway-presign'

# What the surroundings say of S3 and of proxies is not for a backend.
FOREIGN = ('AWS_', 'BACKEND_', 'COMPANION_', 'PARTWAY_PRESIGN_', 'HTTP_PROXY', 'HTTPS_PROXY',
           'ALL_PROXY', 'NODE_', 'XDG_')


def make_environment(server, **more):
    """Without the surroundings; with the keys of @server. A value None takes a variable away."""
    kept = {name: value for name, value in os.environ.items()
            if not name.upper().startswith(FOREIGN)}
    kept.update(AWS_ACCESS_KEY_ID=server.access_key, AWS_SECRET_ACCESS_KEY=server.secret_key,
                LC_ALL='C.UTF-8')
    kept.update({name: str(value) for name, value in more.items() if value is not None})
    return kept


class Backend:
    """A process that says "listening on URL" and answers until it is closed."""

    def __init__(self, server, command, environment):
        self.server = server
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='partway-backend-'))
        with open(self.folder / 'stderr', 'wb') as errors:
            self.process = spawn(command, stdout=subprocess.PIPE, stderr=errors, text=True,
                                 env=environment, stdin=subprocess.DEVNULL)
        line = self.process.stdout.readline()
        if not line.startswith('listening on http'):
            raise Failure(f'{command[0]} does not start: {line}', self.get_log()[-3000:])
        self.url = line.split()[-1].rstrip('/')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(TIMEOUT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def get_log(self):
        return (self.folder / 'stderr').read_text(errors='replace')

    def get_rss_mib(self):
        status = pathlib.Path(f'/proc/{self.process.pid}/status').read_text()
        return next(int(line.split()[1]) for line in status.splitlines()
                    if line.startswith('VmRSS:')) / 1024


class FastApi(Backend):
    """tests/servers/fastapi-backend.py, where the variables are explained; here they are in small
    letters and without BACKEND_: FastApi(rgw, delay_ms=100)."""

    dialect = 'fastapi'

    def __init__(self, server, **settings):
        self.log = pathlib.Path(tempfile.mkstemp(prefix='partway-fastapi-')[1])
        if settings.pop('log', True):
            settings['log'] = self.log
        environment = make_environment(
            server, BACKEND_ENDPOINT=server.url, BACKEND_BUCKET=server.bucket,
            BACKEND_REGION='us-east-1',
            **{'BACKEND_' + name.upper(): value for name, value in settings.items()})
        super().__init__(server, ['/usr/bin/python3', FASTAPI], environment)

    def __exit__(self, *details):
        super().__exit__(*details)
        self.log.unlink()

    def requests(self):
        """(method, route, status) of each that was answered."""
        lines = (line.split() for line in self.log.read_text().splitlines())
        return [(method, route, int(status)) for method, route, status in lines]

    def count(self, route, status=200):
        return sum(1 for r in self.requests() if r[1:] == ('/' + route, status))


def install_from_npm():
    """What tests/browser takes from npm, once a build folder; gives the folder."""
    folder = BUILD / 'tests/browser/npm'
    folder.mkdir(parents=True, exist_ok=True)
    lists = [BROWSER / 'package.json', BROWSER / 'package-lock.json']
    wanted = hashlib.sha256(b''.join(path.read_bytes() for path in lists)).hexdigest()
    stamp = folder / 'installed'
    with open(folder.with_suffix('.lock'), 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != wanted:
            for path in lists:
                shutil.copy(path, folder)
            done = subprocess.run(
                ['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier',
                 '--loglevel', 'error'], cwd=folder, stdin=subprocess.DEVNULL, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=900)
            check(done.returncode == 0, 'npm ci fails:', done.stdout[-3000:])
            stamp.write_text(wanted)
        # Node looks for packages beside the file that wants them.
        for path in BROWSER.glob('*.mjs'):
            shutil.copy(path, folder)
        shutil.copytree(BROWSER / 'pages', folder / 'pages', dirs_exist_ok=True)
    return folder


class Companion(Backend):
    """Uppy's own, as its standalone program configures it."""

    dialect = 'companion'

    def __init__(self, server, **settings):
        folder = install_from_npm()
        self.data = pathlib.Path(tempfile.mkdtemp(prefix='partway-companion-'))
        environment = make_environment(
            server, NODE_ENV='production', COMPANION_AWS_KEY=server.access_key,
            COMPANION_AWS_SECRET=server.secret_key, COMPANION_AWS_BUCKET=server.bucket,
            COMPANION_AWS_REGION='us-east-1', COMPANION_AWS_ENDPOINT=server.url,
            COMPANION_AWS_FORCE_PATH_STYLE='true', COMPANION_SECRET='x' * 32,
            COMPANION_PREAUTH_SECRET='y' * 32, COMPANION_DOMAIN='127.0.0.1',
            COMPANION_DATADIR=self.data, COMPANION_CLIENT_ORIGINS='true',
            COMPANION_UPLOAD_URLS=server.url, COMPANION_HIDE_METRICS='true', **settings)
        super().__init__(server, ['node', folder / 'companion.mjs'], environment)

    def __exit__(self, *details):
        super().__exit__(*details)
        shutil.rmtree(self.data, ignore_errors=True)


def _encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=')


def make_token(secret, valid_s=3600, **claims):
    """A JWT with HS256, by no library of ours."""
    claims = {'sub': 'ada', 'iat': int(time.time()), 'exp': int(time.time()) + valid_s, **claims}
    text = _encode(b'{"alg":"HS256","typ":"JWT"}') + b'.' + _encode(json.dumps(claims).encode())
    return (text + b'.' + _encode(hmac.digest(secret.encode(), text, 'sha256'))).decode()


class PresignCli(Cli):
    """partway-cli that uploads through a backend: it has no keys."""

    def __init__(self, work, backend, dialect=None, **environment):
        super().__init__(work, **environment)
        self.backend, self.dialect = backend, dialect
        self.secrets.append(backend.server.secret_key)

    def set_token(self, token):
        self.set_env(PARTWAY_PRESIGN_TOKEN=token)
        if token:
            self.secrets.append(token)

    def upload_arguments(self, *arguments):
        dialect = ['--dialect', self.dialect] if self.dialect else []
        # The address of "sign" is its one route.
        url = self.backend.url + ('/sign' if self.dialect == 'sign' else '')
        return ['upload', '--json', '--presign', url, *dialect, *arguments]


def get_presign_settings(server, **settings):
    """Environment of partway-presign in front of @server."""
    settings = {'bucket': server.bucket, 'region': 'us-east-1', 'endpoint': server.url,
                'addressing': 'path', 'port': 0, **settings}
    return {'PARTWAY_PRESIGN_' + name.upper(): str(value).lower() if isinstance(value, bool) else
            str(value) for name, value in settings.items() if value is not None}


class Presign(Backend):
    """Ours. Settings are those of its man page: Presign(rgw, key_policy='per-user')."""

    def __init__(self, server, environment=None, **settings):
        folder = pathlib.Path(tempfile.mkdtemp(prefix='partway-presign-'))
        port_file = folder / 'port'
        self.server, self.folder = server, folder
        if 'jwt_secret' in settings:
            self.jwt_secret = settings['jwt_secret']
            settings.setdefault('auth', 'jwt')
        with open(folder / 'stderr', 'wb') as errors:
            self.process = spawn(
                [PRESIGN, '--port-file', port_file], stdout=subprocess.DEVNULL, stderr=errors,
                stdin=subprocess.DEVNULL, env=make_environment(
                    server, HOME=folder, G_DEBUG='fatal-criticals', **get_presign_settings(
                        server, **settings), **(environment or {})))
        wait_until(lambda: port_file.exists() or self.process.poll() is not None,
                   'partway-presign listens')
        if not port_file.exists():
            raise Failure('partway-presign does not start:', self.get_log()[-3000:])
        self.url = f'http://127.0.0.1:{port_file.read_text().split()[0]}'

    def __exit__(self, kind, *_):
        self.process.terminate()
        status = self.process.wait(TIMEOUT)
        log = self.get_log()
        shutil.rmtree(self.folder, ignore_errors=True)
        if kind is None:
            check(status == 0, f'partway-presign ended with {status}:', log[-3000:])
            # What signs, and what was signed, is nowhere in the log.
            for secret in (self.server.secret_key, getattr(self, 'jwt_secret', None)):
                check(not secret or secret not in log, 'a secret is in the log')
            check(not SIGNATURE.search(log.encode()), 'a signature is in the log')

    def make_token(self, valid_s=3600, **claims):
        return make_token(self.jwt_secret, valid_s, **claims)
