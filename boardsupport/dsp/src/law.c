/* G.711 A-law and u-law by table, and sums of law-coded signals. */
#include "dsp.h"

#include <math.h>

/* A-law decides at multiples of 16, u-law at multiples of 4 (16-bit scale): finer input cannot change the code. */
#define ALAW_SHIFT 3
#define ULAW_SHIFT 2

static int16_t linear_alaw[256], linear_ulaw[256];
static uint8_t code_alaw[65536 >> ALAW_SHIFT], code_ulaw[65536 >> ULAW_SHIFT];

const int16_t *const dsp_linear[2] = {linear_alaw, linear_ulaw};

static int segment_of(int magnitude, int first)
{
    int segment = 0;
    while (magnitude >= first << (segment + 1))
        segment++;
    return segment;
}

/* G.711 table 1: 16 levels a segment; segments 0 and 1 have the same step. Even bits are inverted. */
static uint8_t alaw_code(int linear)
{
    int magnitude = (linear < 0 ? ~linear : linear) >> 4;
    int code = magnitude;
    if (magnitude >= 32) {
        int segment = 1 + segment_of(magnitude, 16);
        code = segment << 4 | ((magnitude >> (segment - 1)) & 15);
    }
    return (uint8_t)((code | (linear < 0 ? 0 : 0x80)) ^ 0x55);
}

static int16_t alaw_linear(uint8_t byte)
{
    int code = byte ^ 0x55, segment = code >> 4 & 7, level = (code & 15) << 4;
    int magnitude = segment ? (level + 0x108) << (segment - 1) : level + 8;
    return (int16_t)(code & 0x80 ? magnitude : -magnitude);
}

/* G.711 table 2: magnitude biased by 33 (of 8192), all bits inverted. */
static uint8_t ulaw_code(int linear)
{
    int magnitude = (linear < 0 ? -linear : linear) + 0x84;
    if (magnitude > 0x7FFF)
        magnitude = 0x7FFF;
    int segment = segment_of(magnitude, 0x80);
    int code = segment << 4 | (magnitude >> (segment + 3) & 15);
    /* There is one zero going out: the negative one is for the decoder only. */
    return (uint8_t) ~(code | (linear < 0 && code ? 0x80 : 0));
}

static int16_t ulaw_linear(uint8_t byte)
{
    int code = (uint8_t)~byte;
    int magnitude = ((((code & 15) << 3) + 0x84) << (code >> 4 & 7)) - 0x84;
    return (int16_t)(code & 0x80 ? -magnitude : magnitude);
}

__attribute__((constructor)) static void fill_tables(void)
{
    for (int byte = 0; byte < 256; byte++) {
        linear_alaw[byte] = alaw_linear((uint8_t)byte);
        linear_ulaw[byte] = ulaw_linear((uint8_t)byte);
    }
    /* Each cell stands for the linear values around its middle. */
    for (int value = -32768; value < 32768; value += 1 << ALAW_SHIFT)
        code_alaw[(uint16_t)value >> ALAW_SHIFT] = alaw_code(value + (1 << ALAW_SHIFT) / 2);
    for (int value = -32768; value < 32768; value += 1 << ULAW_SHIFT)
        code_ulaw[(uint16_t)value >> ULAW_SHIFT] = ulaw_code(value + (1 << ULAW_SHIFT) / 2);
}

uint8_t dsp_law_byte(int law, int32_t linear)
{
    if (linear > 32767)
        linear = 32767;
    if (linear < -32768)
        linear = -32768;
    uint16_t cell = (uint16_t)linear;
    return law == DSP_ALAW ? code_alaw[cell >> ALAW_SHIFT] : code_ulaw[cell >> ULAW_SHIFT];
}

void dsp_encode(int law, const int16_t *linear, size_t samples, uint8_t *bytes)
{
    for (size_t n = 0; n < samples; n++)
        bytes[n] = dsp_law_byte(law, linear[n]);
}

void dsp_decode(int law, const uint8_t *bytes, size_t samples, int16_t *linear)
{
    for (size_t n = 0; n < samples; n++)
        linear[n] = dsp_linear[law][bytes[n]];
}

/* Every output is the sum of all inputs but its own. */
void dsp_mix(int law, const uint8_t *inputs, int count, size_t samples, uint8_t *outputs)
{
    const int16_t *linear = dsp_linear[law];
    for (size_t n = 0; n < samples; n++) {
        int32_t sum = 0;
        for (int i = 0; i < count; i++)
            sum += linear[inputs[(size_t)i * samples + n]];
        for (int i = 0; i < count; i++) {
            size_t at = (size_t)i * samples + n;
            outputs[at] = dsp_law_byte(law, sum - linear[inputs[at]]);
        }
    }
}

double dsp_full_scale_dbm0(int law)
{
    return law == DSP_ALAW ? 3.14 : 3.17;
}

double dsp_peak_of(int law, double dbm0)
{
    return 32767.0 * pow(10.0, (dbm0 - dsp_full_scale_dbm0(law)) / 20.0);
}
