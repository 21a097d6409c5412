/* Tones by absolute phase, and FSK bursts for caller id and message lamps (spandsp's ADSI transmitter). */
#include "dsp.h"

#include <math.h>

#include <spandsp.h>

#define MESSAGE_ROOM 258
/* For an on-hook receiver (GR-30-CORE 2.3, EN 300 659-1 6.2); the library's default mark is that of off-hook. */
#define SEIZURE_BITS 300
#define MARK_BITS 180

/* Sample n of the result is sample start + n of tones that began with phase 0: pieces join without a seam. */
void dsp_tones(int law, const double *hz, const double *dbm0, int count, int64_t start, size_t samples, uint8_t *out)
{
    for (size_t n = 0; n < samples; n++) {
        double sum = 0.0;
        for (int i = 0; i < count; i++) {
            /* Whole turns are taken off first, so that a long-lived tone keeps its precision. */
            double turns = fmod(hz[i] / SAMPLE_RATE * (double)(start + (int64_t)n), 1.0);
            sum += dsp_peak_of(law, dbm0[i]) * sin(2.0 * M_PI * turns);
        }
        sum = fmax(-32768.0, fmin(32767.0, sum));
        out[n] = dsp_law_byte(law, (int32_t)lrint(sum));
    }
}

static int put_message(adsi_tx_state_t *modem, const uint8_t *types, const uint8_t *lengths, const uint8_t *bodies,
                       int fields, int message_type)
{
    uint8_t message[MESSAGE_ROOM];
    int length = adsi_add_field(modem, message, -1, (uint8_t)message_type, NULL, 0);
    for (int i = 0; i < fields && length > 0; i++) {
        if (length + lengths[i] + 2 > MESSAGE_ROOM - 3)
            return -1;
        length = adsi_add_field(modem, message, length, types[i], bodies, lengths[i]);
        bodies += lengths[i];
    }
    return length > 0 ? adsi_tx_put_message(modem, message, length) : -1;
}

/* Returns the samples of the burst, or -1 where the message is refused or `room` does not suffice. */
int dsp_fsk(int standard, int law, const uint8_t *types, const uint8_t *lengths, const uint8_t *bodies,
            int fields, int message_type, uint8_t *out, int room)
{
    adsi_tx_state_t *modem = adsi_tx_init(NULL, standard);
    if (modem == NULL)
        return -1;
    adsi_tx_set_preamble(modem, SEIZURE_BITS, MARK_BITS, -1, -1);
    int samples = 0;
    if (put_message(modem, types, lengths, bodies, fields, message_type) <= 0)
        samples = -1;
    int16_t linear[DSP_BLOCK];
    int made = DSP_BLOCK;
    while (samples >= 0 && made == DSP_BLOCK) {
        made = adsi_tx(modem, linear, DSP_BLOCK);
        if (samples + made > room) {
            samples = -1;
        } else {
            dsp_encode(law, linear, (size_t)made, out + samples);
            samples += made;
        }
    }
    adsi_tx_free(modem);
    return samples;
}
