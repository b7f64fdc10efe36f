// Recycling: a worker is replaced between two tasks because its live heap drifts, it nears its limit,
// it has done its number of jobs, or somebody asked. One at a time and not too often; what it was to
// free and what it freed are recorded. When the last ones did not help, no more for a while, and
// that is said. Options (the pool's `recycle`), all of them optional:
//   drift       true, or { band: 0.05, bytes: 1 MiB, samples: 8 }: live heap over the first settled one
//   limitShare  of resourceLimits.maxOldGenerationSizeMb, by committed bytes
//   jobs        tasks a worker does
//   startFirst  true: the replacement is there before the old one stops taking tasks
//   stagger     ms between two, maxPerMinute, cooldown ms after it stopped helping, minGain share of
//               what was predicted that counts as help
// The rules see only the worker's last full collection, so they cost nothing per task.
'use strict';

const system = native('pool');
const now = native('process').now;
const answers = native('door');
const END = 2;
const DEFAULTS = { drift: undefined, limitShare: undefined, jobs: undefined, startFirst: true,
    stagger: 1000, maxPerMinute: 10, cooldown: 60000, minGain: 0.5 };
const DRIFT = { band: 0.05, bytes: 1 << 20, samples: 8 };
const SETTLING = 2;      // first samples that no baseline is made of
const HELPLESS = 2;      // recycles in a row that did not help
const KEPT = 100;        // recycles remembered
const EXIT_MS = 5000;    // a worker that does not leave by itself is ended then

function merge(defaults, given) {
    var merged = {};
    Object.keys(defaults).forEach(function (name) {
        merged[name] = given[name] !== undefined ? given[name] : defaults[name];
    });
    Object.keys(given).forEach(function (name) {
        if (!(name in defaults)) {
            throw new TypeError('options.recycle.' + name + ' is not known: there are ' +
                Object.keys(defaults).join(', '));
        }
    });
    return merged;
}

function median(values) {
    var sorted = values.slice().sort(function (a, b) { return a - b; });
    return sorted[sorted.length >> 1];
}

// ---- one recycle --------------------------------------------------------------------------------

function Recycle(recycler, member, reason, predicted) {
    this.recycler = recycler;
    this.old = member;
    this.fresh = null;
    this.reason = reason;
    this.predicted = predicted;
    this.began = now();
    this.resolve = this.reject = null;
}

Recycle.prototype.start = function () {
    if (this.recycler.options.startFirst) {
        this.replace();
    } else {
        this.close();
    }
};

// The replacement is made; the other works on until it is ready.
Recycle.prototype.replace = function () {
    this.fresh = this.recycler.pool._add();
    this.fresh.recycle = this;
};

// The old one takes no more tasks; when it has none it leaves.
Recycle.prototype.close = function () {
    this.old.recycle = this;
    system.retire(this.old.state);
    if (this.old.usage === 0) {
        this.drained();
    }
};

Recycle.prototype.ready = function (member) {
    if (member !== this.fresh) {
        return; // the old one, which had just been made
    }
    if (this.old.isGone) {
        this.finish();
    } else {
        this.close();
        system.feed(this.fresh.state);
    }
};

Recycle.prototype.drained = function () {
    var old = this.old;
    if (this.timer === undefined) {
        system.post(old.port, END, 0, undefined);
        this.timer = setTimeout(function () { old.worker.terminate(); }, EXIT_MS);
        this.timer.unref();
    }
};

// A member of this recycle is gone, as it was meant to be or not.
Recycle.prototype.ended = function (member, error, isError) {
    clearTimeout(this.timer);
    if (member === this.fresh && !member.isReady) {
        this.recycler.failed(this, isError ? error : new Error('the replacement ended at once'));
    } else if (member === this.old && this.fresh === null && !this.recycler.pool._isDestroying) {
        this.replace();
    } else if (member === this.old && this.fresh !== null && this.fresh.isReady) {
        this.finish();
    }
};

Recycle.prototype.finish = function () {
    this.fresh.recycle = this.old.recycle = null;
    this.recycler.finished(this, Math.max(0, this.old.committed - this.fresh.committed));
};

// ---- when and whether ---------------------------------------------------------------------------

