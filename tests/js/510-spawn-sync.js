// Programs that are run and waited for: what they write, how they end, what cannot be run.
var cp = require('child_process');

function show(name, result) {
    var error = result.error;
    console.log(name, result.status, result.signal, error &&
        [error.code, error.syscall, error.path, error.message, error.errno, error.spawnargs],
        JSON.stringify(result.stdout), JSON.stringify(result.stderr), result.output && result.output.length,
        typeof result.pid);
}

var text = { encoding: 'utf8' };
show('echo', cp.spawnSync('echo', ['a', 'b'], text));
show('bytes', { stdout: cp.spawnSync('echo', ['a']).stdout, status: 0 });
show('missing', cp.spawnSync('/no/such', ['x']));
show('code', cp.spawnSync('sh', ['-c', 'echo out; echo err >&2; exit 3'], text));
show('signal', cp.spawnSync('sh', ['-c', 'kill -9 $$'], text));
show('input', cp.spawnSync('cat', { input: 'hello', encoding: 'utf8' }));
show('no input', cp.spawnSync('cat', text));
show('late', cp.spawnSync('sleep', ['100'], { timeout: 20, encoding: 'utf8' }));
show('shell', cp.spawnSync('echo $FOO', { shell: true, env: { FOO: 'bar' }, encoding: 'utf8' }));
show('directory', cp.spawnSync('pwd', { cwd: '/', encoding: 'utf8' }));
show('ignored', cp.spawnSync('echo', ['x'], { stdio: 'ignore' }));
show('mixed', cp.spawnSync('sh', ['-c', 'echo 1; echo 2 >&2'], { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' }));
show('just enough', cp.spawnSync('echo', ['123'], { maxBuffer: 4, encoding: 'utf8' }));
console.log('too much', cp.spawnSync('echo', ['1234'], { maxBuffer: 4 }).error.code);
console.log('much', cp.spawnSync('head', ['-c', '700000', '/dev/zero']).stdout.length);

try {
    cp.execFileSync('sh', ['-c', 'echo o; echo bad >&2; exit 2'], { stdio: 'pipe' });
} catch (error) {
    console.log(error.message, error.status, error.signal, String(error.stdout), String(error.stderr));
}
console.log(JSON.stringify(cp.execSync('echo hi', text)));

[[], [5], [''], ['ls', 5], ['ls', [], 5], ['ls', [], { stdio: 'nope' }], ['ls', [], { cwd: 5 }],
    ['ls', [], { timeout: -1 }], ['a\0b'], ['ls', [], { killSignal: 'SIGNONE' }]].forEach(function (args) {
    try {
        cp.spawnSync.apply(cp, args);
        console.log('ran');
    } catch (error) {
        console.log(error.name, error.code, error.message);
    }
});
