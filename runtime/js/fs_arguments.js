// What the functions of fs take and give: paths, flags, modes, options, Stats and Dirent, with the
// errors that wrong ones get. Loaded by fs.js and its companions.
'use strict';

const errors = require('errors');

const constants = exports.constants = Object.assign(Object.create(null), {
    UV_FS_SYMLINK_DIR: 1, UV_FS_SYMLINK_JUNCTION: 2, O_RDONLY: 0, O_WRONLY: 1, O_RDWR: 2,
    UV_DIRENT_UNKNOWN: 0, UV_DIRENT_FILE: 1, UV_DIRENT_DIR: 2, UV_DIRENT_LINK: 3, UV_DIRENT_FIFO: 4,
    UV_DIRENT_SOCKET: 5, UV_DIRENT_CHAR: 6, UV_DIRENT_BLOCK: 7, EXTENSIONLESS_FORMAT_JAVASCRIPT: 0,
    EXTENSIONLESS_FORMAT_WASM: 1, S_IFMT: 61440, S_IFREG: 32768, S_IFDIR: 16384, S_IFCHR: 8192,
    S_IFBLK: 24576, S_IFIFO: 4096, S_IFLNK: 40960, S_IFSOCK: 49152, O_CREAT: 64, O_EXCL: 128,
    UV_FS_O_FILEMAP: 0, O_NOCTTY: 256, O_TRUNC: 512, O_APPEND: 1024, O_DIRECTORY: 65536,
    O_NOATIME: 262144, O_NOFOLLOW: 131072, O_SYNC: 1052672, O_DSYNC: 4096, O_DIRECT: 16384,
    O_NONBLOCK: 2048, S_IRWXU: 448, S_IRUSR: 256, S_IWUSR: 128, S_IXUSR: 64, S_IRWXG: 56,
    S_IRGRP: 32, S_IWGRP: 16, S_IXGRP: 8, S_IRWXO: 7, S_IROTH: 4, S_IWOTH: 2, S_IXOTH: 1, F_OK: 0,
    R_OK: 4, W_OK: 2, X_OK: 1, UV_FS_COPYFILE_EXCL: 1, COPYFILE_EXCL: 1, UV_FS_COPYFILE_FICLONE: 2,
    COPYFILE_FICLONE: 2, UV_FS_COPYFILE_FICLONE_FORCE: 4, COPYFILE_FICLONE_FORCE: 4
});

// ---- paths ----------------------------------------------------------------------------------------

exports.path = function (value, name) {
    name = name || 'path';
    var isUrl = value !== null && typeof value === 'object' && typeof value.href === 'string' &&
        typeof value.protocol === 'string';
    if (isUrl) {
        value = require('url').fileURLToPath(value);
    } else if (value instanceof Uint8Array) {
        value = require('buffer').Buffer.from(value).toString();
    }
    if (typeof value !== 'string') {
        throw errors.invalidType(name, 'of type string or an instance of Buffer or URL', value);
    }
    if (value.indexOf('\0') >= 0) {
        throw errors.invalidValue(name, value,
            'must be a string, Uint8Array, or URL without null bytes');
    }
    return value;
};

// ---- numbers --------------------------------------------------------------------------------------

function requireInteger(value, name, min, max) {
    if (typeof value !== 'number') {
        throw errors.invalidType(name, 'of type number', value);
    }
    if (Math.floor(value) !== value) {
        throw errors.outOfRange(name, 'an integer', value);
    }
    if (value < min || value > max) {
        throw errors.outOfRange(name, '>= ' + min + ' && <= ' + max, value);
    }
    return value;
}

exports.integer = requireInteger;

exports.fd = function (value) {
    return requireInteger(value, 'fd', 0, 2147483647);
};

exports.mode = function (value, name, fallback) {
    if (value === undefined || value === null) {
        if (fallback !== undefined) {
            return fallback;
        }
    }
    if (typeof value === 'string') {
        if (!/^[0-7]+$/.test(value)) {
            throw errors.invalidValue(name, value,
                'must be a 32-bit unsigned integer or an octal string');
        }
        value = parseInt(value, 8);
    }
    return requireInteger(value, name, 0, 4294967295);
};

exports.accessMode = function (value) {
    value = value === undefined || value === null ? 0 : requireInteger(value, 'mode', -Infinity, Infinity);
    if (value < 0 || value > 7) {
        var error = new RangeError('mode is out of range: >= 0 && <= 7');
        error.code = 'ERR_OUT_OF_RANGE';
        throw error;
    }
    return value;
};

