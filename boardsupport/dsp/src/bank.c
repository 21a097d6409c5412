/* All ports of a highway, block by block: de-interleave, cancel echo, receive what a port switched on, apply gain,
 * measure.
 */
#include "dsp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <spandsp.h>

#define IDLE_ALAW 0xD5
#define IDLE_ULAW 0xFF
#define SILENT_DBM0 -99.0f
#define LEAST_STEP 8
#define DTMF_FRAME 102                  /* spandsp decides once in so many samples */
#define DTMF_LOOK (2 * DTMF_FRAME)      /* a digit is recognised after two equal decisions */
/* A telephone's own digit is never this much (6 dB) weaker than the same digit going out to it: that is its echo. */
#define DTMF_ECHO_POWER 0.25

typedef struct {
    int offset;                         /* of the port's byte in a frame, -1: on no timeslot */
    int echo_on;
    float receive_gain;
    int receive_mapped, transmit_mapped;
    uint8_t receive_map[256], transmit_map[256];
    dsp_echo echo;
    dsp_disabler disabler;
    dtmf_rx_state_t *dtmf;
    int dtmf_on;
    int dtmf_fed;                       /* samples since the receiver began, modulo DTMF_FRAME */
    char digit;                         /* being pressed, 0: none */
    int64_t digit_at;
    /* Linear, the last DTMF_LOOK samples and this block: after the canceller, and what was sent. */
    int16_t said[DTMF_LOOK + DSP_BLOCK], heard[DTMF_LOOK + DSP_BLOCK];
    int now;                            /* sample of this block that the DTMF receiver is at */
    dsp_progress *progress;             /* NULL: off, as the next */
    dsp_caller_id *caller_id;
    dsp_bank *bank;
} port_t;

struct dsp_bank {
    int ports, stride, law;
    uint8_t idle;
    port_t *port;
    uint8_t *clean;
    float *levels;
    dsp_log log;                        /* of the call in progress */
};

dsp_bank *dsp_bank_new(int ports, int stride, int law, uint8_t *clean, float *levels)
{
    dsp_bank *bank = calloc(1, sizeof *bank);
    if (bank == NULL)
        return NULL;
    bank->ports = ports;
    bank->stride = stride;
    bank->law = law;
    bank->idle = law == DSP_ALAW ? IDLE_ALAW : IDLE_ULAW;
    bank->port = calloc((size_t)ports, sizeof *bank->port);
    bank->clean = clean;
    bank->levels = levels;
    if (bank->port == NULL) {
        dsp_bank_free(bank);
        return NULL;
    }
    memset(bank->clean, bank->idle, (size_t)ports * DSP_BLOCK);
    for (int i = 0; i < ports; i++) {
        bank->port[i].offset = -1;
        bank->port[i].bank = bank;
        bank->port[i].receive_gain = 1.0f;
        bank->levels[i] = SILENT_DBM0;
        dsp_echo_reset(&bank->port[i].echo);
    }
    return bank;
}

void dsp_bank_free(dsp_bank *bank)
{
    for (int i = 0; bank->port != NULL && i < bank->ports; i++) {
        port_t *p = &bank->port[i];
        if (p->dtmf != NULL)
            dtmf_rx_free(p->dtmf);
        dsp_progress_free(p->progress);
        dsp_caller_id_free(p->caller_id);
    }
    free(bank->port);
    free(bank);
}

float *dsp_bank_echo_taps(dsp_bank *bank, int port) { return bank->port[port].echo.active; }

void dsp_bank_place(dsp_bank *bank, int port, int offset)
{
    bank->port[port].offset = offset;
    dsp_echo_forget_signal(&bank->port[port].echo);
}

void dsp_bank_set_echo(dsp_bank *bank, int port, int enabled)
{
    port_t *p = &bank->port[port];
    if (enabled && !p->echo_on)
        dsp_echo_forget_signal(&p->echo);
    dsp_disabler_reset(&p->disabler);
    p->echo_on = enabled;
}

void dsp_report(dsp_log *log, int port, int kind, int code, int value, int64_t at_sample)
{
    if (log->count < log->room)
        log->events[log->count++] = (dsp_event){at_sample, port, kind, code, value};
}

/* --- a company line's receivers --------------------------------------------------------------------------------- */

int dsp_bank_set_progress(dsp_bank *bank, int port, const dsp_tone_set *set)
{
    port_t *p = &bank->port[port];
    dsp_progress_free(p->progress);
    p->progress = set == NULL ? NULL : dsp_progress_new(set, &bank->log, port);
    return set != NULL && p->progress == NULL ? -1 : 0;
}

