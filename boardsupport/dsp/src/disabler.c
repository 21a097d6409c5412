/* Fax and modem answer with 2100 Hz and want the line without an echo canceller (V.8, V.25; G.168 clause 7).
 *
 * Phase reversals are not asked for: a fax answers without them, and a canceller that is off for a while harms nobody.
 */
#include "dsp.h"

#include <math.h>
#include <string.h>

#define ANSWER_HZ 2100.0                /* 21 periods in a block: a transform of one block has a bin there */
#define SHARE 0.8f                      /* of the block's power that is the tone's */
#define LEVEL_POWER 104000.0f           /* mean square of a sine of -34 dBm0: the tone counts from -31 dBm0 on */
#define RELEASE_POWER 65000.0f          /* of -36 dBm0 */
#define BLOCKS_TO_DISABLE 40            /* 400 ms; the pauses of speech and other tones never last so long */
#define REVERSAL_COST 3                 /* a phase reversal spoils a block, other signals spoil many */
#define BLOCKS_TO_RELEASE 25            /* 250 ms of silence both ways */

void dsp_disabler_reset(dsp_disabler *disabler)
{
    memset(disabler, 0, sizeof *disabler);
}

static float mean_square(const int16_t *samples)
{
    float sum = 0.0f;
    for (int n = 0; n < DSP_BLOCK; n++)
        sum += (float)samples[n] * (float)samples[n];
    return sum / DSP_BLOCK;
}

static int is_answer_tone(const int16_t *samples, float power)
{
    if (power < LEVEL_POWER)
        return 0;
    const float coefficient = (float)(2.0 * cos(2.0 * M_PI * ANSWER_HZ / 8000.0));
    float s1 = 0.0f, s2 = 0.0f;
    for (int n = 0; n < DSP_BLOCK; n++) {
        float s0 = (float)samples[n] + coefficient * s1 - s2;
        s2 = s1;
        s1 = s0;
    }
    float tone = 2.0f * (s1 * s1 + s2 * s2 - coefficient * s1 * s2) / DSP_BLOCK / DSP_BLOCK;
    return tone > SHARE * power;
}

int dsp_disabler_run(dsp_disabler *disabler, const int16_t *heard, const int16_t *said)
{
    const int16_t *directions[2] = {heard, said};
    int silent = 1;
    for (int i = 0; i < 2; i++) {
        float power = mean_square(directions[i]);
        silent &= power < RELEASE_POWER;
        if (is_answer_tone(directions[i], power))
            disabler->tone_blocks[i]++;
        else
            disabler->tone_blocks[i] -= disabler->tone_blocks[i] < REVERSAL_COST ? disabler->tone_blocks[i] : REVERSAL_COST;
        if (disabler->tone_blocks[i] >= BLOCKS_TO_DISABLE)
            disabler->disabled = 1;
    }
    disabler->silent_blocks = silent ? disabler->silent_blocks + 1 : 0;
    if (disabler->disabled && disabler->silent_blocks >= BLOCKS_TO_RELEASE)
        dsp_disabler_reset(disabler);
    return disabler->disabled;
}
