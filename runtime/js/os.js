// os: what the system is, read from /proc and from the natives of system.c.
'use strict';

const system = native('os');
const EOL = '\n';

function text(path) {
    try {
        return require('fs').readFileSync(path, 'utf8');
    } catch (error) {
        return '';
    }
}

function meminfo(name) {
    var match = new RegExp('^' + name + ':\\s+(\\d+) kB', 'm').exec(text('/proc/meminfo'));
    return match ? Number(match[1]) * 1024 : 0;
}

const names = system.names(); // sysname, release, version, machine, nodename

function constant(name, value) {
    var method = function () { return value; };
    Object.defineProperty(method, 'name', { value: name });
    method[Symbol.toPrimitive] = method;
    exports[name] = method;
}

constant('arch', 'x64');
exports.availableParallelism = function availableParallelism() {
    return system.parallelism();
};

// Times are clock ticks of 10 ms in /proc/stat.
exports.cpus = function cpus() {
    var infos = text('/proc/cpuinfo').split('\n\n');
    var lines = text('/proc/stat').split('\n').filter(function (line) { return /^cpu\d/.test(line); });
    return lines.map(function (line, index) {
        var ticks = line.split(/\s+/).slice(1).map(function (tick) { return Number(tick) * 10; });
        var info = infos[index] || '';
        var model = /^model name\s*: (.*)$/m.exec(info);
        var speed = /^cpu MHz\s*: (\d+)/m.exec(info);
        return { model: model ? model[1] : 'unknown', speed: speed ? Number(speed[1]) : 0,
            times: { user: ticks[0], nice: ticks[1], sys: ticks[2], idle: ticks[3], irq: ticks[5] } };
    });
};
constant('endianness', 'LE');
exports.freemem = function freemem() {
    return meminfo('MemAvailable');
};
exports.getPriority = function getPriority() {
    return 0;
};
exports.homedir = function homedir() {
    return process.env.HOME || exports.userInfo().homedir;
};
constant('hostname', names[4]);
exports.loadavg = function loadavg() {
    return text('/proc/loadavg').split(' ').slice(0, 3).map(Number);
};
exports.networkInterfaces = function networkInterfaces() {
    throw require('errors').coded(Error, 'ERR_METHOD_NOT_IMPLEMENTED',
        'The os.networkInterfaces() method is not implemented');
};
constant('platform', 'linux');
constant('release', names[1]);
exports.setPriority = function setPriority() {
    throw require('errors').coded(Error, 'ERR_METHOD_NOT_IMPLEMENTED',
        'The os.setPriority() method is not implemented');
};
exports.tmpdir = function tmpdir() {
    var path = process.env.TMPDIR || process.env.TMP || process.env.TEMP || '/tmp';
    return path.length > 1 && path[path.length - 1] === '/' ? path.slice(0, -1) : path;
};
exports.totalmem = function totalmem() {
    return meminfo('MemTotal');
};
constant('type', names[0]);
exports.userInfo = function userInfo() {
    var ids = system.user();
    var line = text('/etc/passwd').split('\n').map(function (entry) { return entry.split(':'); })
        .filter(function (entry) { return entry[2] === String(ids[0]); })[0] || [];
    return Object.assign(Object.create(null), { uid: ids[0], gid: ids[1], username: line[0] || '',
        homedir: line[5] || '/', shell: line[6] || null });
};
exports.uptime = function uptime() {
    return Number(text('/proc/uptime').split(' ')[0]);
};
constant('version', names[2]);
constant('machine', names[3]);
Object.defineProperty(exports, 'constants', { enumerable: true, configurable: true,
    value: Object.assign(Object.create(null), { UV_UDP_REUSEADDR: 4,
        signals: Object.assign(Object.create(null), { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGILL: 4,
            SIGTRAP: 5, SIGABRT: 6, SIGIOT: 6, SIGBUS: 7, SIGFPE: 8, SIGKILL: 9, SIGUSR1: 10,
            SIGSEGV: 11, SIGUSR2: 12, SIGPIPE: 13, SIGALRM: 14, SIGTERM: 15, SIGCHLD: 17,
            SIGSTKFLT: 16, SIGCONT: 18, SIGSTOP: 19, SIGTSTP: 20, SIGTTIN: 21, SIGTTOU: 22,
            SIGURG: 23, SIGXCPU: 24, SIGXFSZ: 25, SIGVTALRM: 26, SIGPROF: 27, SIGWINCH: 28,
            SIGIO: 29, SIGPOLL: 29, SIGPWR: 30, SIGSYS: 31 }),
        priority: Object.assign(Object.create(null), { PRIORITY_LOW: 19, PRIORITY_BELOW_NORMAL: 10,
            PRIORITY_NORMAL: 0, PRIORITY_ABOVE_NORMAL: -7, PRIORITY_HIGH: -14,
            PRIORITY_HIGHEST: -20 }) }) });
exports.EOL = EOL;
exports.devNull = '/dev/null';