int dsp_bank_set_caller_id(dsp_bank *bank, int port, int formats)
{
    port_t *p = &bank->port[port];
    dsp_caller_id_free(p->caller_id);
    p->caller_id = formats ? dsp_caller_id_new(formats, &bank->log, port) : NULL;
    return formats && p->caller_id == NULL ? -1 : 0;
}

const uint8_t *dsp_bank_message(const dsp_bank *bank, int port, int format)
{
    return dsp_caller_id_message(bank->port[port].caller_id, format);
}

/* --- DTMF ------------------------------------------------------------------------------------------------------ */

static double power_at(const int16_t *samples, int count, double hz)
{
    double coefficient = 2.0 * cos(2.0 * M_PI * hz / 8000.0), s1 = 0.0, s2 = 0.0;
    for (int n = 0; n < count; n++) {
        double s0 = samples[n] + coefficient * s1 - s2;
        s2 = s1;
        s1 = s0;
    }
    return s1 * s1 + s2 * s2 - coefficient * s1 * s2;
}

static int is_echo_of_digit(const port_t *p, char digit)
{
    static const char keys[] = "123A456B789C*0#D";
    static const double low[] = {697, 770, 852, 941}, high[] = {1209, 1336, 1477, 1633};
    int key = (int)(strchr(keys, digit) - keys);
    const int16_t *said = p->said + p->now, *heard = p->heard + p->now;
    for (int i = 0; i < 2; i++) {
        double hz = i ? high[key % 4] : low[key / 4];
        if (power_at(said, DTMF_LOOK, hz) > DTMF_ECHO_POWER * power_at(heard, DTMF_LOOK, hz))
            return 0;
    }
    return 1;
}

static void report(port_t *p, int kind, int64_t at_sample, int ms)
{
    dsp_report(&p->bank->log, (int)(p - p->bank->port), kind, p->digit, ms, at_sample);
}

static void on_dtmf(void *user_data, int code, int level, int delay)
{
    port_t *p = user_data;
    int64_t at_sample = p->bank->log.now + p->now;
    (void)level;
    (void)delay;
    if (p->digit) {
        if (p->dtmf_on)
            report(p, DSP_DIGIT_ENDED, at_sample, (int)((at_sample - p->digit_at) / 8));
        p->digit = 0;
    }
    if (p->dtmf_on && code && !is_echo_of_digit(p, (char)code)) {
        p->digit = (char)code;
        p->digit_at = at_sample;
        report(p, DSP_DIGIT_BEGAN, at_sample, 0);
    }
}

int dsp_bank_set_dtmf(dsp_bank *bank, int port, int enabled, int dial_tone_filter)
{
    port_t *p = &bank->port[port];
    if (enabled && !p->dtmf_on && !p->digit) {
        p->dtmf = dtmf_rx_init(p->dtmf, NULL, NULL);
        if (p->dtmf == NULL)
            return -1;
        dtmf_rx_set_realtime_callback(p->dtmf, on_dtmf, p);
        p->dtmf_fed = 0;
        memset(p->said, 0, sizeof p->said);
        memset(p->heard, 0, sizeof p->heard);
    }
    if (enabled)
        dtmf_rx_parms(p->dtmf, dial_tone_filter, -1, -1, -99);
    p->dtmf_on = enabled;
    return 0;
}

static void receive_dtmf(port_t *p, const int16_t *said, const int16_t *heard)
{
    memmove(p->said, p->said + DSP_BLOCK, DTMF_LOOK * sizeof *said);
    memmove(p->heard, p->heard + DSP_BLOCK, DTMF_LOOK * sizeof *heard);
    memcpy(p->said + DTMF_LOOK, said, DSP_BLOCK * sizeof *said);
    memcpy(p->heard + DTMF_LOOK, heard, DSP_BLOCK * sizeof *heard);
    /* Fed up to each of its decisions, so that the callback knows where in the block it is. */
    for (int done = 0; done < DSP_BLOCK;) {
        int piece = DTMF_FRAME - p->dtmf_fed;
        if (piece > DSP_BLOCK - done)
            piece = DSP_BLOCK - done;
        p->now = done + piece;
        dtmf_rx(p->dtmf, said + done, piece);
        p->dtmf_fed = (p->dtmf_fed + piece) % DTMF_FRAME;
        done += piece;
    }
}

/* --- levels ---------------------------------------------------------------------------------------------------- */

static int fill_map(int law, double db, uint8_t *map)
{
    double gain = pow(10.0, db / 20.0);
    for (int byte = 0; byte < 256; byte++)
        map[byte] = dsp_law_byte(law, (int32_t)lrint(fmax(-32768.0, fmin(32767.0, gain * dsp_linear[law][byte]))));
    return db != 0.0;
}

