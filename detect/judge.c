/*
 * Baseline, band, rise and recovery of one job name. Invariants: baseline and noise are both known
 * or both NAN; `rise` is meaningful once it was confirmed; a restart empties the rings but leaves
 * what the caller was told.
 */
#include "detect/judge.h"

#include "detect/rank.h"

#include <math.h>
#include <string.h>

/* Jobs after which warm-up has had its time and the baseline is taken as it stands. */
#define SETTLE_MAX 64

/* The recent level is the mean of this many samples. */
#define LEVEL_SAMPLES 8

/* Once outside, the level must come back to this share of the band: no flutter at the edge. */
#define BAND_RETURN 0.8

/* A rise has ended when over FOLLOW_SPAN bins of its ring growth was below this share of its slope;
 * each end of the span is the mean of FOLLOW_MEAN bins. */
#define FOLLOW_SPAN   18
#define FOLLOW_MEAN   6
#define FOLLOW_BINS   (FOLLOW_SPAN + FOLLOW_MEAN)
#define FOLLOW_GROWTH 0.2

/* ... or when the last FALLEN_SAMPLES samples are all back at the level it began from. */
#define FALLEN_SAMPLES 4

/* An ended life votes when after its first third (warm-up) it rose with this Z over this many bins,
 * its second half by at least this share of the whole. Votes decide when so many came in a row and
 * gained so much together: share of the headroom, share of the first level. */
#define VOTE_BINS       8
#define VOTE_Z          2.5
#define VOTE_SECOND     0.6
#define VOTES_NEEDED    3
#define VOTES_HEADROOM  0.14
#define VOTES_LEVEL     0.05
#define VOTE_CONFIDENCE 0.9

void judge_init(struct judge *judge)
{
    memset(judge, 0, sizeof *judge);
    judge->baseline = judge->noise = judge->live = NAN;
    judge->limit = INFINITY;
}

void judge_count(struct judge *judge)
{
    judge->jobs++;
    judge->jobs_seen++;
}

double judge_slope(const struct judge *judge)
{
    for (int ring = 1; ring >= 0; ring--) {
        int length = scales_length(&judge->series, ring);
        if (length >= LEVEL_SAMPLES) {
            double bins[SCALES_BINS];
            uint64_t jobs[SCALES_BINS];
            scales_copy(&judge->series, ring, length, bins);
            scales_copy_jobs(&judge->series, ring, length, jobs);
            return rank_least_squares(bins, length) * (length - 1) / (double)jobs[length - 1];
        }
    }
    return NAN;
}

/* The first `settle` samples in a row whose halves differ by less than the band. */
static void settle(struct judge *judge, double band, int count)
{
    if (scales_length(&judge->series, 0) < count) {
        return;
    }
    double recent[SCALES_BINS];
    scales_copy(&judge->series, 0, count, recent);
    double early = rank_mean(recent, count / 2);
    double late = rank_mean(recent + count / 2, count - count / 2);
    double mean = rank_mean(recent, count), square = 0;
    if (fabs(late - early) > band * mean && judge->series.count < SETTLE_MAX) {
        return;
    }
    for (int i = 0; i < count; i++) {
        square += (recent[i] - mean) * (recent[i] - mean);
    }
    judge->noise = sqrt(square / (count - 1));
    judge->baseline = rank_take_median(recent, count);
}

/* Beyond the band by more than noise explains: baseline and level are both known to about a third
 * of `noise`, so one whole `noise` is twice the standard error of their difference. */
static void place(struct judge *judge, double band)
{
    if (isnan(judge->baseline) || scales_length(&judge->series, 0) < LEVEL_SAMPLES) {
        return;
    }
    double level = scales_mean(&judge->series, 0, LEVEL_SAMPLES, LEVEL_SAMPLES);
    double allowed = band * judge->baseline * (judge->is_outside ? BAND_RETURN : 1);
    judge->is_outside = fabs(level - judge->baseline) > allowed + judge->noise;
}

static bool has_fallen_back(const struct judge *judge, double band)
{
    double bins[FALLEN_SAMPLES];
    if (scales_length(&judge->series, 0) < FALLEN_SAMPLES) {
        return false;
    }
    scales_copy(&judge->series, 0, FALLEN_SAMPLES, bins);
    for (int i = 0; i < FALLEN_SAMPLES; i++) {
        if (bins[i] > judge->rise.start * (1 + band)) {
            return false;
        }
    }
    return true;
}

/* The heap is where it began: what settles now makes a better baseline. */
static void forget_provisional(struct judge *judge)
{
    if (judge->is_provisional) {
        judge->baseline = judge->noise = NAN;
        judge->is_provisional = judge->is_outside = false;
    }
}

static bool has_levelled_off(const struct judge *judge)
{
    int ring = judge->rise.ring;
    uint64_t since = judge->series.count - judge->confirmed_at, width = scales_width(ring);
    if (scales_length(&judge->series, ring) < FOLLOW_BINS || since < FOLLOW_BINS * width) {
        return false;
    }
    double growth = scales_mean(&judge->series, ring, FOLLOW_MEAN, FOLLOW_MEAN) -
                    scales_mean(&judge->series, ring, FOLLOW_BINS, FOLLOW_MEAN);
    return growth < FOLLOW_GROWTH * judge->rise.slope * FOLLOW_SPAN * (double)width;
}

