/* Call-progress tones. spandsp's super_tone_rx knows the cadences, a descriptor for each tone: frequencies 20 to 45 Hz
 * apart in one descriptor disturb each other. But it takes for the tone whatever has a thirtieth of its energy at the
 * frequency, and for a pause whatever has less. So each block is judged here first: it is the tone and nothing else,
 * or the line is quiet, or there is another sound; of the latter a tone does not survive 40 ms.
 */
#include "dsp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <spandsp.h>

#define QUIET 16500.0f                  /* mean square of -42 dBm0 */
#define PAUSE 0.004f                    /* of the tone's power: 24 dB below it */
#define MAYBE_ECHO 0.1f                 /* of what was sent: a hybrid loses 10 dB or more */
#define OTHER_COST 3                    /* the edges of bursts cost one or two blocks each */
#define OTHER_MOST 12
#define GUARD_HZ 1000                   /* off the tone, and a zero of the detector's filter */
#define NEVER_MS 1000000
#define BLOCK_MS 10

enum { BLOCK_QUIET, BLOCK_TONE, BLOCK_OTHER };

typedef struct {
    super_tone_rx_descriptor_t *descriptor;
    unsigned notes;                     /* that it is made of, a bit each */
    int elements;
    int min_ms[DSP_ELEMENTS], max_ms[DSP_ELEMENTS];
} tone_t;

struct dsp_tone_set {
    int notes, tones;
    int hz[DSP_NOTES][DSP_NOTE_HZ];
    dsp_note note[DSP_NOTES];
    tone_t tone[DSP_TONES];
};

typedef struct {
    dsp_progress *progress;
    const tone_t *tone;
    super_tone_rx_state_t *detector;
    int other;                          /* blocks of other sounds, weighed against those of the tone and of silence */
    int rests;                          /* until the other sound has ended */
    float power;                        /* of the tone when it was there last */
    int block;                          /* the verdict on this block */
    int pure;                           /* blocks of the tone in the element that is going on */
    int heard;                          /* its cadence is recognised */
    int broken;                         /* an element was not of the tone, or of another length */
    int element;                        /* that is going on */
    int cycles;
} hearing_t;

struct dsp_progress {
    const dsp_tone_set *set;
    dsp_log *log;
    int port;
    dsp_note_state note[DSP_NOTES];
    hearing_t hearing[DSP_TONES];
    float sent;                         /* mean square of what was sent in the last block */
};

/* --- sets of tones --------------------------------------------------------------------------------------------- */

dsp_tone_set *dsp_tone_set_new(void) { return calloc(1, sizeof(dsp_tone_set)); }

void dsp_tone_set_free(dsp_tone_set *set)
{
    for (int i = 0; i < set->tones; i++)
        super_tone_rx_free_descriptor(set->tone[i].descriptor);
    free(set);
}

int dsp_tone_set_add(dsp_tone_set *set)
{
    tone_t *tone = &set->tone[set->tones];
    if (set->tones == DSP_TONES || (tone->descriptor = super_tone_rx_make_descriptor(NULL)) == NULL)
        return -1;
    super_tone_rx_add_tone(tone->descriptor);
    return set->tones++;
}

static int note_of(dsp_tone_set *set, const int *hz)
{
    for (int i = 0; i < set->notes; i++)
        if (memcmp(set->hz[i], hz, sizeof set->hz[i]) == 0)
            return i;
    if (set->notes == DSP_NOTES)
        return -1;
    memcpy(set->hz[set->notes], hz, sizeof set->hz[0]);
    dsp_note_make(&set->note[set->notes], hz, hz[1] ? 2 : 1);
    return set->notes++;
}

/* The library compares the two strongest frequencies, and reads past the end where a detector has but one: each gets
 * another, of a tone that never comes. */
static void add_guard(const tone_t *tone, int hz)
{
    int guard = super_tone_rx_add_tone(tone->descriptor);
    super_tone_rx_add_element(tone->descriptor, guard, hz + GUARD_HZ, 0, NEVER_MS, 0);
}

int dsp_tone_set_element(dsp_tone_set *set, int index, int hz_1, int hz_2, int known_ms, int min_ms, int max_ms)
{
    tone_t *tone = &set->tone[index];
    int note = hz_1 ? note_of(set, (int[DSP_NOTE_HZ]){hz_1, hz_2}) : 0;
    if (tone->elements == DSP_ELEMENTS || note < 0)
        return -1;
    tone->min_ms[tone->elements] = min_ms;
    tone->max_ms[tone->elements++] = max_ms ? max_ms : INT32_MAX;
    super_tone_rx_add_element(tone->descriptor, 0, hz_1, hz_2, known_ms, max_ms);
    if (hz_1 && !tone->notes)
        add_guard(tone, hz_1);
    if (hz_1)
        tone->notes |= 1u << note;
    return 0;
}

/* --- a port ---------------------------------------------------------------------------------------------------- */

static void report(const hearing_t *hearing, int kind)
{
    const dsp_progress *progress = hearing->progress;
    int tone = (int)(hearing->tone - progress->set->tone);
    dsp_report(progress->log, progress->port, kind, tone, hearing->cycles, progress->log->now + DSP_BLOCK);
}

