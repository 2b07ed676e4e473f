# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is deployed on AWS Lambda: the zip, run in a root folder that holds nothing else, and the
template."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import zipfile

from server import PROGRAM, SIGN, check, check_equal, environment, partway
from runtime_api import RuntimeApi, event
from partway import MIB, SOURCE, Store

PACKAGE = SOURCE / 'data/lambda/package'
TEMPLATE = json.loads((SOURCE / 'data/lambda/template.json').read_text())
RESOURCES = TEMPLATE['Resources']
PROPERTIES = {name: resource.get('Properties', {}) for name, resource in RESOURCES.items()}


def make_root(folder):
    """A root folder with the unpacked zip at /var/task, certificates where Amazon Linux has them,
    and /proc. Also gives the zip's path."""
    archive_path = SHARED / 'presign.zip'
    root = folder / 'root'
    task = root / 'var/task'
    with zipfile.ZipFile(archive_path) as archive:
        for info in archive.infolist():
            archive.extract(info, task)
            (task / info.filename).chmod(info.external_attr >> 16)
    subprocess.run([SOURCE / 'tests/servers/tls', folder / 'tls'], check=True)
    authorities = root / 'etc/pki/tls/certs/ca-bundle.crt'
    authorities.parent.mkdir(parents=True)
    shutil.copy(folder / 'tls/ca.crt', authorities)
    (root / 'proc').mkdir()
    return root, archive_path


def in_root(root, *command):
    # No names of this machine but the root's: no C library, no shell, no configuration.
    return ['unshare', '--map-root-user', '--mount', '--pid', '--fork', '--kill-child', '--root',
            str(root), '--mount-proc', *command]


def test_zip_runs_in_an_empty_root(work):
    root, archive_path = make_root(work)
    check(archive_path.stat().st_size <= 20 * MIB, archive_path.stat().st_size)
    check(os.access(root / 'var/task/bootstrap', os.X_OK))
    tls = ['--tls-cert', work / 'tls/server.crt', '--tls-key', work / 'tls/server.key']
    with Store(options=tls) as store, RuntimeApi() as api:
        env = environment(store, allow_anyone='true') | {'AWS_LAMBDA_RUNTIME_API': api.address,
                                                         'LD_BIND_NOW': '1', 'LC_ALL': 'C'}
        env.pop('G_DEBUG', None)
        check(store.url.startswith('https://'))
        started = time.monotonic()
        with open(work / 'log', 'wb') as log:
            process = partway.spawn(in_root(root, '/var/task/bootstrap'), stderr=log, env=env)
        api.give(event('POST', '/get-presigned-url', SIGN))
        partway.wait_until(lambda: not api.results.empty() or process.poll() is not None,
                           'the first answer comes')
        check(process.poll() is None, (work / 'log').read_text())
        _, _, _, result = api.take()
        check_equal(result['statusCode'], 200, result)
        print(f'# cold start to the first answer: {(api.first_result - started) * 1000:.1f} ms')
        status, upload = api.ask('POST', '/start-multipart-upload', {'fileName': 'film'})
        check_equal(status, 200, 'over TLS:', upload, (work / 'log').read_text())
        check_equal(api.ask('POST', '/list-parts', upload), (200, {'parts': []}))
        api.stop()
        process.wait(partway.TIMEOUT)


def test_zip_needs_nothing_that_it_lacks(work):
    root, _ = make_root(work)
    loader = next(p for p in (root / 'var/task/lib').iterdir() if p.name.startswith('ld-linux'))
    listing = subprocess.run(in_root(root, f'/var/task/lib/{loader.name}', '--list',
                                     '/var/task/bootstrap'),
                             capture_output=True, text=True, timeout=partway.TIMEOUT)
    check_equal(listing.returncode, 0, listing.stdout, listing.stderr)
    found = re.findall(r'=> (\S+)', listing.stdout)
    check(len(found) > 10, listing.stdout)
    check(all(path.startswith('/var/task/lib/') for path in found), listing.stdout)
    verify = subprocess.run(in_root(root, '/var/task/bootstrap', '--version'), text=True,
                            capture_output=True, timeout=partway.TIMEOUT,
                            env={'LD_BIND_NOW': '1', 'LD_WARN': '1'})
    check_equal((verify.returncode, verify.stderr), (0, ''), 'every symbol and version is there')
    carried = {p.name for p in (root / 'var/task/lib').iterdir()}
    for file in (root / 'var/task').rglob('*'):
        if file.is_file():
            text = subprocess.run(['readelf', '-d', file], capture_output=True, text=True,
                                  check=True).stdout
            for needed in re.findall(r'\(NEEDED\).*\[(.*)\]', text):
                check(needed in carried, file.name, 'needs', needed)
            check(file.name == 'bootstrap' or '(RUNPATH)' not in text, file.name)
    provided, wanted = versions(root / 'var/task')
    check(wanted <= provided, 'symbol versions that nothing carried has:', wanted - provided)


def versions(folder):
    """Symbol versions that the libraries have, and those that anything asks for."""
    provided, wanted = set(), set()
    for file in folder.rglob('*'):
        if file.is_file():
            text = subprocess.run(['readelf', '-VW', file], capture_output=True, text=True,
                                  check=True).stdout
            sections = re.split(r'\nVersion needs section', text)
            provided |= set(re.findall(r'Name: (\S+)', sections[0]))
            wanted |= set(re.findall(r'Name: (\S+)', ''.join(sections[1:])))
    return provided, wanted


