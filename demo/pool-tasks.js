'use strict';
/* What the workers of pool.js do. */
let isFollowing = false;
const catalogue = [];

function makeThumbnail(number) {
    let text = 'thumbnail ' + number + ' ';
    while (text.length < 100000) {
        text += text;
    }
    return text.substring(0, 98304);
}

function keepForCatalogue(number) {
    catalogue.push('<li>' + makeThumbnail(number) + '</li>'); // and nobody ever takes it out
}

exports.resize = (number) => {
    const { length } = makeThumbnail(number);
    if (isFollowing) {
        keepForCatalogue(number);
    }
    return length;
};

exports.follow = () => {
    isFollowing = true;
};
