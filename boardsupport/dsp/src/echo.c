/* Line echo canceller: what a telephone is sent comes back from its hybrid, 12 to 18 dB weaker and spread over a few
 * milliseconds; an adaptive filter of 64 taps models that and subtracts it.
 *
 * The fit is one of recursive least squares, a step per block: the gradient of the block's error goes through the
 * inverse of the far signal's correlation over the last third of a second, which is Toeplitz but for its edges, so
 * Levinson's recursion solves it in 64 * 64 operations. Speech, whose spectrum spans 60 dB, is learnt as fast as noise.
 *
 * Two filters run. The trial filter adapts; the active filter is the one that is heard, and takes the trial filter's
 * taps only after this one has left less echo for some blocks. So a telephone that talks into the echo disturbs the
 * trial filter alone, and nobody hears it. Adaptation rests while the telephone is louder than any hybrid's echo could
 * be (Geigel).
 */
#include "dsp.h"

#include <math.h>
#include <string.h>

#define STEP 0.7f                       /* of the trial filter */
#define MEMORY 0.97f                    /* of the correlation, per block: a third of a second */
#define REGULARISATION 3e-4f            /* of the far signal's power: -35 dB */
#define LEFT_LEAST 1e-7                 /* below this the sums of a suddenly starting signal are not a correlation */
#define TONAL 2e-3                      /* unpredictable share of a signal, below which it is tones alone */
#define TONAL_REGULARISATION 0.03f
#define FAR_FLOOR 32.0f                 /* peak of the far signal (about -57 dBm0) below which there is no echo */
#define GEIGEL 0.5f                     /* a hybrid loses 6 dB at least */
#define DOUBLE_TALK_HOLD 240            /* samples */
#define CLEARLY_BETTER 0.25f            /* the trial filter's error power over the active one's */
#define BETTER 0.8f
#define BETTER_BLOCKS 3
#define ERROR_OF_USE 0.5f               /* and over that of doing nothing */
#define CANCELLED 1e-3f
#define USELESS_BLOCKS 20
#define HARMFUL 1.25f                   /* the active filter adds to the echo */
#define HARMFUL_BLOCKS 5
#define WORSE 2.0f
#define WORSE_BLOCKS 3

void dsp_echo_reset(dsp_echo *echo)
{
    memset(echo, 0, sizeof *echo);
    echo->random = 1;
    dsp_echo_forget_signal(echo);
    echo->residual_ratio = 1.0f;
}

void dsp_echo_forget_signal(dsp_echo *echo)
{
    memset(echo->far, 0, sizeof echo->far);
    echo->power_error = echo->power_echo = 0.0f;
    echo->double_talk = 0;
    echo->better = echo->worse = echo->useless = echo->harmful = 0;
    echo->gain = 1.0f;
}

static float dot(const float *a, const float *b)
{
    float sum = 0.0f;
    for (int k = 0; k < ECHO_TAPS; k++)
        sum += a[k] * b[k];
    return sum;
}

static float peak(const float *samples, int count)
{
    float most = 0.0f;
    for (int n = 0; n < count; n++)
        most = fmaxf(most, fabsf(samples[n]));
    return most;
}

static float energy(const float *samples, int count)
{
    float sum = 0.0f;
    for (int n = 0; n < count; n++)
        sum += samples[n] * samples[n];
    return sum;
}

/* Solve T y = g for the symmetric Toeplitz matrix of r (Levinson). Double: speech spans 60 dB of spectrum.
 * Returns what linear prediction of that order leaves of r's power, 0 where r is no correlation: y is then useless. */
static double toeplitz_solve(const double *r, const double *g, double *y)
{
    double a[ECHO_TAPS] = {1.0}, previous[ECHO_TAPS], left = r[0];
    memset(y, 0, ECHO_TAPS * sizeof *y);
    y[0] = g[0] / r[0];
    for (int m = 1; m < ECHO_TAPS; m++) {
        double forward = 0.0, miss = g[m];
        for (int i = 0; i < m; i++) {
            forward += a[i] * r[m - i];
            miss -= y[i] * r[m - i];
        }
        double reflection = -forward / left;
        memcpy(previous, a, sizeof previous);
        for (int i = 1; i <= m; i++)
            a[i] = (i < m ? previous[i] : 0.0) + reflection * previous[m - i];
        left *= 1.0 - reflection * reflection;
        if (!(left > LEFT_LEAST * r[0]))
            return 0.0;
        double share = miss / left;
        for (int i = 0; i <= m; i++)
            y[i] += share * a[m - i];
    }
    return left / r[0];
}

/* One step of a recursive least-squares fit: the gradient of the block's error through the inverse correlation of all
 * that was sent lately. */
