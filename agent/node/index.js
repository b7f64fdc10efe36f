// Reports what the isolates of this process hold in memory to the collector. Loaded once an isolate, by
// --require, --import or NODE_OPTIONS, or by whoever wants to mark jobs. Nothing here ever throws into
// the program: where the agent can't work it does nothing, and the marks just run what they are given.
'use strict';

const KEY = Symbol.for('isoscope.agent');

if (globalThis[KEY] === undefined) {
    const { start, api } = require('./lib/agent.js');
    Object.defineProperty(globalThis, KEY, { value: api });
    start();
}

module.exports = globalThis[KEY];
