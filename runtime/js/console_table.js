// console.table(): rows and columns of what a value holds, in boxes.
'use strict';

const errors = require('errors');
const kindOf = native('kind').of;
const widthOf = require('inspect_style').widthOf;

function text(value) {
    var depth = value !== null && typeof value === 'object' && !Array.isArray(value) &&
        Object.keys(value).length > 2 ? -1 : 0;
    return require('inspect').inspect(value, { maxArrayLength: 3, breakLength: Infinity, depth: depth });
}

function width(cell) {
    return widthOf({ colors: false }, cell);
}

function renderRow(cells, widths) {
    return '│ ' + cells.map(function (cell, index) {
        return cell + ' '.repeat(widths[index] - width(cell));
    }).join(' │ ') + ' │';
}

function render(head, columns) {
    var count = Math.max.apply(null, columns.map(function (column) { return column.length; }));
    var rows = [];
    var widths = head.map(width);
    for (var row = 0; row < count; row++) {
        rows[row] = columns.map(function (column, index) {
            var cell = column[row] === undefined ? '' : column[row];
            widths[index] = Math.max(widths[index], width(cell));
            return cell;
        });
    }
    var lines = widths.map(function (size) { return '─'.repeat(size + 2); });
    return ['┌' + lines.join('┬') + '┐', renderRow(head, widths), '├' + lines.join('┼') + '┤']
        .concat(rows.map(function (cells) { return renderRow(cells, widths); }))
        .concat('└' + lines.join('┴') + '┘').join('\n');
}

function indexes(count) {
    var list = [];
    for (var i = 0; i < count; i++) {
        list.push(String(i));
    }
    return list;
}

function ofMap(map) {
    var keys = [];
    var values = [];
    map.forEach(function (value, key) {
        keys.push(text(key));
        values.push(text(value));
    });
    return render(['(iteration index)', 'Key', 'Values'], [indexes(keys.length), keys, values]);
}

function ofSet(set) {
    var values = [];
    set.forEach(function (value) { values.push(text(value)); });
    return render(['(iteration index)', 'Values'], [indexes(values.length), values]);
}

function ofRows(data, properties) {
    var names = Object.keys(data);
    var cells = Object.create(null);
    var plain = [];
    var hasPlain = false;
    names.forEach(function (name, row) {
        var item = data[name];
        var isPlain = item === null || (typeof item !== 'object' && typeof item !== 'function');
        if (isPlain && properties === undefined) {
            hasPlain = true;
            plain[row] = text(item);
            return;
        }
        (properties || Object.keys(item)).forEach(function (key) {
            cells[key] = cells[key] || [];
            cells[key][row] = isPlain || !Object.prototype.hasOwnProperty.call(item, key) ? '' :
                text(item[key]);
        });
    });
    var head = Object.keys(cells);
    var columns = head.map(function (key) { return cells[key]; });
    return render(['(index)'].concat(head, hasPlain ? ['Values'] : []),
        [names].concat(columns, hasPlain ? [plain] : []));
}

// The table of `data`; undefined when it is nothing to make one of.
exports.table = function (data, properties) {
    if (data === null || typeof data !== 'object') {
        return undefined;
    }
    if (properties !== undefined && !Array.isArray(properties)) {
        throw errors.invalidType('properties', 'an instance of Array', properties);
    }
    var kind = kindOf(data);
    return kind === 'Map' ? ofMap(data) : kind === 'Set' ? ofSet(data) : ofRows(data, properties);
};