function Recycler(pool, options) {
    this.pool = pool;
    this.options = merge(DEFAULTS, options);
    this.drift = this.options.drift ?
        merge(DRIFT, this.options.drift === true ? {} : this.options.drift) : null;
    this.limit = pool.options.resourceLimits !== undefined &&
        pool.options.resourceLimits.maxOldGenerationSizeMb > 0 ?
        pool.options.resourceLimits.maxOldGenerationSizeMb * (1 << 20) : Infinity;
    // One that is being replaced stops here, or it might not live until the other is there.
    this.brink = this.limit * (1 + (this.options.limitShare || 0.8)) / 2;
    this.running = null;
    this.waiting = [];   // Recycles asked for, first come
    this.list = [];      // what was done, newest last
    this.times = [];     // of the last minute
    this.last = -Infinity;
    this.helpless = 0;
    this.helplessSince = -Infinity;
    this.isStopped = false;
    system.watch(pool._state, this.options.jobs !== undefined ? this.options.jobs : Infinity,
        Math.min(this.limit * (this.options.limitShare || 1), this.brink));
}

// New figures of a member, after a task or between two.
Recycler.prototype.observe = function (member) {
    if (member.live === member.live && member.live !== member.lastLive) {
        member.lastLive = member.live;
        this.sample(member);
    }
    if (this.running !== null && this.running.old === member && !member.isLeaving &&
        member.committed >= this.brink) {
        this.running.close();
    }
    if (member.isWanted || member.isLeaving) {
        return;
    }
    var reason = this.judge(member);
    if (reason !== null && this.mayBegin(member, reason)) {
        this.begin(new Recycle(this, member, reason, this.predict(member, reason)));
    }
};

Recycler.prototype.sample = function (member) {
    var lives = member.lives = member.lives || [];
    lives.push(member.live);
    if (member.baseline === undefined && lives.length > SETTLING + 2) {
        member.baseline = median(lives.slice(SETTLING));
    }
    if (member.baseline !== undefined && lives.length > Math.max(SETTLING + 3, 64)) {
        lives.shift();
    }
    member.isDrifting = this.drifts(member);
    if (member.follows !== undefined) {
        this.compare(member);
    }
};

// What took a recycled one's place is as large as that was at its end, before it did a quarter of its
// tasks: it did not help. What grew outside of the heap is not seen in its live part.
Recycler.prototype.compare = function (member) {
    var before = member.follows;
    if (member.live > before.live * 0.9 && member.committed > before.committed * 0.9 &&
        member.completed <= before.completed / 4) {
        before.entry.helped = false;
        this.noteHelp(false);
        member.follows = undefined;
    } else if (member.completed > before.completed / 4) {
        member.follows = undefined;
    }
};

// Rises over the baseline by more than the band and the least bytes, all of the newer half above all
// of the older.
Recycler.prototype.drifts = function (member) {
    var rule = this.drift;
    var lives = member.lives;
    if (rule === null || member.baseline === undefined || lives.length < rule.samples) {
        return false;
    }
    var recent = lives.slice(-rule.samples);
    var half = rule.samples >> 1;
    var older = Math.max.apply(null, recent.slice(0, half));
    var newer = Math.min.apply(null, recent.slice(half));
    var risen = newer - member.baseline;
    return newer > older && risen > rule.bytes && risen > rule.band * member.baseline;
};

Recycler.prototype.judge = function (member) {
    var options = this.options;
    if (options.jobs !== undefined && member.completed >= options.jobs) {
        return 'jobs';
    }
    if (options.limitShare !== undefined && member.committed >= options.limitShare * this.limit) {
        return 'limit';
    }
    return member.isDrifting ? 'drift' : null;
};

// Bytes that come back: what has grown since it was new.
Recycler.prototype.predict = function (member, reason) {
    if (reason === 'drift' && member.baseline !== undefined) {
        return Math.max(0, member.live - member.baseline);
    }
    return member.isReady ? Math.max(0, member.committed - member.firstCommitted) : NaN;
};

// Why there is none now, or null.
Recycler.prototype.whyNot = function () {
    var left = this.helplessSince + this.options.cooldown - now();
    if (this.helpless < HELPLESS || left <= 0) {
        return null;
    }
    var lately = this.list.slice(-this.helpless);
    function sum(name) {
        return lately.reduce(function (total, entry) { return total + (entry[name] || 0); }, 0);
    }
    return 'recycling pool ' + this.pool.options.poolName + ' does not help: the last ' +
        lately.length + ' freed ' + sum('reclaimed') + ' of ' + sum('predicted') +
        ' bytes predicted; again in ' + Math.ceil(left / 1000) + ' s';
};