void dsp_bank_set_gain(dsp_bank *bank, int port, double receive_db, double transmit_db)
{
    port_t *p = &bank->port[port];
    p->receive_gain = (float)pow(10.0, receive_db / 20.0);
    p->receive_mapped = fill_map(bank->law, receive_db, p->receive_map);
    p->transmit_mapped = fill_map(bank->law, transmit_db, p->transmit_map);
}

static float level_of(const dsp_bank *bank, const uint8_t *bytes)
{
    const int16_t *linear = dsp_linear[bank->law];
    float sum = 0.0f;
    for (int n = 0; n < DSP_BLOCK; n++) {
        /* A-law has no zero; its idle code shall count as silence all the same. */
        float sample = abs(linear[bytes[n]]) > LEAST_STEP ? linear[bytes[n]] : 0.0f;
        sum += sample * sample;
    }
    /* A sine has half the power of its peak. */
    float relative = 2.0f * sum / DSP_BLOCK / (32767.0f * 32767.0f);
    return relative > 0.0f ? fmaxf(SILENT_DBM0, 10.0f * log10f(relative) + (float)dsp_full_scale_dbm0(bank->law))
                           : SILENT_DBM0;
}

/* --- the tick -------------------------------------------------------------------------------------------------- */

static int cancel_echo(port_t *p, const int16_t *heard, int16_t *said, int16_t *out)
{
    int was_disabled = p->disabler.disabled;
    if (dsp_disabler_run(&p->disabler, heard, said))
        return 0;
    if (was_disabled)
        dsp_echo_forget_signal(&p->echo);
    return dsp_echo_run(&p->echo, heard, said, out);
}

static void receive_port(dsp_bank *bank, port_t *p, const uint8_t *capture, const uint8_t *played, uint8_t *clean)
{
    int16_t said[DSP_BLOCK], heard[DSP_BLOCK], out[DSP_BLOCK];
    const int16_t *linear = dsp_linear[bank->law];
    for (int n = 0; n < DSP_BLOCK; n++)
        clean[n] = capture[(size_t)n * (size_t)bank->stride + (size_t)p->offset];
    int cancelled = 0;
    /* A key that is pressed is followed to its end, so that it is no new digit for who wants the next one. */
    int dtmf = p->dtmf_on || p->digit;
    if (p->echo_on || dtmf || p->progress != NULL || p->caller_id != NULL) {
        for (int n = 0; n < DSP_BLOCK; n++) {
            said[n] = linear[clean[n]];
            heard[n] = linear[played ? played[(size_t)n * (size_t)bank->stride + (size_t)p->offset] : bank->idle];
        }
        cancelled = p->echo_on && cancel_echo(p, heard, said, out);
    }
    if (dtmf)
        receive_dtmf(p, said, heard);
    if (p->progress != NULL)
        dsp_progress_run(p->progress, said, heard);
    if (p->caller_id != NULL)
        dsp_caller_id_run(p->caller_id, said);
    if (cancelled) {
        for (int n = 0; n < DSP_BLOCK; n++)
            clean[n] = dsp_law_byte(bank->law, (int32_t)lrintf((float)out[n] * p->receive_gain));
    } else if (p->receive_mapped) {
        for (int n = 0; n < DSP_BLOCK; n++)
            clean[n] = p->receive_map[clean[n]];
    }
}

int dsp_bank_receive(dsp_bank *bank, const uint8_t *capture, const uint8_t *played, dsp_event *events, int room)
{
    bank->log.events = events;
    bank->log.count = 0;
    bank->log.room = room;
    for (int i = 0; i < bank->ports; i++) {
        uint8_t *clean = bank->clean + (size_t)i * DSP_BLOCK;
        if (bank->port[i].offset < 0)
            memset(clean, bank->idle, DSP_BLOCK);
        else
            receive_port(bank, &bank->port[i], capture, played, clean);
        bank->levels[i] = level_of(bank, clean);
    }
    bank->log.now += DSP_BLOCK;
    return bank->log.count;
}

void dsp_bank_transmit(dsp_bank *bank, const uint8_t *audio, uint8_t *out)
{
    for (int i = 0; i < bank->ports; i++) {
        const port_t *p = &bank->port[i];
        if (p->offset < 0)
            continue;
        for (int n = 0; n < DSP_BLOCK; n++) {
            uint8_t byte = audio[(size_t)i * DSP_BLOCK + (size_t)n];
            out[(size_t)n * (size_t)bank->stride + (size_t)p->offset] = p->transmit_mapped ? p->transmit_map[byte] : byte;
        }
    }
}
