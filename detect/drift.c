/*
 * One isolate's drift: feeds the judge of each job name, keeps at most one rise alive at a time,
 * and puts it down to a name. Invariants: names [0, count) have a judge; while `is_rising`,
 * `measured` is the judge whose rise is the newest and `culprit` the name it is put down to; state,
 * shown and since change only in refresh().
 */
#include "detect/drift.h"

#include "detect/attribute.h"
#include "detect/judge.h"

#include <math.h>
#include <stdlib.h>

/* The contract's sizes are integers below 2^53; larger ones are nonsense. */
#define BYTES_MAX  9007199254740992.0
#define NUMBER_MAX (UINT64_C(1) << 53)

/* Below this many bytes per job the limit is never reached. */
#define SLOPE_MIN 0.001

#define BAND_MAX     1.0
#define MIN_JOBS_MIN 4

/* Samples for which an isolate counts as recovered before its band alone speaks again. */
#define RECOVERED_SAMPLES 32

/* The name that measured the rise has stopped running when it was not heard of for this many times
 * its usual distance and as many samples more. */
#define UNHEARD_TIMES   8
#define UNHEARD_SAMPLES 64

const struct drift_options drift_options_default = {.band = 0.05, .min_jobs = 8};

struct name {
    uint32_t job;          /* the caller's id */
    uint64_t first_number; /* job number of its first job since the last restart */
    struct judge *judge;   /* owned */
};

struct drift {
    struct drift_options options;
    uint32_t count;
    struct name names[DRIFT_NAMES_MAX];
    struct attribute attribute;
    uint64_t number; /* of the last job */
    uint64_t ignored;
    bool is_rising, is_attributed;
    uint32_t measured, culprit; /* indexes into names */
    uint64_t onset_job, detected_job;
    double intercept;
    uint64_t unheard;       /* samples of other names since the last one of `measured` */
    uint32_t recovered_for; /* samples left to count as recovered */
    enum drift_state state;
    uint32_t shown; /* index of the name the verdict is about */
    double since;
};

static struct drift_options valid_options(const struct drift_options *given)
{
    struct drift_options options = given ? *given : drift_options_default;
    if (!(options.band > 0 && options.band <= BAND_MAX)) {
        options.band = drift_options_default.band;
    }
    if (options.min_jobs < MIN_JOBS_MIN || options.min_jobs > SCALES_BINS) {
        options.min_jobs = drift_options_default.min_jobs;
    }
    if (!(options.min_bytes_per_job >= 0 && options.min_bytes_per_job < BYTES_MAX)) {
        options.min_bytes_per_job = drift_options_default.min_bytes_per_job;
    }
    return options;
}

struct drift *drift_new(const struct drift_options *options)
{
    struct drift *drift = calloc(1, sizeof *drift);
    if (drift) {
        drift->options = valid_options(options);
        drift->since = NAN;
    }
    return drift;
}

void drift_free(struct drift **drift)
{
    if (!*drift) {
        return;
    }
    for (uint32_t i = 0; i < (*drift)->count; i++) {
        free((*drift)->names[i].judge);
    }
    free(*drift);
    *drift = NULL;
}

/* The place of a name, made when it is new; -1 when there is no memory for it. */
static int place_of(struct drift *drift, uint32_t job)
{
    for (uint32_t i = 0; i < drift->count; i++) {
        if (drift->names[i].job == job) {
            return (int)i;
        }
    }
    if (drift->count == DRIFT_NAMES_MAX) {
        drift->names[DRIFT_NAMES_MAX - 1].job = DRIFT_OTHER_JOBS;
        return DRIFT_NAMES_MAX - 1;
    }
    struct judge *judge = malloc(sizeof *judge);
    if (!judge) {
        return -1;
    }
    judge_init(judge);
    drift->names[drift->count] = (struct name){.job = job, .judge = judge};
    return (int)drift->count++;
}

/* The worst name while no rise is alive: outside its band before inside, settled before warming. */
static enum drift_state band_state(const struct judge *judge)
{
    if (isnan(judge->baseline)) {
        return DRIFT_WARMING;
    }
    return judge->is_outside ? DRIFT_OUTSIDE_BAND : DRIFT_FLAT;
}

static double deviation(const struct judge *judge)
{
    return judge->baseline >= 1 ? fabs(judge->live / judge->baseline - 1) : 0;
}