// Only the rules' own recycles are refused without a word to anybody but listeners, and once each.
Recycler.prototype.mayBegin = function (member, reason) {
    var time = now();
    if (this.isStopped || this.running !== null || time - this.last < this.options.stagger) {
        return false;
    }
    this.times = this.times.filter(function (at) { return time - at < 60000; });
    if (this.times.length >= this.options.maxPerMinute) {
        return false;
    }
    var why = this.whyNot();
    if (why !== null) {
        if (member.toldOf !== this.helplessSince) {
            member.toldOf = this.helplessSince;
            this.pool.emit('recycleRefused', { threadId: member.threadId, reason: reason, why: why });
        }
        return false;
    }
    return true;
};

// Asked for by a caller or the collector: waits for its turn only.
Recycler.prototype.request = function (member, reason, resolve, reject) {
    var why = this.isStopped ? 'the pool is being destroyed' : member.isWanted ?
        'it is being recycled already' : this.whyNot();
    if (why !== null) {
        reject(new Error(why));
        return;
    }
    system.hold(true);
    var recycle = new Recycle(this, member, reason, this.predict(member, reason));
    recycle.resolve = resolve;
    recycle.reject = reject;
    member.isWanted = true;
    if (this.running !== null) {
        this.waiting.push(recycle);
    } else {
        this.begin(recycle);
    }
};

// Who asked hears of it.
Recycle.prototype.answer = function (entry, error) {
    if (this.resolve !== null) {
        system.hold(false);
        if (error === null) {
            this.resolve(entry);
        } else {
            this.reject(error);
        }
        this.resolve = null;
    }
};

// The collector's command.
Recycler.prototype.ask = function (member, id, reason) {
    this.request(member, reason, function (entry) {
        answers.done(id, ['predicted', entry.predicted, 'reclaimed', entry.reclaimed,
            'seconds', entry.seconds, 'by', entry.by]);
    }, function (error) { answers.refuse(id, error.message); });
};

Recycler.prototype.begin = function (recycle) {
    this.running = recycle;
    this.last = now();
    this.times.push(this.last);
    recycle.old.isWanted = true;
    recycle.start();
};

// Whether a worker and its replacement are both there now.
Recycler.prototype.isDoubling = function () {
    return this.running !== null && this.running.fresh !== null && !this.running.old.isGone;
};

Recycler.prototype.next = function () {
    this.running = null;
    var recycle = this.waiting.shift();
    if (recycle !== undefined && recycle.old.isGone) {
        recycle.answer(null, new Error('it ended before its turn came'));
        this.next();
    } else if (recycle !== undefined) {
        this.begin(recycle);
    }
};

Recycler.prototype.noteHelp = function (isHelp) {
    this.helpless = isHelp ? 0 : this.helpless + 1;
    if (!isHelp) {
        this.helplessSince = now();
    }
};

// It gave back enough of what was predicted, and what took its place is not over the limit at once.
Recycler.prototype.hasHelped = function (recycle, reclaimed) {
    var isOver = recycle.reason === 'limit' &&
        recycle.fresh.committed >= this.options.limitShare * this.limit;
    return !isOver && (!(recycle.predicted > 0) ||
        reclaimed >= this.options.minGain * recycle.predicted);
};

Recycler.prototype.finished = function (recycle, reclaimed) {
    var entry = {
        threadId: recycle.old.threadId, by: recycle.fresh.threadId, reason: recycle.reason,
        predicted: recycle.predicted, reclaimed: reclaimed,
        seconds: (now() - recycle.began) / 1000,
        helped: this.hasHelped(recycle, reclaimed)
    };
    recycle.fresh.follows = !entry.helped || !recycle.old.isWeighed ? undefined :
        { live: recycle.old.live, committed: recycle.old.committed,
            completed: recycle.old.completed, entry: entry };
    this.noteHelp(entry.helped);
    this.list.push(entry);
    if (this.list.length > KEPT) {
        this.list.shift();
    }
    system.recycled(entry.threadId, entry.by, entry.reason, entry.predicted, entry.reclaimed,
        entry.seconds);
    this.next();
    recycle.answer(entry, null);
    this.pool.emit('recycle', entry);
};

// The replacement did not start: the old one goes on.
Recycler.prototype.failed = function (recycle, error) {
    recycle.old.isWanted = false;
    recycle.old.recycle = null;
    this.next();
    recycle.answer(null, error);
};

Recycler.prototype.stop = function () {
    var waiting = this.waiting.concat(this.running === null ? [] : [this.running]);
    this.waiting = [];
    this.running = null;
    this.isStopped = true;
    waiting.forEach(function (recycle) {
        recycle.old.recycle = null;
        if (recycle.fresh !== null) {
            recycle.fresh.recycle = null;
        }
        recycle.answer(null, new Error('the pool is being destroyed'));
    });
};

exports.Recycler = Recycler;