static bool has_ended(struct judge *judge, double band)
{
    if (!judge->is_rising || judge->is_across_lives) {
        return false;
    }
    if (has_fallen_back(judge, band)) {
        forget_provisional(judge);
        return true;
    }
    return has_levelled_off(judge);
}

/* The finest ring on which a rise shows wins: it is the newest evidence. Once rising, only rings as
 * fine as the one it showed on (coarser ones see it long after it has ended), and only when one of
 * the next closes: the statistics of a standing rise need not be had for every job. */
static bool find_rise(const struct judge *judge, int closed, struct rise *rise)
{
    int end = closed;
    if (judge->is_rising && !judge->is_across_lives) {
        int own = judge->rise.ring + 1;
        end = closed > own || closed == SCALES_RINGS ? own : 0;
    }
    for (int ring = 0; ring < end; ring++) {
        if (confirm_rise(&judge->series, ring, judge->limit, judge->ceiling, rise)) {
            return true;
        }
    }
    return false;
}

enum judge_event judge_add(struct judge *judge, double live, double limit, double band,
                           uint32_t settled)
{
    judge_count(judge);
    judge->live = live;
    judge->limit = limit;
    int closed = scales_add(&judge->series, live, judge->jobs);
    struct rise rise;
    if (judge->series.count >= settled && find_rise(judge, closed, &rise)) {
        if (judge->is_rising) { /* a rise that goes on does not become less certain */
            rise.confidence = fmax(rise.confidence, judge->rise.confidence);
        }
        judge->rise = rise;
        judge->confirmed_at = judge->series.count;
        judge->is_rising = true;
        judge->is_across_lives = false;
        if (isnan(judge->baseline)) {
            judge->baseline = rise.start;
            judge->noise = rise.sigma;
            judge->is_provisional = true;
        }
        return JUDGE_CONFIRMED;
    }
    if (isnan(judge->baseline)) {
        settle(judge, band, (int)settled);
    }
    place(judge, band);
    if (has_ended(judge, band)) {
        judge->is_rising = false;
        return JUDGE_RESOLVED;
    }
    return JUDGE_NOTHING;
}

static void start_over(struct judge *judge)
{
    scales_clear(&judge->series);
    judge->jobs = 0;
    judge->is_rising = false;
    judge->is_across_lives = false;
}

void judge_restart(struct judge *judge)
{
    judge->ceiling = fmax(judge->ceiling, scales_highest(&judge->series));
    start_over(judge);
}

/* The coarsest ring with enough bins behind the warm-up of this life; 0 when there is none. */
static int last_two_thirds(const struct scales *series, double *bins, int *ring)
{
    for (int i = SCALES_RINGS - 1; i >= 0; i--) {
        int length = scales_length(series, i);
        if (scales_closed(series, i) <= SCALES_BINS) {
            length -= length / 3;
        }
        if (length >= VOTE_BINS) {
            scales_copy(series, i, length, bins);
            *ring = i;
            return length;
        }
    }
    return 0;
}

/* Lets the life that ends vote; true when the votes decide, with `rise` filled. */
static bool take_vote(struct judge *judge)
{
    double bins[SCALES_BINS];
    int ring = 0, count = last_two_thirds(&judge->series, bins, &ring);
    if (count == 0) {
        return false; /* too short to say anything */
    }
    struct rank_trend whole, second;
    rank_measure(bins, count, &whole);
    rank_measure(bins + count / 2, count - count / 2, &second);
    if (whole.z <= VOTE_Z || second.slope <= VOTE_SECOND * whole.slope) {
        judge->votes = 0;
        judge->voted_bytes = 0;
        return false;
    }
    judge->votes++;
    judge->voted_bytes += whole.slope * count;
    double headroom = confirm_headroom(whole.start, judge->limit);
    if (judge->votes < VOTES_NEEDED || judge->voted_bytes < VOTES_HEADROOM * headroom ||
        judge->voted_bytes < VOTES_LEVEL * whole.start) {
        return false;
    }
    double width = (double)scales_width(ring);
    judge->rise = (struct rise){
        .ring = ring,
        .slope = whole.slope / width,
        .low = whole.low / width,
        .high = whole.high / width,
        .stride = confirm_stride(&judge->series, ring, count, whole.slope / width),
        .samples = judge->series.count,
        .start = whole.start,
        .confidence = VOTE_CONFIDENCE,
    };
    return true;
}

enum judge_event judge_recycle(struct judge *judge)
{
    bool was_rising = judge->is_rising;
    bool is_voted = take_vote(judge);
    start_over(judge);
    judge->ceiling = 0;
    forget_provisional(judge);
    judge->confirmed_at = 0;
    judge->is_rising = judge->is_across_lives = is_voted;
    if (is_voted) {
        return JUDGE_CONFIRMED;
    }
    return was_rising ? JUDGE_RESOLVED : JUDGE_NOTHING;
}
