/* What the canceller leaves of the echo while only the far party talks is replaced by comfort noise of the telephone's
 * own background level. How much that is, is learnt: the suppressor opens, in 2.5 ms, when more comes in.
 */
#include "dsp.h"

#include <math.h>

#define RATIO_RISE 1.0035f              /* per step: 6 dB in a second of far speech */
#define RATIO_MARGIN 8.0f               /* speech leaves unequal residues: 9 dB above the least */
#define RATIO_LEAST 0.003f              /* -25 dB: companding alone leaves so much */
#define RATIO_MOST 0.1f                 /* a canceller that has not yet gained 10 dB is not suppressed */
#define RATIO_MOST_TONAL 0.01f          /* tones are cancelled well at once: a weak digit shall pass */
#define NOISE_MOST 2600.0f              /* power of -50 dBm0 */
#define NOISE_LEAST 64.0f               /* power below which comfort noise is silence */
#define NOISE_RISE 1.01f                /* per block */

static float energy(const float *samples)
{
    float sum = 0.0f;
    for (int n = 0; n < ECHO_SUB; n++)
        sum += samples[n] * samples[n];
    return sum;
}

void dsp_learn_noise(dsp_echo *echo, float power)
{
    power = fmaxf(1.0f, power);
    if (power < echo->noise_power || echo->noise_power == 0.0f)
        echo->noise_power += 0.3f * (power - echo->noise_power);
    else
        echo->noise_power = fminf(NOISE_MOST, echo->noise_power * NOISE_RISE);
}

static float comfort_noise(dsp_echo *echo)
{
    if (echo->noise_power < NOISE_LEAST)
        return 0.0f;
    echo->random = echo->random * 1664525u + 1013904223u;
    /* Evenly spread over +-sqrt(3) times its standard deviation. */
    return ((float)(echo->random >> 8) / 8388608.0f - 1.0f) * sqrtf(3.0f * echo->noise_power);
}

/* Whether this step is echo and nothing else. */
static int is_residue(dsp_echo *echo, float error_energy, float echo_energy)
{
    echo->power_error += 0.5f * (error_energy - echo->power_error);
    echo->power_echo += 0.5f * (echo_energy - echo->power_echo);
    if (echo->power_echo < ECHO_SUB * NOISE_LEAST)
        return 0;
    float ratio = echo->power_error / echo->power_echo;
    if (ratio < echo->residual_ratio && !echo->tonal)
        echo->residual_ratio += 0.2f * (ratio - echo->residual_ratio);
    else if (ratio > echo->residual_ratio)
        echo->residual_ratio = fminf(1.0f, echo->residual_ratio * RATIO_RISE);
    float most = echo->tonal ? RATIO_MOST_TONAL : RATIO_MOST;
    float threshold = fmaxf(RATIO_LEAST, fminf(most, RATIO_MARGIN * echo->residual_ratio));
    return ratio < threshold && error_energy < threshold * echo->power_echo * 2.0f;
}

void dsp_suppress(dsp_echo *echo, float *errors, const float *echoed)
{
    float targets[ECHO_STEPS];
    for (int s = 0; s < ECHO_STEPS; s++) {
        float error_energy = energy(errors + s * ECHO_SUB);
        targets[s] = is_residue(echo, error_energy, energy(echoed + s * ECHO_SUB)) ? 0.0f : 1.0f;
    }
    for (int s = 0; s < ECHO_STEPS; s++) {
        /* The near party's first sound is in a step that opens: the ramp then lies in the one before it. */
        float target = s + 1 < ECHO_STEPS ? fmaxf(targets[s], targets[s + 1]) : targets[s];
        float slope = (target - echo->gain) / ECHO_SUB;
        for (int n = s * ECHO_SUB; n < (s + 1) * ECHO_SUB; n++) {
            echo->gain += slope;
            errors[n] = errors[n] * echo->gain + comfort_noise(echo) * (1.0f - echo->gain);
        }
        echo->gain = target;
    }
}
