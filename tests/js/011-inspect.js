// util.inspect of everything a script can print, laid out as Node does.
var S=[];function add(v,o){S.push([v,o])}
function Foo(a){this.a=a}
add(1);add(-0);add('a');add("it's");add('it\'s "q"');add('it\'s "q" `b`');add('\n\t\x00\x7f\u2028é');add('\ud83d\ude00 \ud800');add(null);add(undefined);add(true);add(Symbol('x'));add(NaN);
add({});add([]);add({a:1,'b-c':2,3:'x'});add([1,2,3]);add([1,,3]);add([,]);add([,,1,,]);add({a:{b:{c:{d:1}}}});add([[[[1]]]]);
var c={name:'c'};c.self=c;c.list=[c,{c:c}];add(c);var d={};d.e={d:d};d.f=d.e;d.e.e=d.e;add(d);
add(new Foo(1));add(new Foo(new Foo({x:new Foo()})));add(Object.create(null));var n=Object.create(null);n.x=1;add(n);
add(function foo(){});add(function(){}); var f=function named(){};f.x=1;add(f);add({f:f,g:function g(){}});
add(new Date(0));add(new Date(NaN));var dd=new Date(5);dd.x=1;add(dd);add(/a\/b/gi);add([new Date(1),/x/]);
add(new Uint8Array([1,2,3]));add(new Float64Array(3));add(new Uint8Array(0));add(new ArrayBuffer(4));add(new DataView(new ArrayBuffer(2)));add(new Uint8Array(200));add({u:new Int16Array(2)});
add(Object(1));add(Object('abc'));add(Object(false));add(Object(Symbol('q')));
var arr=[];for(var i=0;i<150;i++)arr.push(i);add(arr);add(arr.slice(0,30));add(arr.slice(0,7).map(String));add(arr.map(function(x){return 'item'+x*x}));
add({a:arr.slice(0,27),b:'x'.repeat(100)});add('x'.repeat(300));add({s:('line one of text\n').repeat(12)});
var o={get a(){return 1},set a(v){},get b(){return 2},set c(v){}};add(o);add(o,{getters:true});
var e=new Error('boom');e.stack='Error: boom\n    at f (x.js:1:2)';add(e);add({e:e});var e2=new TypeError('bad');e2.stack='TypeError: bad\n    at g (y.js:3:4)';e2.code='E_X';add(e2);add([e2]);
var e3=new RangeError('nostack');e3.stack='RangeError: nostack';add(e3); var e4=new Error('');e4.stack='Error\n    at z (q:1:1)';add(e4);
function MyError(m){this.message=m;this.name='MyError'}MyError.prototype=Object.create(Error.prototype);MyError.prototype.constructor=MyError;var me=new MyError('mine');me.stack='MyError: mine\n    at k (k:1:1)';add(me);
var sy={};sy[Symbol('k')]=1;sy[Symbol.for('n')]={a:1};add(sy);var ne={};Object.defineProperty(ne,'hid',{value:1});add(ne);add(ne,{showHidden:true});add([1,2],{showHidden:true});
var ax=[1,2];ax.name='q';ax[-1]=5;add(ax);add((function(){return arguments})(1,'b'));
add({a:1,b:'two',c:[1,2,{d:3}],d:{e:{f:{g:1}}}},{depth:0});add({a:{b:{c:{d:{e:1}}}}},{depth:null});add({b:1,a:2},{sorted:true});
var big={};for(i=0;i<40;i++)big['key'+i]=i;add(big);add({a:'x'.repeat(40),b:'y'.repeat(40),c:'z'.repeat(40)});add([{a:1,b:2},{a:3,b:4}]);add([['a',1],['b',2],['c',[1,2,3]]]);
var t={};t[Symbol.toStringTag]='Tag';add(t);function Bar(){}Bar.prototype[Symbol.toStringTag]='BarTag';add(new Bar());
var ci={};ci[Symbol.for('nodejs.util.inspect.custom')]=function(d,o){return 'CUSTOM '+d+'\nline'};add(ci);add({x:ci});add({k:[ci]});
add({a:1},{compact:false});add({a:{b:1},c:[1,2]},{compact:false});add({a:{b:1},c:[1,2]},{compact:true});add(arr.slice(0,10),{compact:1});add({a:'b'.repeat(30),c:'d'.repeat(30)},{breakLength:40});
add([undefined,null,true]);add({u:undefined,n:null});add(['a'.repeat(20),'b']);add([1.5,-2,1e21,1e-7,100]);add('a'.repeat(20),{maxStringLength:5});add([1,2,3,4],{maxArrayLength:2});add(new Uint8Array([1,2,3,4]),{maxArrayLength:2});add(Math);
add({'__proto__x':1,'a b':{},'Ab_9':[]});add([function a(){},function(){}]);add(Object.create({inherited:1}));add(Object.create(Foo.prototype));add(Foo.prototype);add(Foo);
add(Object.assign(function(){},{a:1}));add([,'a',,'b'],{maxArrayLength:2});add({a:[,]});
add(Array(200));add([1,2,3].concat(Array(5)));add({o:{p:{}}},{depth:0});add(new Float32Array([1.5,2.25]));
var inspect = require('util').inspect;
S.forEach(function (sample, index) {
    console.log('#' + index + ' ' + (sample[1] ? inspect(sample[0], sample[1]) : inspect(sample[0])));
});