static void end(hearing_t *hearing)
{
    if (hearing->heard)
        report(hearing, hearing->block == BLOCK_OTHER ? DSP_TONE_COVERED : DSP_TONE_ENDED);
    hearing->heard = 0;
    hearing->cycles = 0;
}

/* A whole cadence is there but for the end of its last element, or it is no longer. */
static void on_cadence(void *user_data, int code, int level, int delay)
{
    hearing_t *hearing = user_data;
    (void)level;
    (void)delay;
    if (code < 0) {
        end(hearing);
    } else if (!hearing->broken) {
        hearing->heard = 1;
        hearing->element = hearing->tone->elements - 1;
        report(hearing, DSP_TONE_BEGAN);
    }
}

static void on_element(void *user_data, int hz_1, int hz_2, int ms)
{
    hearing_t *hearing = user_data;
    const tone_t *tone = hearing->tone;
    int pure_ms = hearing->pure * BLOCK_MS;
    (void)hz_2;
    hearing->pure = 0;
    hearing->broken |= hz_1 >= 0 && pure_ms < ms / 2;
    /* The library asks for an element's least length only after the next one. */
    if (hearing->heard)
        hearing->broken |= ms < tone->min_ms[hearing->element] || ms > tone->max_ms[hearing->element];
    if (hearing->broken) {
        end(hearing);
    } else if (hearing->heard && ++hearing->element == tone->elements) {
        hearing->element = 0;
        hearing->cycles++;
        report(hearing, DSP_TONE_CYCLE);
    }
}

static int start(hearing_t *hearing)
{
    hearing->detector = super_tone_rx_init(hearing->detector, hearing->tone->descriptor, on_cadence, hearing);
    if (hearing->detector != NULL)
        super_tone_rx_segment_callback(hearing->detector, on_element);
    hearing->other = hearing->pure = hearing->broken = 0;
    return hearing->detector != NULL;
}

dsp_progress *dsp_progress_new(const dsp_tone_set *set, dsp_log *log, int port)
{
    dsp_progress *progress = calloc(1, sizeof *progress);
    int complete = progress != NULL;
    for (int i = 0; complete && i < set->tones; i++) {
        progress->hearing[i] = (hearing_t){.progress = progress, .tone = &set->tone[i]};
        complete = start(&progress->hearing[i]);
    }
    if (!complete) {
        dsp_progress_free(progress);
        return NULL;
    }
    progress->set = set;
    progress->log = log;
    progress->port = port;
    return progress;
}

void dsp_progress_free(dsp_progress *progress)
{
    for (int i = 0; progress != NULL && i < DSP_TONES; i++)
        if (progress->hearing[i].detector != NULL)
            super_tone_rx_free(progress->hearing[i].detector);
    free(progress);
}

static int judge(hearing_t *hearing, const float *note_power, float power)
{
    const dsp_progress *progress = hearing->progress;
    for (int i = 0; i < progress->set->notes; i++)
        if (hearing->tone->notes >> i & 1 && note_power[i] > 0.0f) {
            hearing->power = note_power[i];
            return BLOCK_TONE;
        }
    float quiet = fmaxf(fmaxf(QUIET, PAUSE * hearing->power), MAYBE_ECHO * progress->sent);
    return power < quiet ? BLOCK_QUIET : BLOCK_OTHER;
}

/* Returns whether the block is a matter for the detector: not if another sound has gone on for too long. */
static int weigh(hearing_t *hearing)
{
    if (hearing->block != BLOCK_OTHER) {
        hearing->rests = 0;
        hearing->pure += hearing->block == BLOCK_TONE;
        hearing->other = hearing->other > 0 ? hearing->other - 1 : 0;
        return 1;
    }
    if (hearing->rests)
        return 0;
    hearing->other += OTHER_COST;
    if (hearing->other < OTHER_MOST)
        return 1;
    end(hearing);
    hearing->broken = hearing->rests = 1;
    hearing->power = 0.0f;
    return 0;
}

static float energy_of(const int16_t *samples)
{
    float sum = 0.0f;
    for (int n = 0; n < DSP_BLOCK; n++)
        sum += (float)samples[n] * (float)samples[n];
    return sum;
}

void dsp_progress_run(dsp_progress *progress, const int16_t *said, const int16_t *heard)
{
    static const int16_t silence[DSP_BLOCK];
    float block[DSP_BLOCK], note_power[DSP_NOTES], energy = energy_of(said), sent = energy_of(heard) / DSP_BLOCK;
    for (int n = 0; n < DSP_BLOCK; n++)
        block[n] = said[n];
    for (int i = 0; i < progress->set->notes; i++)
        note_power[i] = dsp_note_power(&progress->set->note[i], &progress->note[i], block, energy);
    /* What was sent in the last block may still echo. */
    progress->sent = fmaxf(progress->sent, sent);
    for (int i = 0; i < progress->set->tones; i++) {
        hearing_t *hearing = &progress->hearing[i];
        hearing->block = judge(hearing, note_power, energy / DSP_BLOCK);
        if (weigh(hearing))
            super_tone_rx(hearing->detector, hearing->block == BLOCK_QUIET ? silence : said, DSP_BLOCK);
        if (hearing->broken)
            start(hearing);
    }
    progress->sent = sent;
}
