// An unref'ed timer keeps nothing alive.
var far = setTimeout(function () { throw new Error('must not fire'); }, 1000000);
far.unref();
setInterval(function () {}, 1000000).unref();
setImmediate(function () { console.log('immediate'); });
setTimeout(function () { console.log('timer', far.hasRef()); }, 5);
var never = setTimeout(function () {}, 1000000);
never.unref().ref().unref();