const O = constants;
const FLAGS = {
    r: O.O_RDONLY, rs: O.O_RDONLY | O.O_SYNC, sr: O.O_RDONLY | O.O_SYNC, 'r+': O.O_RDWR,
    'rs+': O.O_RDWR | O.O_SYNC, 'sr+': O.O_RDWR | O.O_SYNC,
    w: O.O_TRUNC | O.O_CREAT | O.O_WRONLY, wx: O.O_TRUNC | O.O_CREAT | O.O_WRONLY | O.O_EXCL,
    xw: O.O_TRUNC | O.O_CREAT | O.O_WRONLY | O.O_EXCL, 'w+': O.O_TRUNC | O.O_CREAT | O.O_RDWR,
    'wx+': O.O_TRUNC | O.O_CREAT | O.O_RDWR | O.O_EXCL,
    'xw+': O.O_TRUNC | O.O_CREAT | O.O_RDWR | O.O_EXCL,
    a: O.O_APPEND | O.O_CREAT | O.O_WRONLY, ax: O.O_APPEND | O.O_CREAT | O.O_WRONLY | O.O_EXCL,
    xa: O.O_APPEND | O.O_CREAT | O.O_WRONLY | O.O_EXCL,
    as: O.O_APPEND | O.O_CREAT | O.O_WRONLY | O.O_SYNC,
    sa: O.O_APPEND | O.O_CREAT | O.O_WRONLY | O.O_SYNC, 'a+': O.O_APPEND | O.O_CREAT | O.O_RDWR,
    'ax+': O.O_APPEND | O.O_CREAT | O.O_RDWR | O.O_EXCL,
    'xa+': O.O_APPEND | O.O_CREAT | O.O_RDWR | O.O_EXCL,
    'as+': O.O_APPEND | O.O_CREAT | O.O_RDWR | O.O_SYNC,
    'sa+': O.O_APPEND | O.O_CREAT | O.O_RDWR | O.O_SYNC
};

exports.flags = function (value, fallback) {
    if (typeof value === 'number') {
        return requireInteger(value, 'flags', -2147483648, 2147483647);
    }
    if (value === undefined || value === null) {
        return FLAGS[fallback || 'r'];
    }
    if (!Object.prototype.hasOwnProperty.call(FLAGS, value)) {
        throw errors.invalidValue('flags', value);
    }
    return FLAGS[value];
};

exports.time = function (value) {
    var isText = typeof value === 'string' && Number(value) == value;
    if (typeof value === 'number' || isText) {
        value = Number(value);
        return isFinite(value) ? value : Date.now() / 1000;
    }
    if (value instanceof Date) {
        return value.getTime() / 1000;
    }
    throw errors.invalidType('time', 'an instance of Date or an Time in seconds', value);
};

// The length to cut to.
exports.length = function (value) {
    return value === undefined || value === null ? 0 :
        Math.max(0, requireInteger(value, 'len', -Infinity, Infinity));
};

// ---- options and data -----------------------------------------------------------------------------

exports.options = function (value, defaults) {
    if (value === null || value === undefined || typeof value === 'function') {
        return defaults;
    }
    if (typeof value === 'string') {
        value = { encoding: value };
    } else if (typeof value !== 'object') {
        throw errors.invalidType('options', 'one of type string or object', value);
    }
    if (value.encoding && value.encoding !== 'buffer' &&
        !require('buffer').Buffer.isEncoding(value.encoding)) {
        throw errors.invalidValue('encoding', value.encoding, 'is invalid encoding');
    }
    if (value.signal !== undefined && value.signal !== null &&
        (typeof value.signal !== 'object' || !('aborted' in value.signal))) {
        throw errors.invalidType('options.signal', 'an instance of AbortSignal', value.signal);
    }
    return Object.assign({}, defaults, value);
};

exports.boolean = function (value, name) {
    if (value !== undefined && typeof value !== 'boolean') {
        throw errors.invalidType('options.' + name, 'of type boolean', value);
    }
    return !!value;
};

// A view of what is to be written.
exports.data = function (value, encoding, name, types) {
    if (typeof value === 'string') {
        return require('buffer').Buffer.from(value, encoding || 'utf8');
    }
    if (!ArrayBuffer.isView(value)) {
        throw errors.invalidType(name || 'data', types ||
            'of type string or an instance of Buffer, TypedArray, or DataView', value);
    }
    return value;
};

