module.exports = (task) => {
    if (task.fail) {
        throw new Error('asked for');
    }
    return task;
};
module.exports.named = (number) => number + 1;
