'use strict';
// DataView: both byte orders, and what is checked in which order.
var view = new DataView(new ArrayBuffer(16), 1, 12);
view.setFloat64(0, Math.PI);
view.setInt16(8, -2, true);
view.setUint32(8, 0xdeadbeef, true);
console.log(view.getFloat64(0), view.getUint8(0), view.getInt16(8, true), view.getUint32(8), view.getUint32(8, true).toString(16), view.getFloat32(1), view.getInt8(11), view.getUint16(10, true));
console.log(view.byteLength, view.byteOffset, view.buffer.byteLength, String(view), DataView.prototype.getInt8.length, DataView.prototype.setFloat32.length, DataView.length);
function error(f) { try { return f(); } catch (e) { return e.name + ': ' + e.message; } }
console.log(error(function () { return view.getInt8(12); }));
console.log(error(function () { return view.getInt8(-1); }));
console.log(error(function () { return view.setFloat64(6, 1); }));
console.log(error(function () { return new DataView({}); }));
console.log(error(function () { return new DataView(new ArrayBuffer(1), 2); }));
console.log(error(function () { return new DataView(new ArrayBuffer(1), 0, 2); }));
console.log(error(function () { return new DataView(new ArrayBuffer(1), -1); }));
console.log(error(function () { return DataView(new ArrayBuffer(1)); }));
console.log(error(function () { return DataView.prototype.getInt8.call(new Uint8Array(1)).name; }).split(':')[0]);
var order = [];
var odd = { valueOf: function () { order.push('value'); return 1; } };
console.log(error(function () { view.setInt8(99, odd); }), order);
structuredClone(0, { transfer: [view.buffer] });
console.log(error(function () { return view.getInt8(0); }));
console.log(error(function () { return view.byteLength; }));
console.log(error(function () { return view.getInt8(-1); }));
