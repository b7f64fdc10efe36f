// util.inspect of Map, Set, Promise, Proxy, classes, iterators, colours, widths and groups, as Node lays them out.
var inspect=require('util').inspect;var S=[];function add(v,o){S.push([v,o])}
add(new Map([[1,{a:1}],['k',new Map()]]));add(new Set([1,'a',[1,2]]));add(new Map());add(new Set());add({m:{n:{o:new Map([[1,2]])}}});
add(new Map([[{a:1},new Set([1])]]),{depth:0});add(new WeakMap());add(new WeakSet());add(Promise.resolve(5));add(new Promise(function(){}));var rj=Promise.reject(new RangeError('r'));rj.catch(function(){});add(Promise.reject&&Promise.resolve({a:{b:{c:1}}}));
add(new Proxy({a:1},{}));add(new Proxy({a:1},{}),{showProxy:true});add(new Proxy(function f(){},{}));add(new Proxy([1,2],{get:function(){throw 1}}));
add(new Map([[1,2]]).entries());add(new Set([5]).values());add([1,2][Symbol.iterator]());add(new Map([[1,2]]).keys());
var e=new Error('outer');e.stack='Error: outer\n    at x (y:1:1)';var ca=new TypeError('inner');ca.stack='TypeError: inner\n    at q (z:1:1)';e.cause=ca;add(e);

add({a:1,b:'x',c:[1,2,3],d:null,e:undefined,f:Symbol('q'),g:function g(){},h:new Date(0),i:/r/g,j:true},{colors:true});add([1,,3],{colors:true});add(new Map([['a',1]]),{colors:true});add('str',{colors:true});add({get a(){return 1}},{colors:true});add([new Error('x').message],{colors:true});
add(123456789.123,{numericSeparator:true});add([1234567,-1234.5678],{numericSeparator:true});
add(['日本語','中文','a','b','c','d','e','f']);add({'日':1});
add(Array.from({length:101},function(_, i){return i}));add(Array.from({length:27},function(_, i){return 'x'.repeat(i)}));add(Array.from({length:10},function(_, i){return {i:i}}));add(Array.from({length:30},function(_, i){return i%2?'odd':i}));
add(new Set(Array.from({length:120},function(_, i){return i})));add(new Map(Array.from({length:8},function(_, i){return [i,'v'+i]})));add(new Set(Array.from({length:8},function(_, i){return 'val'+i})));
add({a:new Set([[1,2],[3,4]]),b:new Map([[{x:1},{y:[1,{z:1}]}]])});
class A{constructor(){this.x=1}get y(){return 2}static s(){}}class B extends A{}add(new A());add(new B());add(A);add(B);add(class{});add(class extends Object{});add([A,B]);add(Object.create(A.prototype));class N extends null{}add(N);class Q extends Array{}add(Q.from([1,2]));add(new Q(3));class M2 extends Map{}add(new M2([[1,2]]));class E3 extends Error{};var e3=new E3('z');e3.stack='Error: z\n    at a (b:1:1)';add(e3);class P3 extends Promise{}add(P3.resolve(1));class R3 extends RegExp{}add(new R3('x'));class D3 extends Date{}add(new D3(0));class U3 extends Uint8Array{}add(new U3(2));class F3 extends Function{}
add(async function af(){});add(function*gf(){});add(async()=>{});add(()=>{});add(async function*ag(){});add((function*(){})());
add({a(){},get b(){return 1},set b(v){},[Symbol('s')]:1,['x y']:2});add(Object.assign(()=>{},{a:1,b:{c:2}}));
var n=Object.create(null);n.a={b:1};add(n);add({[Symbol.toStringTag]:'Foo',a:1});class TT{get[Symbol.toStringTag](){return 'tt'}}add(new TT());
add(new (class extends Map{})([[1,1]]));add(globalThis.constructor===Object);add([undefined,,null]);add({a:[[[[]]]],b:{c:{d:{e:{}}}}});add([[[[[]]]]],{depth:1});
add('a\nb'.repeat(20));add(['a\nb'.repeat(20)]);add({x:'a\nb'.repeat(20)});add({x:'long '.repeat(30)});add(['long '.repeat(30),1]);
add(new Uint8Array([1,2]),{showHidden:true});add(new Map([[1,2]]),{showHidden:true});add([1,2],{showHidden:true});add(new SharedArrayBuffer(4));add(new DataView(new ArrayBuffer(3),1));add({ab:new ArrayBuffer(2)});
var cyc={n:1};cyc.m=new Map([[cyc,cyc]]);cyc.s=new Set([cyc]);cyc.a=[cyc];add(cyc);var pr={};pr.p=Promise.resolve(pr);add(pr);
add({a:1,b:2,c:3},{sorted:function(a,b){return a<b?1:-1}});add({a:{b:{c:{}}}},{depth:Infinity});add(new Set([3,1,2]),{sorted:true});add(Object(Symbol('x')));add(Object.assign(Object(5),{x:1}));add([new Date(NaN)]);add(Object.assign(new Date(0),{a:1}));add(Object.assign(/x/,{a:1}));
add({f:function(){},g:function named(){}, h:class{}});add(Object.defineProperty({},'x',{get:function(){return {y:1}},enumerable:true}),{getters:true});add({set x(v){}},{getters:true});add(Symbol('a b'));add({[Symbol()]:1,[Symbol.iterator]:2});add(-0);add([-0]);add({a:-0});add([1.5,22.25,333.125,4,5,6,7,8]);add(['apple','b','cherry pie','d','e','f','g','h','i','j']);
add(Array(5));add([,1,,,2]);add(Object.assign([1,2,3],{a:1,'-1':2}));add({arr:Array(200).fill(0)});add(Array(120).fill('ab'));add([['a','b'],['c','d']]);add({a:'it\'s'});add({a:"\u001b[31m"});add('\u{1F600}');add(['\x7f\x80\u2028']);
S.forEach(function(s,i){var t;try{t=s[1]?inspect(s[0],s[1]):inspect(s[0])}catch(x){t='THREW '+x.message}console.log('#'+i+' '+t)});