static void adapt(dsp_echo *echo, const float *errors)
{
    double r[ECHO_TAPS], gradient[ECHO_TAPS], change[ECHO_TAPS];
    for (int k = 0; k < ECHO_TAPS; k++) {
        const float *now = echo->far + ECHO_TAPS, *then = now - k;
        float correlation = 0.0f, cross = 0.0f;
        for (int n = 0; n < DSP_BLOCK; n++) {
            correlation += now[n] * then[n];
            cross += errors[n] * then[n];
        }
        echo->correlation[k] = MEMORY * echo->correlation[k] + correlation;
        r[k] = echo->correlation[k];
        gradient[k] = cross;
    }
    double power = r[0];
    r[0] = power * (1.0 + REGULARISATION) + DSP_BLOCK * FAR_FLOOR * FAR_FLOOR;
    echo->tonal = toeplitz_solve(r, gradient, change) < TONAL;
    /* A tone says nothing about other frequencies: leave the taps alone there. */
    r[0] = power * (1.0 + TONAL_REGULARISATION);
    if (echo->tonal && toeplitz_solve(r, gradient, change) == 0.0)
        return;
    for (int k = 0; k < ECHO_TAPS; k++)
        echo->trial[ECHO_TAPS - 1 - k] += STEP * (float)change[k];
}

static int near_end_too_loud(dsp_echo *echo, const float *near, int at)
{
    float far_peak = peak(echo->far + at + 1, ECHO_TAPS + ECHO_SUB - 1);
    if (peak(near + at, ECHO_SUB) > GEIGEL * far_peak)
        echo->double_talk = DOUBLE_TALK_HOLD;
    else if (echo->double_talk > 0)
        echo->double_talk -= ECHO_SUB;
    return echo->double_talk > 0;
}

/* Both filters over the block; returns whether the near party was too loud in it to adapt. */
static int filter(dsp_echo *echo, const float *near, float *echoed, float *trial_errors)
{
    int rest = 0;
    for (int n = 0; n < DSP_BLOCK; n++) {
        const float *window = echo->far + n + 1;
        echoed[n] = dot(echo->active, window);
        trial_errors[n] = near[n] - dot(echo->trial, window);
    }
    for (int at = 0; at < DSP_BLOCK; at += ECHO_SUB)
        rest |= near_end_too_loud(echo, near, at);
    return rest;
}

/* Another telephone may be on the line than the one that was learnt. */
static void forget_wrong_line(dsp_echo *echo, float near_energy, float active_energy, int rested)
{
    if (rested)
        return;
    echo->harmful = active_energy > HARMFUL * near_energy ? echo->harmful + 1 : 0;
    if (echo->harmful >= HARMFUL_BLOCKS) {
        memset(echo->active, 0, sizeof echo->active);
        echo->residual_ratio = 1.0f;
        echo->harmful = 0;
    }
    echo->useless += active_energy > ERROR_OF_USE * near_energy ? 1 : -2;
    if (echo->useless < 0)
        echo->useless = 0;
    if (echo->useless < USELESS_BLOCKS)
        return;
    /* The fit begins anew, with fast steps. */
    echo->useless = 0;
    for (int k = 0; k < ECHO_TAPS; k++)
        echo->correlation[k] *= 0.01f;
}

static void choose(dsp_echo *echo, float near_energy, float active_energy, float trial_energy, int rested)
{
    forget_wrong_line(echo, near_energy, active_energy, rested);
    /* Tones that are cancelled already say nothing more: what the fit would change is its own noise elsewhere. */
    int known = active_energy < CANCELLED * near_energy;
    int useful = !rested && !known && trial_energy < ERROR_OF_USE * near_energy;
    echo->better = useful && trial_energy < BETTER * active_energy ? echo->better + 1 : 0;
    if (echo->better >= BETTER_BLOCKS || (echo->better && trial_energy < CLEARLY_BETTER * active_energy)) {
        memcpy(echo->active, echo->trial, sizeof echo->active);
        echo->better = 0;
    }
    echo->worse = trial_energy > WORSE * active_energy ? echo->worse + 1 : 0;
    if (echo->worse >= WORSE_BLOCKS) {
        memcpy(echo->trial, echo->active, sizeof echo->trial);
        echo->worse = 0;
    }
}

static void round_to(const float *samples, int16_t *out)
{
    for (int n = 0; n < DSP_BLOCK; n++)
        out[n] = (int16_t)lrintf(fmaxf(-32768.0f, fminf(32767.0f, samples[n])));
}

int dsp_echo_run(dsp_echo *echo, const int16_t *heard, int16_t *said, int16_t *out)
{
    float near[DSP_BLOCK], echoed[DSP_BLOCK], errors[DSP_BLOCK], trial_errors[DSP_BLOCK];
    memmove(echo->far, echo->far + DSP_BLOCK, ECHO_TAPS * sizeof *echo->far);
    for (int n = 0; n < DSP_BLOCK; n++) {
        echo->far[ECHO_TAPS + n] = heard[n];
        near[n] = said[n];
    }
    if (peak(echo->far, ECHO_TAPS + DSP_BLOCK) <= FAR_FLOOR) {
        dsp_learn_noise(echo, energy(near, DSP_BLOCK) / DSP_BLOCK);
        echo->gain = 1.0f;
        return 0;
    }
    int rested = filter(echo, near, echoed, trial_errors);
    for (int n = 0; n < DSP_BLOCK; n++)
        errors[n] = near[n] - echoed[n];
    if (!rested)
        adapt(echo, trial_errors);
    choose(echo, energy(near, DSP_BLOCK), energy(errors, DSP_BLOCK), energy(trial_errors, DSP_BLOCK), rested);
    round_to(errors, said);
    dsp_suppress(echo, errors, echoed);
    round_to(errors, out);
    return 1;
}
