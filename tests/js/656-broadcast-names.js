// Ten thousand names: what is posted reaches the members of its name, whoever
// left before.
const { BroadcastChannel } = require('worker_threads');

const NAMES = 10000;
const senders = [];
for (let i = 0; i < NAMES; i++) {
    senders.push(new BroadcastChannel('name ' + i));
}
const heard = [];
const members = [];
for (let i = 0; i < 6; i++) {
    const member = new BroadcastChannel('name ' + (i < 4 ? 7 : 9999));
    member.onmessage = (event) => {
        heard.push(`${i}: ${event.data}`);
        if (event.data === 'last') {
            console.log(heard.sort().join('\n'));
            members.forEach((one) => one.close());
            senders.forEach((one) => one.close());
        }
    };
    members.push(member);
}
members[0].close();
members[2].close();
members[4].close();
for (let i = 0; i < NAMES; i++) {
    senders[i].postMessage('from ' + i);
}
senders[9999].postMessage('last');
