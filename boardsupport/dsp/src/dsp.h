/* Signal processing for all telephone ports of a highway: one call per 10 ms block.
 *
 * Samples are 16-bit linear at 8 kHz; "law" bytes are G.711. Levels: a sine of peak 32767 is +3.14 dBm0 (A-law) or
 * +3.17 dBm0 (u-law). Nothing here blocks or prints, and only what makes or switches something allocates.
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

/* --- what happened in a block ----------------------------------------------------------------------------------- */

typedef struct {
    dsp_event *events;
    int count, room;
    int64_t now;                        /* sample at which the block begins */
} dsp_log;

void dsp_report(dsp_log *log, int port, int kind, int code, int value, int64_t at_sample);

/* --- notes.c: how purely a block is one or two frequencies ------------------------------------------------------- */

#define DSP_NOTE_HZ 2
#define DSP_NOTE_TERMS (2 * DSP_NOTE_HZ)

typedef struct {
    int count;                          /* of frequencies */
    float basis[DSP_NOTE_TERMS][DSP_BLOCK];
    float inverse[DSP_NOTE_TERMS][DSP_NOTE_TERMS];    /* of the basis' products */
    float advance[DSP_NOTE_HZ];         /* of the phase in a block */
    float most_deviation[DSP_NOTE_HZ];
} dsp_note;

typedef struct {
    float amplitudes[DSP_NOTE_TERMS];   /* complex, of the last block */
    float power;                        /* followed slowly */
} dsp_note_state;

void dsp_note_make(dsp_note *note, const int *hz, int count);
/* Mean square of the note, 0 where the block is not it alone; `energy` is the block's sum of squares. */
float dsp_note_power(const dsp_note *note, dsp_note_state *state, const float *block, float energy);

/* --- progress.c: call-progress tones of a line ------------------------------------------------------------------- */

#define DSP_TONES 8
#define DSP_NOTES 8
#define DSP_ELEMENTS 10                 /* of a cadence; spandsp remembers no more */

typedef struct dsp_progress dsp_progress;

dsp_progress *dsp_progress_new(const dsp_tone_set *set, dsp_log *log, int port);
void dsp_progress_free(dsp_progress *progress);
void dsp_progress_run(dsp_progress *progress, const int16_t *said, const int16_t *heard);

/* --- callerid.c: caller id that arrives at a line ---------------------------------------------------------------- */

#define DSP_MESSAGE_ROOM 258            /* type, length, 255 bytes, checksum */

typedef struct dsp_caller_id dsp_caller_id;

dsp_caller_id *dsp_caller_id_new(int formats, dsp_log *log, int port);
void dsp_caller_id_free(dsp_caller_id *receiver);
void dsp_caller_id_run(dsp_caller_id *receiver, const int16_t *said);
const uint8_t *dsp_caller_id_message(const dsp_caller_id *receiver, int format);

#endif