exports.decoded = function (buffer, encoding) {
    return encoding && encoding !== 'buffer' ? buffer.toString(encoding) : buffer;
};

// A name or path as the caller wants it.
exports.named = function (text, encoding) {
    if (!encoding || encoding === 'utf8' || encoding === 'utf-8') {
        return text;
    }
    var buffer = require('buffer').Buffer.from(text);
    return encoding === 'buffer' ? buffer : buffer.toString(encoding);
};

// [offset, length] within a view, for reading into it.
exports.rangeToRead = function (view, offset, length) {
    offset = offset === undefined || offset === null ? 0 :
        requireInteger(offset, 'offset', 0, Number.MAX_SAFE_INTEGER);
    length = length === undefined ? view.byteLength - offset : length | 0;
    if (length === 0) {
        return [offset, 0];
    }
    if (length < 0) {
        throw errors.outOfRange('length', '>= 0', length);
    }
    if (offset + length > view.byteLength) {
        throw errors.outOfRange('length', '<= ' + (view.byteLength - offset), length);
    }
    return [offset, length];
};

exports.rangeToWrite = function (view, offset, length) {
    offset = offset === undefined || offset === null ? 0 :
        requireInteger(offset, 'offset', 0, Number.MAX_SAFE_INTEGER);
    if (offset > view.byteLength) {
        throw errors.outOfRange('offset', '<= ' + view.byteLength, offset);
    }
    length = typeof length === 'number' ? length : view.byteLength - offset;
    if (length > view.byteLength - offset) {
        throw errors.outOfRange('length', '<= ' + (view.byteLength - offset), length);
    }
    if (length < 0) {
        throw errors.outOfRange('length', '>= 0', length);
    }
    return [offset, length];
};

exports.position = function (value) {
    if (value === undefined || value === null || value === -1) {
        return null;
    }
    if (typeof value !== 'number') {
        throw errors.invalidType('position', 'of type bigint or integer', value);
    }
    return requireInteger(value, 'position', -1, Number.MAX_SAFE_INTEGER);
};

// ---- Stats and Dirent -----------------------------------------------------------------------------

function ms(numbers, index) {
    return numbers[index] * 1000 + numbers[index + 1] / 1e6;
}

function Stats(numbers) {
    var n = numbers || [];
    this.dev = n[0];
    this.mode = n[1];
    this.nlink = n[2];
    this.uid = n[3];
    this.gid = n[4];
    this.rdev = n[5];
    this.blksize = n[6];
    this.ino = n[7];
    this.size = n[8];
    this.blocks = n[9];
    this.atimeMs = numbers && ms(n, 10);
    this.mtimeMs = numbers && ms(n, 12);
    this.ctimeMs = numbers && ms(n, 14);
    this.birthtimeMs = numbers && ms(n, 16);
    this.atime = new Date(Math.round(this.atimeMs));
    this.mtime = new Date(Math.round(this.mtimeMs));
    this.ctime = new Date(Math.round(this.ctimeMs));
    this.birthtime = new Date(Math.round(this.birthtimeMs));
}

const KINDS = { isFile: 'REG', isDirectory: 'DIR', isSymbolicLink: 'LNK', isFIFO: 'FIFO',
    isSocket: 'SOCK', isCharacterDevice: 'CHR', isBlockDevice: 'BLK' };
const TYPES = { isFile: 1, isDirectory: 2, isSymbolicLink: 3, isFIFO: 4, isSocket: 5,
    isCharacterDevice: 6, isBlockDevice: 7 };
const TYPE = Symbol('type');

function Dirent(name, type, path) {
    this.name = name;
    this.parentPath = path;
    this.path = path;
    this[TYPE] = type;
}

Object.keys(KINDS).forEach(function (method) {
    var bits = constants['S_IF' + KINDS[method]];
    Object.defineProperty(Stats.prototype, method, { writable: true, configurable: true,
        value: function () {
            return (this.mode & constants.S_IFMT) === bits;
        } });
    Object.defineProperty(Dirent.prototype, method, { writable: true, configurable: true,
        value: function () {
            return this[TYPE] === TYPES[method];
        } });
});

exports.Stats = Stats;
exports.Dirent = Dirent;