def references(value):
    """Names that a template's value refers to."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == 'Ref':
                yield inner
            elif name == 'Condition' and isinstance(inner, str):
                yield inner
            elif name == 'Fn::GetAtt':
                yield inner[0] if isinstance(inner, list) else inner.split('.')[0]
            elif name == 'Fn::If':
                yield inner[0]
                yield from references(inner)
            elif name == 'Fn::Sub':
                text = inner if isinstance(inner, str) else inner[0]
                yield from (found.split('.')[0] for found in re.findall(r'\$\{([^}!]+)\}', text))
            elif name == 'DependsOn':
                yield from [inner] if isinstance(inner, str) else inner
            else:
                yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_template_refers_to_what_is_there(work):
    known = {*TEMPLATE['Parameters'], *RESOURCES, *TEMPLATE['Conditions'], 'AWS::Region',
             'AWS::Partition', 'AWS::AccountId', 'AWS::StackName', 'AWS::NoValue', 'AWS::URLSuffix'}
    used = set(references({'Resources': RESOURCES, 'Outputs': TEMPLATE['Outputs'],
                           'Conditions': TEMPLATE['Conditions']}))
    check(used <= known, 'nobody knows', used - known)
    unused = set(TEMPLATE['Parameters']) - used
    check(not unused, 'nobody uses', unused)


def test_template_gives_the_least_privilege(work):
    statements = [statement for policy in PROPERTIES['Role']['Policies']
                  for statement in policy['PolicyDocument']['Statement']]
    allowed = {}
    for statement in statements:
        check_equal(statement['Effect'], 'Allow')
        for action in statement['Action']:
            allowed[action] = json.dumps(statement['Resource'])
    check_equal(set(allowed), {
        's3:PutObject', 's3:GetObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts',
        's3:ListBucketMultipartUploads', 's3:ListBucket', 'logs:CreateLogStream',
        'logs:PutLogEvents'})
    for action, resource in allowed.items():
        check('"*"' not in resource, action, 'on everything')
        check(('LogGroup' if action.startswith('logs:') else 'Bucket') in resource, action, resource)
    for action in ('s3:PutObject', 's3:GetObject', 's3:AbortMultipartUpload',
                   's3:ListMultipartUploadParts'):
        check('/${KeyPrefix}*' in allowed[action], 'only the prefix:', allowed[action])
    trust = PROPERTIES['Role']['AssumeRolePolicyDocument']['Statement']
    check_equal([s['Principal'] for s in trust], [{'Service': 'lambda.amazonaws.com'}])


def test_template_has_what_an_upload_needs(work):
    bucket, function = PROPERTIES['Bucket'], PROPERTIES['Function']
    cors = bucket['CorsConfiguration']['CorsRules'][0]
    check('ETag' in cors['ExposedHeaders'] and 'PUT' in cors['AllowedMethods'], cors)
    abort = [rule for rule in bucket['LifecycleConfiguration']['Rules']
             if 'AbortIncompleteMultipartUpload' in rule]
    check_equal((len(abort), abort[0]['Status']), (1, 'Enabled'))
    check_equal(set(bucket['PublicAccessBlockConfiguration'].values()), {True})
    check_equal(RESOURCES['Bucket']['DeletionPolicy'], 'Retain')
    check_equal((function['Runtime'], function['Handler']), ('provided.al2023', 'bootstrap'))
    check_equal(set(TEMPLATE['Parameters']['Architecture']['AllowedValues']), {'arm64', 'x86_64'})
    check('RetentionInDays' in PROPERTIES['LogGroup'])
    kinds = [resource['Type'] for resource in RESOURCES.values()]
    check_equal(kinds.count('AWS::Lambda::Url'), 1)
    actions = {properties['Action'] for name, properties in PROPERTIES.items()
               if RESOURCES[name]['Type'] == 'AWS::Lambda::Permission'}
    check_equal(actions, {'lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'})


def test_template_names_settings_that_exist(work):
    help_text = subprocess.run([PROGRAM, '--help'], capture_output=True, text=True,
                               check=True).stdout
    variables = PROPERTIES['Function']['Environment']['Variables']
    check('PARTWAY_PRESIGN_BUCKET' in variables)
    for name in variables:
        check(re.search(rf'\b{name}\b', help_text), name)


def test_unit_is_hardened(work):
    unit = pathlib.Path(partway.BUILD / 'data/partway-presign.service')
    done = subprocess.run(['systemd-analyze', 'security', '--offline=true', '--no-pager', unit],
                          capture_output=True, text=True, env=dict(os.environ, LC_ALL='C.UTF-8'))
    match = re.search(r'Overall exposure level for \S+: ([\d.]+)', done.stdout)
    check(match, done.stdout, done.stderr)
    print(f'# systemd-analyze security: {match.group(1)}', flush=True)
    check(float(match.group(1)) <= 1.5, done.stdout)


if __name__ == '__main__':
    with tempfile.TemporaryDirectory(prefix='partway-presign-') as shared:
        SHARED = pathlib.Path(shared)
        subprocess.run([PACKAGE, PROGRAM, SHARED / 'presign.zip'], check=True,
                       stdout=subprocess.DEVNULL)
        partway.main([value for name, value in list(globals().items()) if name.startswith('test_')],
                     parallel=2)