static bool is_worse(const struct judge *left, const struct judge *right)
{
    enum drift_state a = band_state(left), b = band_state(right);
    return a != b ? a > b : a == DRIFT_OUTSIDE_BAND && deviation(left) > deviation(right);
}

static uint32_t worst_name(const struct drift *drift)
{
    uint32_t worst = 0;
    for (uint32_t i = 1; i < drift->count; i++) {
        if (is_worse(drift->names[i].judge, drift->names[worst].judge)) {
            worst = i;
        }
    }
    return worst;
}

/* Works out what is to be shown; true when state or culprit changed. */
static bool refresh(struct drift *drift, double t)
{
    enum drift_state state = DRIFT_WARMING;
    uint32_t shown = drift->culprit;
    if (drift->is_rising) {
        state = DRIFT_RISING;
    } else if (drift->recovered_for > 0) {
        state = DRIFT_RECOVERED;
    } else if (drift->count > 0) {
        shown = worst_name(drift);
        state = band_state(drift->names[shown].judge);
    }
    bool is_new_state = state != drift->state || isnan(drift->since);
    bool is_new_culprit = state == DRIFT_RISING && shown != drift->shown;
    drift->state = state;
    drift->shown = shown;
    if (is_new_state) {
        drift->since = t;
    }
    return is_new_state || is_new_culprit;
}

/* Jobs of the isolate for each job, or for each sample, of a name: `count` of them so far. */
static double numbers_for_each(const struct drift *drift, const struct name *name, uint64_t count)
{
    if (count < 2 || drift->number <= name->first_number) {
        return 1;
    }
    return (double)(drift->number - name->first_number) / (double)(count - 1);
}

/* Growth per job of the culprit, to whom all of `per_job`, the growth per job of `measured`, is put
 * down. */
static double culprit_slope(const struct drift *drift, double per_job)
{
    const struct judge *measured = drift->names[drift->measured].judge;
    const struct judge *culprit = drift->names[drift->culprit].judge;
    if (measured->jobs == 0 || culprit->jobs == 0) {
        return per_job;
    }
    return per_job * (double)measured->jobs / (double)culprit->jobs;
}

static void take_rise(struct drift *drift, uint32_t index)
{
    const struct name *name = &drift->names[index];
    const struct rise *rise = &name->judge->rise;
    if (rise->slope / rise->stride < drift->options.min_bytes_per_job) {
        return;
    }
    double numbers = rise->stride * numbers_for_each(drift, name, name->judge->jobs);
    double back = fmin((double)(rise->samples - 1) * numbers, (double)drift->number - 1);
    int leader = attribute_find(&drift->attribute, drift->count, rise->samples * drift->count);
    if (!drift->is_rising) {
        drift->detected_job = drift->number;
        drift->onset_job = drift->number - (uint64_t)back;
        drift->culprit = index;
        drift->is_attributed = false;
    }
    drift->is_rising = true;
    drift->recovered_for = 0;
    drift->unheard = 0;
    drift->measured = index;
    /* The newest line, drawn back to the onset that was found first. */
    double since_onset = (double)(drift->number - drift->onset_job);
    drift->intercept = fmax(0, rise->start - rise->slope / numbers * (since_onset - back));
    if (leader >= 0) {
        drift->culprit = (uint32_t)leader;
        drift->is_attributed = true;
    }
    if (drift->names[drift->culprit].judge->is_rising) {
        drift->measured = drift->culprit; /* its own series knows its slope best */
    }
}

static void end_rise(struct drift *drift)
{
    drift->is_rising = false;
    drift->recovered_for = RECOVERED_SAMPLES;
    attribute_clear(&drift->attribute);
    for (uint32_t i = 0; i < drift->count; i++) {
        judge_restart(drift->names[i].judge);
    }
}

/* The rise's own name no longer runs: nothing will ever tell that it ended. */
static bool is_unheard(const struct drift *drift)
{
    const struct name *measured = &drift->names[drift->measured];
    double usual = numbers_for_each(drift, measured, measured->judge->series.count);
    return (double)drift->unheard > UNHEARD_TIMES * usual + UNHEARD_SAMPLES;
}

static void measure(struct drift *drift, uint32_t index, double live, double limit)
{
    struct name *name = &drift->names[index];
    attribute_measure(&drift->attribute, index, live);
    drift->recovered_for -= drift->recovered_for > 0;
    enum judge_event event =
        judge_add(name->judge, live, limit, drift->options.band, drift->options.min_jobs);
    drift->unheard = index == drift->measured ? 0 : drift->unheard + 1;
    if (event == JUDGE_CONFIRMED) {
        take_rise(drift, index);
    } else if (drift->is_rising && (event == JUDGE_RESOLVED || is_unheard(drift))) {
        end_rise(drift);
    }
}

