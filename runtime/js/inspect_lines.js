// The pieces of an object on one line, on several, or in columns, as util.inspect() (inspect.js) lays
// them out. A `shape` is what stands around them: base, open, close and what kind of list it is.
'use strict';

const style = require('inspect_style');
const lengthOf = style.lengthOf;
const widthOf = style.widthOf;
const LIST = 1; // kind of a shape's extras: elements that may stand in columns

function fitsOneLine(view, output, start, base) {
    var total = output.length + start;
    if (total + output.length > view.breakLength) {
        return false;
    }
    for (var i = 0; i < output.length; i++) {
        total += lengthOf(view, output[i]);
        if (total > view.breakLength) {
            return false;
        }
    }
    return base === '' || base.indexOf('\n') < 0;
}

function layOut(view, output, shape, depth, value) {
    var head = shape.base ? shape.base + ' ' : '';
    var indent = '\n' + ' '.repeat(view.indentation);
    if (view.compact === true) {
        return layOutCompact(view, output, shape);
    }
    if (view.compact >= 1) {
        var entries = output.length;
        if (shape.extras === LIST && entries > 6) {
            output = group(view, output, value);
        }
        if (view.currentDepth - depth < view.compact && entries === output.length) {
            var start = output.length + view.indentation + shape.open.length + shape.base.length + 10;
            if (fitsOneLine(view, output, start, shape.base)) {
                var line = output.join(', ');
                if (line.indexOf('\n') < 0) {
                    return head + shape.open + ' ' + line + ' ' + shape.close;
                }
            }
        }
    }
    return head + shape.open + indent + '  ' + output.join(',' + indent + '  ') + indent +
        shape.close;
}

function layOutCompact(view, output, shape) {
    if (fitsOneLine(view, output, 0, shape.base)) {
        return shape.open + (shape.base ? ' ' + shape.base : '') + ' ' + output.join(', ') + ' ' +
            shape.close;
    }
    var indent = '\n' + ' '.repeat(view.indentation) + '  ';
    var start = shape.base === '' && shape.open.length === 1 ? ' ' :
        (shape.base ? ' ' + shape.base : '') + indent;
    return shape.open + start + output.join(',' + indent) + ' ' + shape.close;
}

function columnCount(view, count, total, widest) {
    var width = widest + 2;
    if (width * 3 + view.indentation >= view.breakLength ||
        !(total / width > 5 || widest <= 6)) {
        return 1;
    }
    var bias = Math.sqrt(width - total / count.all);
    var biased = Math.max(width - 3 - bias, 1);
    return Math.min(Math.round(Math.sqrt(2.5 * biased * count.shown) / biased),
        Math.floor((view.breakLength - view.indentation) / width), view.compact * 4, 15);
}

// Long lists become columns: numbers to the right, everything else to the left.
function group(view, output, value) {
    var hasMore = view.maxArrayLength < output.length;
    var count = { all: output.length, shown: output.length - (hasMore ? 1 : 0) };
    var total = 0;
    var widest = 0;
    for (var i = 0; i < count.shown; i++) {
        var width = widthOf(view, output[i]);
        total += width + 2;
        widest = Math.max(widest, width);
    }
    var columns = columnCount(view, count, total, widest);
    if (columns <= 1) {
        return output;
    }
    var isRight = output.every(function (text, index) {
        return typeof value[index] === 'number';
    });
    var lines = joinColumns(view, output.slice(0, count.shown), columns, isRight);
    if (hasMore) {
        lines.push(output[count.shown]);
    }
    return lines;
}

function joinColumns(view, cells, columns, isRight) {
    var widths = [];
    cells.forEach(function (cell, index) {
        var column = index % columns;
        widths[column] = Math.max(widths[column] || 0, widthOf(view, cell) + 2);
    });
    var lines = [];
    for (var row = 0; row < cells.length; row += columns) {
        var last = Math.min(row + columns, cells.length) - 1;
        var line = '';
        for (var i = row; i <= last; i++) {
            var cell = i < last ? cells[i] + ', ' : cells[i];
            var pad = ' '.repeat(Math.max(0, widths[i - row] - (i < last ? 0 : 2) - widthOf(view, cell)));
            line += isRight ? pad + cell : cell + (i < last ? pad : '');
        }
        lines.push(line);
    }
    return lines;
}

exports.LIST = LIST;
exports.layOut = layOut;
