// move(): marks a task or a result as one whose buffers are moved, not copied. What is moved and what
// is sent can be told by two symbols, which other pools know by the same names.
'use strict';

const movable = native('pool').movable;
const TRANSFERABLE = Symbol.for('Piscina.transferable');
const VALUE = Symbol.for('Piscina.valueOf');

function isTransferable(value) {
    return value !== null && typeof value === 'object' && TRANSFERABLE in value && VALUE in value;
}

function Moved(value) {
    this[TRANSFERABLE] = ArrayBuffer.isView(value) ? value.buffer : value;
    this[VALUE] = value;
}

exports.transferableSymbol = TRANSFERABLE;
exports.valueSymbol = VALUE;

exports.move = function move(value) {
    if (value === null || typeof value !== 'object') {
        return value;
    }
    var moved = isTransferable(value) ? value : new Moved(value);
    Object.defineProperty(moved, movable, { value: true, writable: true, configurable: true });
    return moved;
};

exports.isMoved = function (value) {
    return value !== null && typeof value === 'object' && value[movable] === true;
};
