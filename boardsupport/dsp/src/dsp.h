/* Signal processing for all telephone ports of a highway: one call per 10 ms block.
 *
 * Samples are 16-bit linear at 8 kHz; "law" bytes are G.711. Levels: a sine of peak 32767 is +3.14 dBm0 (A-law) or
 * +3.17 dBm0 (u-law). Nothing here blocks, prints, or allocates after dsp_bank_new and dsp_bank_set_dtmf.
 */
#ifndef NIGHTPORTER_DSP_H
#define NIGHTPORTER_DSP_H

#include <stddef.h>
#include <stdint.h>

#include "api.h"

#define DSP_BLOCK 80

enum { DSP_ALAW = 0, DSP_ULAW = 1 };

/* --- law.c: G.711 --------------------------------------------------------------------------------------------- */

extern const int16_t *const dsp_linear[2];    /* 256 entries each: law byte to linear */

uint8_t dsp_law_byte(int law, int32_t linear);    /* saturates */
double dsp_full_scale_dbm0(int law);
double dsp_peak_of(int law, double dbm0);         /* peak of a sine of that level */

/* --- echo.c: line echo canceller ------------------------------------------------------------------------------ */

#define ECHO_TAPS 64
#define ECHO_SUB 20                     /* samples of a decision step: 2.5 ms */
#define ECHO_STEPS (DSP_BLOCK / ECHO_SUB)

typedef struct {
    float active[ECHO_TAPS];            /* the filter that is heard; time-reversed */
    float trial[ECHO_TAPS];             /* the filter that adapts; copied to the active one while it is better */
    float far[ECHO_TAPS + DSP_BLOCK];   /* what the port was sent: history, then this block */
    float correlation[ECHO_TAPS];       /* of the far signal, with a fading memory */
    int double_talk;                    /* samples for which adaptation still rests */
    int better, worse, harmful, useless;    /* blocks, mostly in succession */
    int tonal;                          /* the far signal is tones alone */
    float power_error, power_echo;      /* smoothed over a few steps, for the suppressor */
    float residual_ratio;               /* what the canceller leaves of the echo when only the far party talks */
    float noise_power;                  /* background noise of this telephone */
    float gain;                         /* of the suppressor at the end of the last block */
    uint32_t random;
} dsp_echo;

void dsp_echo_reset(dsp_echo *echo);
void dsp_echo_forget_signal(dsp_echo *echo);
/* Takes the echo of what the port `heard` from what it `said`; `out` is the same with the rest of the echo suppressed.
 * Returns 0 where there was nothing to cancel: `said` then passes as it is, and `out` is not written. */
int dsp_echo_run(dsp_echo *echo, const int16_t *heard, int16_t *said, int16_t *out);

/* --- suppressor.c: the rest of the echo ----------------------------------------------------------------------- */

void dsp_learn_noise(dsp_echo *echo, float power);
void dsp_suppress(dsp_echo *echo, float *errors, const float *echoed);

/* --- disabler.c: the canceller goes off for fax and modem ------------------------------------------------------ */

typedef struct {
    int tone_blocks[2];                 /* of 2100 Hz, each direction */
    int silent_blocks;
    int disabled;
} dsp_disabler;

void dsp_disabler_reset(dsp_disabler *disabler);
int dsp_disabler_run(dsp_disabler *disabler, const int16_t *heard, const int16_t *said);

#endif
