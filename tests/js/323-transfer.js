// isorun only: ArrayBuffer.prototype.transfer is of ES2024, Node 20 is of 2023
'use strict';
var buffer = new ArrayBuffer(4);
var view = new Uint8Array(buffer);
view.set([1, 2, 3, 4]);
var moved = buffer.transfer();
console.log(buffer.detached, buffer.byteLength, view.length, moved.byteLength, moved.resizable, new Uint8Array(moved).join());
var longer = moved.transfer(6);
console.log(moved.detached, new Uint8Array(longer).join(), longer.detached);
var shorter = longer.transfer(2);
console.log(new Uint8Array(shorter).join());
var resizable = new ArrayBuffer(2, { maxByteLength: 8 });
var next = resizable.transfer(4);
console.log(next.resizable, next.maxByteLength, next.byteLength, resizable.detached, resizable.maxByteLength);
var fixed = next.transferToFixedLength();
console.log(fixed.resizable, fixed.byteLength, next.detached, ArrayBuffer.prototype.transfer.length, ArrayBuffer.prototype.transfer.name);
try { next.transfer(); } catch (error) { console.log(error.name, error.message); }
try { new ArrayBuffer(2, { maxByteLength: 4 }).transfer(5); } catch (error) { console.log(error.name); }
