/* Notes: one or two frequencies that sound together, as call-progress tones are made of. A block of the line is the
 * note if sines of its frequencies, fitted to it, leave next to nothing of it, and go on where those of the block
 * before ended. Speech and music have neither so little beside one sine, nor its frequency so exactly.
 */
#include "dsp.h"

#include <math.h>
#include <string.h>

#define IMPURITY 0.08f                  /* of the note's power: harmonics, the law's steps */
#define LINE_NOISE 16500.0f             /* mean square of -42 dBm0, which may be beside it besides */
#define LEAST_POWER 33000.0f            /* of -39 dBm0 */
#define LEVEL_STEP 1.6f                 /* 2 dB */
#define LEVEL_PACE 0.1f                 /* a burst 3 dB off the last one is another sound for 40 ms, and so refused */
#define DEVIATION 0.02                  /* of a frequency; exchanges keep 1.5 % */
#define DEVIATION_HZ 1.5                /* and what noise makes of it in a block */
#define BLOCK_S (DSP_BLOCK / 8000.0)

/* The inverse of a symmetric positive matrix, in place (Gauss and Jordan). */
static void invert(int size, double m[DSP_NOTE_TERMS][DSP_NOTE_TERMS])
{
    for (int pivot = 0; pivot < size; pivot++) {
        double scale = 1.0 / m[pivot][pivot];
        m[pivot][pivot] = 1.0;
        for (int column = 0; column < size; column++)
            m[pivot][column] *= scale;
        for (int row = 0; row < size; row++) {
            double share = m[row][pivot];
            if (row == pivot)
                continue;
            m[row][pivot] = 0.0;
            for (int column = 0; column < size; column++)
                m[row][column] -= share * m[pivot][column];
        }
    }
}

void dsp_note_make(dsp_note *note, const int *hz, int count)
{
    double products[DSP_NOTE_TERMS][DSP_NOTE_TERMS] = {{0.0}};
    note->count = count;
    for (int i = 0; i < count; i++) {
        double turn = 2.0 * M_PI * hz[i] / 8000.0;
        for (int n = 0; n < DSP_BLOCK; n++) {
            note->basis[2 * i][n] = (float)cos(turn * n);
            note->basis[2 * i + 1][n] = (float)-sin(turn * n);
        }
        note->advance[i] = (float)fmod(turn * DSP_BLOCK, 2.0 * M_PI);
        note->most_deviation[i] = (float)(2.0 * M_PI * BLOCK_S * (DEVIATION * hz[i] + DEVIATION_HZ));
    }
    for (int i = 0; i < 2 * count; i++)
        for (int j = 0; j < 2 * count; j++)
            for (int n = 0; n < DSP_BLOCK; n++)
                products[i][j] += (double)note->basis[i][n] * note->basis[j][n];
    invert(2 * count, products);
    for (int i = 0; i < 2 * count; i++)
        for (int j = 0; j < 2 * count; j++)
            note->inverse[i][j] = (float)products[i][j];
}

/* The least-squares fit: amplitudes as complex numbers, real and imaginary in turn. Returns the energy it takes up. */
static float fit(const dsp_note *note, const float *block, float *amplitudes)
{
    float products[DSP_NOTE_TERMS], energy = 0.0f;
    for (int i = 0; i < 2 * note->count; i++) {
        products[i] = 0.0f;
        for (int n = 0; n < DSP_BLOCK; n++)
            products[i] += note->basis[i][n] * block[n];
    }
    for (int i = 0; i < 2 * note->count; i++) {
        amplitudes[i] = 0.0f;
        for (int j = 0; j < 2 * note->count; j++)
            amplitudes[i] += note->inverse[i][j] * products[j];
        energy += amplitudes[i] * products[i];
    }
    return energy;
}

/* By how much the phase has gone on differently from what the frequency makes it, in radians. */
static float deviation(const float *now, const float *before, float advance)
{
    float re = now[0] * before[0] + now[1] * before[1], im = now[1] * before[0] - now[0] * before[1];
    return remainderf(atan2f(im, re) - advance, 2.0f * (float)M_PI);
}

/* A sine that is off the frequency turns against the fitted one, and the fit loses of its power accordingly. */
static float share_fitted(float turn)
{
    float half = turn / 2.0f;
    return half * half < 1e-6f ? 1.0f : sinf(half) * sinf(half) / (half * half);
}

static int keeps_level(dsp_note_state *state, float power)
{
    if (state->power == 0.0f)
        state->power = power;
    state->power += LEVEL_PACE * (power - state->power);
    return power < LEVEL_STEP * state->power && state->power < LEVEL_STEP * power;
}

float dsp_note_power(const dsp_note *note, dsp_note_state *state, const float *block, float energy)
{
    float now[DSP_NOTE_TERMS], before[DSP_NOTE_TERMS], power = 0.0f, fitted = fit(note, block, now);
    memcpy(before, state->amplitudes, sizeof before);
    memcpy(state->amplitudes, now, sizeof now);
    for (int i = 0; i < 2 * note->count; i++)
        power += now[i] * now[i] / 2.0f;
    if (power < LEAST_POWER)
        return 0.0f;
    for (int i = 0; i < note->count; i++) {
        float turn = deviation(now + 2 * i, before + 2 * i, note->advance[i]);
        if (fabsf(turn) > note->most_deviation[i])
            return 0.0f;
        if (note->count == 1)
            fitted /= share_fitted(turn);
    }
    if (energy - fitted > DSP_BLOCK * (IMPURITY * power + LINE_NOISE) || !keeps_level(state, power))
        return 0.0f;
    return power;
}