bool drift_add(struct drift *drift, const struct drift_sample *sample)
{
    bool is_numbered = sample->number > drift->number && sample->number < NUMBER_MAX;
    drift->number = is_numbered ? sample->number : drift->number + 1;
    int index = place_of(drift, sample->job);
    if (index < 0) {
        drift->ignored++;
        return false;
    }
    if (drift->names[index].judge->jobs == 0) {
        drift->names[index].first_number = drift->number;
    }
    attribute_count(&drift->attribute, (uint32_t)index);
    if (sample->live >= 0 && sample->live < BYTES_MAX) {
        bool is_known = sample->limit > 0 && sample->limit < BYTES_MAX;
        measure(drift, (uint32_t)index, sample->live, is_known ? sample->limit : INFINITY);
    } else {
        judge_count(drift->names[index].judge);
        drift->ignored += !isnan(sample->live);
    }
    return refresh(drift, sample->t);
}

bool drift_recycle(struct drift *drift, double t)
{
    bool was_rising = drift->is_rising;
    attribute_cut(&drift->attribute);
    drift->is_rising = false;
    for (uint32_t i = 0; i < drift->count; i++) {
        bool is_first = !drift->is_rising;
        if (judge_recycle(drift->names[i].judge) == JUDGE_CONFIRMED && is_first) {
            drift->is_rising = was_rising;
            take_rise(drift, i);
        }
    }
    if (was_rising && !drift->is_rising) {
        drift->recovered_for = RECOVERED_SAMPLES;
    }
    return refresh(drift, t);
}

static void put_rise(const struct drift *drift, struct drift_verdict *verdict)
{
    const struct judge *judge = drift->names[drift->measured].judge;
    verdict->is_attributed = drift->is_attributed;
    const struct rise *rise = &judge->rise;
    verdict->bytes_per_job = culprit_slope(drift, rise->slope / rise->stride);
    verdict->bytes_low = culprit_slope(drift, rise->low / rise->stride);
    verdict->bytes_high = culprit_slope(drift, rise->high / rise->stride);
    verdict->confidence = judge->rise.confidence;
    verdict->intercept = drift->intercept;
    verdict->onset_job = drift->onset_job;
    verdict->detected_job = drift->detected_job;
    if (!isinf(judge->limit) && verdict->bytes_per_job >= SLOPE_MIN) {
        verdict->jobs_to_limit = fmax(0, judge->limit - judge->live) / verdict->bytes_per_job;
    }
}

void drift_get_job(const struct drift *drift, uint32_t index, struct drift_verdict *verdict)
{
    *verdict = (struct drift_verdict){
        .band = drift->options.band,
        .since = drift->since,
        .bytes_per_job = NAN,
        .bytes_low = NAN,
        .bytes_high = NAN,
        .ratio = NAN,
        .jobs_to_limit = NAN,
        .baseline = NAN,
        .intercept = NAN,
        .live = NAN,
    };
    if (index >= drift->count) {
        return;
    }
    const struct judge *judge = drift->names[index].judge;
    bool is_shown = index == drift->shown;
    verdict->state = is_shown ? drift->state : band_state(judge);
    verdict->job = drift->names[index].job;
    verdict->has_job = true;
    verdict->baseline = judge->baseline;
    verdict->live = judge->live;
    verdict->ratio = judge->baseline >= 1 ? judge->live / judge->baseline : NAN;
    verdict->jobs = judge->jobs_seen;
    if (is_shown && drift->state == DRIFT_RISING) {
        put_rise(drift, verdict);
    } else {
        verdict->bytes_per_job = judge_slope(judge);
    }
}

void drift_get(const struct drift *drift, struct drift_verdict *verdict)
{
    drift_get_job(drift, drift->shown, verdict);
}

uint32_t drift_job_count(const struct drift *drift)
{
    return drift->count;
}

uint64_t drift_ignored(const struct drift *drift)
{
    return drift->ignored;
}

const char *drift_state_name(enum drift_state state)
{
    static const char *const names[DRIFT_STATES] = {"warming", "flat", "outside_band", "rising",
                                                    "recovered"};
    return (unsigned)state < DRIFT_STATES ? names[state] : "unknown";
}
