// Colours of util.inspect() and the widths of texts on a terminal.
'use strict';

// ---- colours and widths ---------------------------------------------------------------------------

const colors = Object.assign(Object.create(null), {
    reset: [0, 0], bold: [1, 22], dim: [2, 22], italic: [3, 23], underline: [4, 24], blink: [5, 25],
    inverse: [7, 27], hidden: [8, 28], strikethrough: [9, 29], doubleunderline: [21, 24],
    black: [30, 39], red: [31, 39], green: [32, 39], yellow: [33, 39], blue: [34, 39],
    magenta: [35, 39], cyan: [36, 39], white: [37, 39], bgBlack: [40, 49], bgRed: [41, 49],
    bgGreen: [42, 49], bgYellow: [43, 49], bgBlue: [44, 49], bgMagenta: [45, 49], bgCyan: [46, 49],
    bgWhite: [47, 49], framed: [51, 54], overlined: [53, 55], gray: [90, 39], redBright: [91, 39],
    greenBright: [92, 39], yellowBright: [93, 39], blueBright: [94, 39], magentaBright: [95, 39],
    cyanBright: [96, 39], whiteBright: [97, 39], bgGray: [100, 49], bgRedBright: [101, 49],
    bgGreenBright: [102, 49], bgYellowBright: [103, 49], bgBlueBright: [104, 49],
    bgMagentaBright: [105, 49], bgCyanBright: [106, 49], bgWhiteBright: [107, 49]
});
const styles = Object.assign(Object.create(null), {
    special: 'cyan', number: 'yellow', bigint: 'yellow', boolean: 'yellow', undefined: 'grey',
    null: 'bold', string: 'green', symbol: 'green', date: 'magenta', regexp: 'red',
    module: 'underline'
});
['grey', 'bgGrey', 'blackBright', 'bgBlackBright', 'faint', 'crossedout', 'strikeThrough', 'crossedOut',
    'conceal', 'swapColors', 'swapcolors', 'doubleUnderline'].forEach(function (name, index) {
    var of = ['gray', 'bgGray', 'gray', 'bgGray', 'dim', 'strikethrough', 'strikethrough',
        'strikethrough', 'hidden', 'inverse', 'inverse', 'doubleunderline'][index];
    Object.defineProperty(colors, name, { configurable: true, enumerable: false,
        get: function () { return colors[of]; } });
});

function colored(text, style) {
    var color = colors[styles[style]];
    return color === undefined ? text : '\x1b[' + color[0] + 'm' + text + '\x1b[' + color[1] + 'm';
}

function paint(view, text, style) {
    return view.colors ? colored(text, style) : text;
}

const COLOR = /\x1b\[\d+m/g;
const WIDE = /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u3247\u3250-\u4dbf\u4e00-\ua4c6\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6]/g;
const FLAT = /[\x00-\x1f\x7f-\x9f\u0300-\u036f\u200b-\u200f\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]/g;
const PAIR = /[\ud800-\udbff][\udc00-\udfff]/g;

function lengthOf(view, text) {
    return view.colors ? text.replace(COLOR, '').length : text.length;
}

function isWidePair(pair) {
    var code = 0x10000 + ((pair.charCodeAt(0) - 0xd800) << 10) + pair.charCodeAt(1) - 0xdc00;
    return (code >= 0x1f300 && code <= 0x1f64f) || (code >= 0x1f900 && code <= 0x1f9ff) ||
        (code >= 0x20000 && code <= 0x3fffd);
}

// Columns of a terminal that the text takes.
function widthOf(view, text) {
    text = view.colors ? text.replace(COLOR, '') : text;
    if (!/[^\x20-\x7e]/.test(text)) {
        return text.length;
    }
    text = text.replace(PAIR, function (pair) { return isWidePair(pair) ? 'xx' : 'x'; });
    return text.replace(FLAT, '').replace(WIDE, 'xx').length;
}

exports.colors = colors;
exports.styles = styles;
exports.colored = colored;
exports.paint = paint;
exports.lengthOf = lengthOf;
exports.widthOf = widthOf;
