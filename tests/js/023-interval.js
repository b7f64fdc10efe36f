// An interval fires again until it is cleared, also out of its own callback.
var count = 0;
var interval = setInterval(function (step) {
    count += step;
    if (count === 6) {
        clearInterval(interval);
        setTimeout(function () { console.log('count ' + count); }, 10);
    }
}, 1, 2);
